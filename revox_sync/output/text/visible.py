"""Text from files and servers, made harmless and measurable for a terminal."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """The text with everything invisible or able to steer a terminal spelt out as `<U+202E>`; a tab becomes a space."""
    if text.isprintable():
        return text
    return "".join(each if _harmless(each) else " " if each == "\t" else f"<U+{ord(each):04X}>" for each in text)


def _harmless(character: str) -> bool:
    return character.isprintable() or unicodedata.category(character) == "Zs"


def visible_lines(text: str) -> list[str]:
    """The lines of a text, each `visible`."""
    return [visible(line) for line in text.splitlines()]


def columns(text: str) -> int:
    """Columns a `visible` text takes in a terminal: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(each) for each in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def counted(number: int, word: str) -> str:
    """`1 file`, `2 files`; thousands get a comma."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
