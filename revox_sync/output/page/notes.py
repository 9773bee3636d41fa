"""Sentences in lines of a width."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from typing import Final

from revox_sync.output.page.model import Note
from revox_sync.output.text.visible import columns, visible

QUOTED: Final = re.compile(r"`[^`]*`")
NO_BREAK: Final = "\N{NO-BREAK SPACE}"
WIDEST: Final = 40
"""Columns of the longest cell that the others are aligned with."""


def wrapped_notes(text: str, width: int, first: str = "", rest: str = "  ") -> list[str]:
    """A text in lines of so many columns, harmless; what stands in backticks stays in one piece where it fits."""
    text = QUOTED.sub(lambda found: found[0].replace(" ", NO_BREAK), visible(text))
    lines = textwrap.wrap(text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return [each.replace(NO_BREAK, " ") for each in lines] or [first]


def note_lines(note: Note, width: int) -> Iterator[str]:
    """A note, its rows in columns as far as they fit."""
    yield from wrapped_notes(note.text, width)
    rows = [[visible(cell) for cell in row] for row in note.rows]
    rooms = [min(max(columns(cell) for cell in cells), WIDEST) for cells in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (room - columns(cell)) for cell, room in zip(row, rooms, strict=True)]
        line = ("  " + "   ".join(cells)).rstrip()
        yield from [line] if columns(line) <= width else wrapped_notes(" ".join(row), width, "  ", "    ")
