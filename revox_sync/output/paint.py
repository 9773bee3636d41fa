"""Colour as an argument: renderers ask for a style, the caller decides whether it becomes an escape sequence."""

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


def plain(text: str, _: Style) -> str:
    """No colour."""
    return text


def ansi(text: str, style: Style) -> str:
    """Colour for terminals."""
    return f"\x1b[{style}m{text}\x1b[0m" if text else text


def painter(*, color: bool) -> Paint:
    """`ansi` or `plain`."""
    return ansi if color else plain
