"""Breaks text at its spaces, into lines that are as wide as a terminal allows."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.output.text.visible import columns, visible

Piece = tuple[str, bool]
"""A part of a line, and whether it is marked as changed."""
_TOKEN: Final = re.compile(r" +|[^ ]+")
_COMMAND: Final = re.compile(r"`[^`]*`")
_NO_BREAK_SPACE: Final = "\N{NO-BREAK SPACE}"


def wrap_text(text: str, width: int, first: str = "", rest: str = "  ") -> list[str]:
    """A sentence made `visible`, in lines of at most `width` columns.

    Text in backticks stays on one line where it fits, so that a command can be copied.

    Args:
        first: indent of the first line.
        rest: indent of the other lines.
    """
    # textwrap breaks at ASCII spaces only, so a no-break space keeps a command together until the lines are made.
    text = _COMMAND.sub(lambda found: found[0].replace(" ", _NO_BREAK_SPACE), visible(text))
    lines = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return [line.replace(_NO_BREAK_SPACE, " ").rstrip() for line in lines] or [first]


def wrap_pieces(pieces: Sequence[Piece], width: int) -> list[list[Piece]]:
    """Rows of at most `width` columns; neighbours with the same mark are joined, and a word that is wider is cut."""
    rows: list[list[Piece]] = [[]]
    used = 0
    for text, marked in _tokens(pieces, width):
        if used and used + columns(text) > width:
            rows.append([])
            used = 0
        # Spaces at a break belong to no row, but those that indent the first row stay, and those that changed.
        if used or text.strip(" ") or len(rows) == 1 or marked:
            rows[-1].append((text, marked))
            used += columns(text)
    return [_joined(row) for row in rows]


def _tokens(pieces: Sequence[Piece], width: int) -> Iterator[Piece]:
    for text, marked in pieces:
        for token in _TOKEN.findall(visible(text)):
            yield from ((part, marked) for part in _cut(token, width))


def _cut(token: str, width: int) -> Iterator[str]:
    """A word in parts of at most `width` columns; of a character that takes two, at least one is in each part."""
    start, used = 0, 0
    for end, character in enumerate(token):
        used += columns(character)
        if used > width and end > start:
            yield token[start:end]
            start, used = end, columns(character)
    yield token[start:]


def _joined(row: Sequence[Piece]) -> list[Piece]:
    """The row without spaces at its end, in as few pieces as its marks allow."""
    pieces: list[Piece] = []
    for text, marked in row:
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + text, marked)
        else:
            pieces.append((text, marked))
    while pieces and not pieces[-1][0].strip(" ") and not pieces[-1][1]:
        pieces.pop()
    if pieces and not pieces[-1][1]:
        pieces[-1] = (pieces[-1][0].rstrip(" "), pieces[-1][1])
    return pieces
