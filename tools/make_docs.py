"""Write what is generated for readers: docs/rules/, docs/reference/, and the home of the project everywhere.

`python -m tools.make_docs` writes it; `--check` writes nothing and fails when something is stale.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from revox_sync.lint.registry import all_rules
from revox_sync.output.rules import markdown as rules_markdown
from revox_sync.usecases.lint.rule_pages import full_page
from tools import home
from tools.reference import reference

ROOT: Final = Path(__file__).parent.parent
PAGES: Final = ROOT / "docs" / "rules"
REFERENCE: Final = ROOT / "docs" / "reference"
INDEX: Final = "README.md"
INTRODUCTION: Final = """# Lint rules

Generated from the rules by `make docs`; do not edit. `revox-sync explain CODE` prints the same pages.
Codes are stable for ever.

"""


def documentation() -> dict[str, str]:
    """File name to content of every page."""
    pages = [full_page(rule) for rule in all_rules()]
    index = INTRODUCTION + rules_markdown.rules_index(pages, link=lambda page: f"{page.code}.md")
    return {INDEX: index} | {f"{page.code}.md": rules_markdown.render(page) for page in pages}


def stale(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Names of the files in a folder that are missing, differ, or belong to no rule."""
    there = {path.name: path.read_bytes() for path in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | there if there.get(name) != wanted.get(name, "").encode())


def write(wanted: Mapping[str, str], folder: Path) -> list[str]:
    """Bring a folder up to date; gives the names of the files that were written or removed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = stale(wanted, folder)
    for name in changed:
        if name in wanted:
            (folder / name).write_bytes(wanted[name].encode())
        else:
            (folder / name).unlink()
    return changed


def main(arguments: list[str]) -> int:
    """Write or check; 1 when `--check` finds something stale."""
    folders, moved = {PAGES: documentation(), REFERENCE: reference()}, home.stale(ROOT)
    if "--check" in arguments:
        names = [f"{folder.relative_to(ROOT)}/{name}" for folder in folders for name in stale(folders[folder], folder)]
        print("\n".join(f"stale: {name} (run make docs)" for name in [*names, *moved]) or "documentation is current")
        return 1 if names or moved else 0
    for path, text in moved.items():
        (ROOT / path).write_text(text, "utf-8")
    written = sum(len(write(wanted, folder)) for folder, wanted in folders.items())
    print(f"{written} pages written, {len(moved)} files with another home")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
