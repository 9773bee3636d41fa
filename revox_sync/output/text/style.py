"""Colours and hyperlinks as arguments: renderers ask, the caller decides what becomes an escape sequence."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Style(StrEnum):
    """Meanings, with the ANSI parameters (ECMA-48 SGR) that show them."""

    ERROR = "1;31"
    WARNING = "1;33"
    INFO = "1;36"
    BOLD = "1"
    DIM = "2"
    ADDED = "32"
    REMOVED = "31"
    CHANGED = "33"
    ADDED_WORD = "1;4;32"
    REMOVED_WORD = "1;4;31"


Paint = Callable[[str, Style], str]


def no_style(text: str, _: Style) -> str:
    """No colour."""
    return text


def ansi(text: str, style: Style) -> str:
    """Colour for terminals."""
    return f"\x1b[{style}m{text}\x1b[0m" if text else text


def painter(*, color: bool) -> Paint:
    """`ansi` or `no_style`."""
    return ansi if color else no_style


LinkMaker = Callable[[str, str], str]
"""Text to show and path in the project it is about, to text to print."""


def unlinked(text: str, _: str) -> str:
    """No link."""
    return text


def file_links(root: str) -> LinkMaker:
    """Links for terminals (OSC 8) to the files below `root`, an absolute path."""
    # Imported here: a lint without links, as in a commit hook, can do without pathlib.
    from pathlib import Path

    folder = Path(root)

    def link(text: str, path: str) -> str:
        # A URI is percent-encoded, so a file's name cannot end the sequence.
        return f"\x1b]8;;{(folder / path).as_uri()}\x1b\\{text}\x1b]8;;\x1b\\"

    return link
