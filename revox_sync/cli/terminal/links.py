"""Whether a terminal can show hyperlinks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TextIO

from revox_sync.output.text.style import LinkMaker, file_links, unlinked

FORCE: Final = "FORCE_HYPERLINK"
"""Switches links on, or off with `0`, as in other programs."""
MARKS: Final = ("ALACRITTY_WINDOW_ID", "DOMTERM", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "VTE_VERSION", "WT_SESSION")
"""Variables set by terminals that know OSC 8."""
PROGRAMS: Final = frozenset({"ghostty", "iTerm.app", "vscode", "WezTerm"})


def links(root: str, stream: TextIO, environ: Mapping[str, str]) -> LinkMaker:
    """How to link to files below `root`: not at all where `stream` is no terminal, or one not known to show links."""
    forced = environ.get(FORCE)
    capable = forced != "0" if forced else _is_capable(environ)
    return file_links(root) if capable and stream.isatty() else unlinked


def _is_capable(environ: Mapping[str, str]) -> bool:
    if environ.get("TERM") == "dumb":
        return False
    return environ.get("TERM_PROGRAM") in PROGRAMS or any(mark in environ for mark in MARKS)
