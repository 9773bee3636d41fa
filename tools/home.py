"""One place for the name of the home: `[project.urls]` of pyproject.toml.

`make docs` writes `revox_sync/home.py` from it, and puts the new addresses in the place of the former ones wherever
workflows, templates, hooks and documentation name them.
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

MODULE: Final = "revox_sync/home.py"
PLACEHOLDER: Final = "OWNER"
_TEXT: Final = '''\
"""Where revox-sync lives: written from `[project.urls]` of pyproject.toml by `make docs`; do not edit."""

REPOSITORY = "{repository}"
DOCUMENTATION = "{documentation}"
IS_PLACEHOLDER = "OWNER" in REPOSITORY  # nothing links there until there is a home
'''
# Tests have homes of their own, the changelog tells what was, and this folder names the placeholder as such.
_LEFT_ALONE: Final = ("tests/", "CHANGELOG.md", "tools/home.py", "pyproject.toml", MODULE)


class Home(NamedTuple):
    """Where the project lives; both are addresses without a slash at the end."""

    repository: str
    documentation: str

    @property
    def slug(self) -> str:
        """Owner and name, as `uses:` of a workflow has it."""
        return urlsplit(self.repository).path.strip("/")

    @property
    def is_placeholder(self) -> bool:
        """Whether nobody has said yet where the project lives."""
        return PLACEHOLDER in self.repository


def wanted(root: Path) -> Home:
    """What pyproject.toml says."""
    urls = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    return Home(urls["Repository"].rstrip("/"), urls["Documentation"].rstrip("/"))


def written(root: Path) -> Home:
    """What the module of the package says, and with it everything else that was written at the same time."""
    found = dict(re.findall(r'(?m)^(\w+) = "(.*)"$', (root / MODULE).read_text("utf-8")))
    return Home(found["REPOSITORY"], found["DOCUMENTATION"])


def stale(root: Path) -> dict[str, str]:
    """New texts, by path, of the files that do not name the home that pyproject.toml names."""
    old, new = written(root), wanted(root)
    if old == new:
        return {}
    texts = {path: (root / path).read_text("utf-8") for path in _named(root, old)}
    return {path: _moved(text, old, new) for path, text in texts.items()} | {MODULE: _TEXT.format(**new._asdict())}


def _named(root: Path, home: Home) -> Iterator[str]:
    """Files of the repository that name a home."""
    searched = subprocess.run(  # noqa: S603 - git, with arguments of our own
        ["git", "grep", "-lzIF", "-e", home.slug, "-e", home.documentation],  # noqa: S607
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return (path for path in searched.stdout.split("\0") if path and not path.startswith(_LEFT_ALONE))


def _moved(text: str, old: Home, new: Home) -> str:
    # The repository of another name may begin alike: `acme/revox-sync-extras`.
    moved = text.replace(old.documentation, new.documentation)
    return re.sub(rf"(?<![\w-]){re.escape(old.slug)}(?![\w-])", new.slug, moved)
