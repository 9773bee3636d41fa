"""Text from files and servers, made harmless and measurable for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from revox_sync.values.invisible import code_point, has_invisible, invisible_runs


def visible(text: str) -> str:
    """The text with each invisible or control character written as `<U+202E>`; a tab becomes a space."""
    # Nearly all text is printable, and one question about the whole is much faster than one per character.
    if text.isprintable() and (text.isascii() or not has_invisible(text)):
        return text
    shown, last = list[str](), 0
    for start, end in invisible_runs(text):
        shown += [_printable(text[last:start]), *map(_spelt_out, text[start:end])]
        last = end
    return "".join([*shown, _printable(text[last:])])


def _printable(text: str) -> str:
    """The text with what else cannot be printed spelt out: line breaks, and what Unicode has given to nobody."""
    if text.isprintable():
        return text
    # Python calls every space but U+0020 unprintable, and what joins an emoji. Both are harmless here.
    return "".join(
        character
        if character.isprintable() or unicodedata.category(character) in {"Zs", "Cf"}
        else _spelt_out(character)
        for character in text
    )


def _spelt_out(character: str) -> str:
    return " " if character == "\t" else f"<{code_point(character)}>"


def look_alike(one: str, other: str) -> bool:
    """Whether two different texts are read as the same: composed in another way, or with letters of other scripts."""
    if one == other or (one.isascii() and other.isascii()):
        return False
    if unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other):
        return True
    return len(one) == len(other) and all(map(_alike, one, other))


def _alike(one: str, other: str) -> bool:
    """Whether one of two characters could be taken for the other: a Latin letter and one of another script."""
    both_letters = one.isalpha() and other.isalpha()
    return one == other or (both_letters and unicodedata.name(one, "")[:5] != unicodedata.name(other, "")[:5])


def spelt(text: str, *, letters: bool = False) -> str:
    """The text with white space that is no plain space as `<U+00A0>`; with `letters` whatever is not ASCII."""
    return "".join(
        f"<{code_point(character)}>"
        if (character != " " and character.isspace()) or (letters and not character.isascii())
        else character
        for character in text
    )


def named(text: str) -> str:
    """The `visible` text; one of nothing but characters that look like spaces, or like nothing, with their names."""
    if not text.isspace() and any(character.isprintable() for character in text):
        return visible(text)
    return "".join(character if character == " " else _with_name(character) for character in text)


def _with_name(character: str) -> str:
    name = "tab" if character == "\t" else unicodedata.name(character, "").lower()
    return f"<{name}>" if character == "\t" else f"<U+{ord(character):04X}{' ' + name if name else ''}>"


def visible_lines(text: str) -> list[str]:
    """The lines of a text, each `visible`."""
    return [visible(line) for line in text.splitlines()]


def columns(text: str) -> int:
    """Terminal columns of a `visible` text: wide characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def padded(text: str, width: int) -> str:
    """A `visible` text with spaces behind it, so that it takes at least that many columns."""
    return text + " " * (width - columns(text))


def common_width(texts: Iterable[str], most: int) -> int:
    """Columns of the longest text that takes no more than `most`; 0 where there is none.

    A single very long address or path is left out, because it would push all others to the right.
    """
    widths = (columns(visible(text)) for text in texts)
    return max((width for width in widths if width <= most), default=0)


def counted(number: int, word: str) -> str:
    """`1 file`, `2 files`; thousands get a comma."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
