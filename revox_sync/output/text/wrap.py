"""Breaks a line of marked pieces at its spaces, as wide as a terminal allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from revox_sync.output.text.visible import columns, visible

Piece = tuple[str, bool]
TOKEN: Final = re.compile(r" +|[^ ]+")


def wrap_pieces(pieces: Sequence[Piece], room: int) -> list[list[Piece]]:
    """Rows of at most `room` columns, neighbours with the same mark joined; a word wider than that is cut."""
    rows: list[list[Piece]] = [[]]
    used = 0
    for text, marked in _tokens(pieces, room):
        if used and used + columns(text) > room:
            rows.append([])
            used = 0
        if used or text.strip(" ") or len(rows) == 1:
            rows[-1].append((text, marked))
            used += columns(text)
    return [_joined(row) for row in rows]


def _tokens(pieces: Sequence[Piece], room: int) -> Iterator[Piece]:
    for text, marked in pieces:
        for token in TOKEN.findall(visible(text)):
            for start in range(0, len(token), room):
                yield token[start : start + room], marked


def _joined(row: Sequence[Piece]) -> list[Piece]:
    """The row without spaces at its end, in as few pieces as its marks allow."""
    pieces: list[Piece] = []
    for text, marked in row:
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (pieces[-1][0] + text, marked)
        else:
            pieces.append((text, marked))
    while pieces and not pieces[-1][0].strip(" "):
        pieces.pop()
    if pieces:
        pieces[-1] = (pieces[-1][0].rstrip(" "), pieces[-1][1])
    return pieces
