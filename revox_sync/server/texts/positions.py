"""Places in a text as the protocol counts them: lines from 0, columns in units of UTF-8, UTF-16 or UTF-32."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lsprotocol.types import Position, PositionEncodingKind, Range

from revox_sync.lint.model.finding import Region
from revox_sync.source.model.place import SourceText

_UNITS: Final[Mapping[str, Callable[[str], int]]] = {
    PositionEncodingKind.Utf8: lambda text: len(text.encode("utf-8", "surrogatepass")),
    PositionEncodingKind.Utf16: lambda text: len(text.encode("utf-16-le", "surrogatepass")) // 2,
    PositionEncodingKind.Utf32: len,
}


class Positions:
    """Converts between offsets, or the lines and columns of findings, and positions of the protocol.

    Args:
        source: the text as the editor has it.
        encoding: what both sides have agreed to count columns in.
        marked: whether the editor's text begins with a byte order mark, which is no part of `source`.
    """

    def __init__(self, source: SourceText, encoding: str, *, marked: bool = False) -> None:
        self._source: Final = source
        self._units: Final = _UNITS.get(encoding, _UNITS[PositionEncodingKind.Utf16])
        self._mark: Final = self._units("\ufeff") if marked else 0

    def position(self, offset: int) -> Position:
        """Where a character is."""
        return self._at(*self._source.position(max(0, min(offset, len(self._source.text)))))

    def range(self, start: int, end: int) -> Range:
        """The stretch from one offset to another."""
        return Range(self.position(start), self.position(end))

    def of_region(self, region: Region) -> Range:
        """The stretch of a finding, which counts lines and columns from 1 and columns in characters."""
        return Range(self._at(region.line, region.column), self._at(region.end_line, region.end_column))

    def offset(self, position: Position) -> int:
        """The character at a position. One behind the end of a line is its end, one behind the text the text's end."""
        text, start = self._source.text, self._source.start(position.line + 1)
        if start is None:
            return len(text)
        line = self._source.line(position.line + 1)
        wanted = max(0, position.character - (self._mark if position.line == 0 else 0))
        if line.isascii():
            return start + min(wanted, len(line))
        used = 0
        for index, character in enumerate(line):
            if used >= wanted:
                return start + index
            used += self._units(character)
        return start + len(line)

    def _at(self, line: int, column: int) -> Position:
        before = self._source.line(line)[: column - 1]
        mark = self._mark if line == 1 else 0
        return Position(line - 1, mark + (len(before) if before.isascii() else self._units(before)))
