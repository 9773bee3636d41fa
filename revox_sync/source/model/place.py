"""The text of a file, and places in it."""

import re
from bisect import bisect_right
from typing import Final

from revox_sync.values.named_tuple import NamedTuple

COMMENT_MARKER: Final = "revox:"
"""Begins every comment that is addressed to us; `source.yaml.comments` reads them."""


def may_have_comments(text: str | bytes) -> bool:
    """Whether a file may hold a comment that is addressed to us, or one that its author may have meant so."""
    # Files without are the rule, and a search that begins with a fixed character takes no time.
    pattern: str | bytes = r"#[# \t]*revox" if isinstance(text, str) else rb"#[# \t]*revox"
    return re.search(pattern, text, re.IGNORECASE) is not None  # type: ignore[arg-type]


class Place(NamedTuple):
    """A stretch of a file.

    Attributes:
        path: POSIX path relative to the project root.
        start: offset of its first character in the file's text, from 0; a byte order mark is not part of the text.
        end: offset behind its last character.
    """

    path: str
    start: int
    end: int


class SourceText:
    """The text of one file; converts between offsets, and lines and columns.

    Args:
        path: POSIX path relative to the project root.
        text: everything in the file but a byte order mark.
        has_mark: whether the file starts with a byte order mark.
    """

    __slots__ = ("_line_starts", "has_mark", "path", "text")

    def __init__(self, path: str, text: str, *, has_mark: bool = False) -> None:
        self.path = path
        self.text = text
        self.has_mark = has_mark
        self._line_starts: list[int] | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character, both from 1; columns count characters, lines end with LF, CRLF or CR."""
        starts = self._starts()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Offset of the character at a line and column: the inverse of `position`."""
        return self._starts()[line - 1] + column - 1

    def start(self, number: int) -> int | None:
        """Offset of the first character of line `number`, counted from 1; None behind the last line."""
        starts = self._starts()
        return starts[number - 1] if 1 <= number <= len(starts) else None

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without its line break; empty for a number behind the last line."""
        starts = self._starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            # A pattern of one character is searched much faster, and few files have a CR.
            line_break = r"\r\n?|\n" if "\r" in self.text else "\n"
            self._line_starts = [0, *(found.end() for found in re.finditer(line_break, self.text))]
        return self._line_starts
