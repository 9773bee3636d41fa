"""Makes the links of the documentation's site that lead out of it lead somewhere: `python -m tools.site_links`.

The pages link files of the repository that are no pages, such as workflows and schemas. In the repository they are
there; a site is published alone, so they are copied into it, at the same path.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
_LINK: Final = re.compile(r'(?<=\bhref=")(?![a-z]+:|[/#?])([^"#?]+)')
"""The path of a link that is relative to its page."""


def bring_along(root: Path, site: Path) -> None:
    """Copy what pages link to outside the site into it, and change these links.

    Args:
        root: the repository.
        site: the site, in a folder of the repository.

    Raises FileNotFoundError, with a line for each link, where links lead to nothing.
    """
    dead: list[str] = []
    for page in sorted(site.rglob("*.html")):
        text = page.read_text("utf-8")
        changed = _LINK.sub(partial(_inside, root, site, page, dead), text)
        if changed != text:
            page.write_text(changed, "utf-8")
    if dead:
        raise FileNotFoundError("\n".join(dead))


def _inside(root: Path, site: Path, page: Path, dead: list[str], link: re.Match[str]) -> str:
    target = Path(os.path.normpath(page.parent / link[1]))
    if target.is_relative_to(site):
        return link[1]  # the builder has looked at these
    if not target.is_relative_to(root) or not target.is_file():
        dead.append(f"{page.relative_to(site)}: {link[1]} leads to nothing")
        return link[1]
    copy = site / target.relative_to(root)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target, copy)
    return os.path.relpath(copy, page.parent)


if __name__ == "__main__":
    try:
        bring_along(ROOT, ROOT / "site")
    except FileNotFoundError as error:
        sys.exit(str(error))
