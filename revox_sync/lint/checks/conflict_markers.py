"""What a merge leaves in a text when nobody resolves its conflicts."""

import re
from collections.abc import Iterator
from typing import Final

from revox_sync.values.named_tuple import NamedTuple

# git writes seven signs at the start of a line, and behind those of both ends a blank and a name. Who moves the text
# into a block of YAML indents them. `=======` alone underlines a heading in Markdown.
_MARKER: Final = r"^[ \t]*(<{7}(?= |$)|\|{7}(?= |$)|={7}(?=[ \t]*$)|>{7}(?= \S|$)).*$"
BEGINS: Final = "<" * 7
ENDS: Final = ">" * 7


class Conflict(NamedTuple):
    """Spans of the markers of one conflict in a text; it is reported at the first."""

    markers: tuple[tuple[int, int], ...]


def may_conflict(text: str) -> bool:
    """Whether a text has what a marker begins with: fast, and nearly always no."""
    return BEGINS in text or ENDS in text


def conflicts(text: str) -> Iterator[Conflict]:
    """Every conflict in a text, in order: what begins with `<<<<<<<`, or ends with a `>>>>>>>` that nothing began."""
    if not may_conflict(text):
        return
    markers: list[tuple[int, int]] = []
    is_open = False
    for found in re.finditer(_MARKER, text, re.MULTILINE):
        span = found.start(1), found.end()
        sign = found[1]
        if sign == BEGINS:
            yield from _conflict(markers if is_open else [])
            markers, is_open = [span], True
        elif sign == ENDS:
            yield from _conflict([*markers, span] if is_open else [span])
            markers, is_open = [], False
        elif is_open:
            markers.append(span)
    yield from _conflict(markers if is_open else [])


def _conflict(markers: list[tuple[int, int]]) -> Iterator[Conflict]:
    if markers:
        yield Conflict(tuple(markers))
