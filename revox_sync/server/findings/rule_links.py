"""Pages of rules as files, so that every editor can open what stands behind a code."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from revox_sync.lint.registry import find_rule
from revox_sync.output.rules.markdown import render
from revox_sync.source.files.replace_file import replace_file
from revox_sync.usecases.lint.rule_pages import full_page
from revox_sync.version import __version__


class RuleLinks:
    """Addresses of rule pages. A page is written when there is time, after its address was first given.

    Args:
        cache: the user's folder for what can be made again; where it cannot be written, no page has an address.
    """

    def __init__(self, cache: str) -> None:
        self._folder: Final = Path(cache) / "rules" / __version__
        self._missing: dict[str, None] = {}
        self._known: set[str] = set()
        self._usable = True
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
        self._usable = self._folder.is_dir()

    def address(self, code: str) -> str | None:
        """Where the page of a rule is or will be."""
        if not self._usable:
            return None
        if code not in self._known:
            self._known.add(code)
            self._missing[code] = None
        return self._path(code).as_uri()

    def write_one(self) -> bool:
        """Write a page that is missing; whether there was one."""
        if not self._missing:
            return False
        code = next(iter(self._missing))
        del self._missing[code]
        with suppress(OSError):
            replace_file(str(self._path(code)), render(full_page(find_rule(code))).encode(), durable=False)
        return True

    def _path(self, code: str) -> Path:
        return self._folder / f"{code}.md"
