"""Long texts as hunks: what changed, three lines around it, and the Markdown heading it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

CONTEXT: Final = 3
HEADING: Final = re.compile(r"#{1,6} .*")


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of changed lines.

    Attributes:
        heading: the nearest Markdown heading above, or an empty string.
        lines: sign (` `, `-`, `+`) and text.
    """

    heading: str
    lines: tuple[tuple[str, str], ...]


def hunks(before: str, after: str) -> list[Hunk]:
    """The differences of two texts, line by line; empty for texts with the same lines."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Hunk(_heading(new, group[0][3]), tuple(_lines(group, old, new)))
        for group in matcher.get_grouped_opcodes(CONTEXT)
    ]


def _lines(group: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    for kind, i1, i2, j1, j2 in group:
        if kind == "equal":
            yield from ((" ", line) for line in old[i1:i2])
        else:
            yield from (("-", line) for line in old[i1:i2])
            yield from (("+", line) for line in new[j1:j2])


def _heading(lines: list[str], start: int) -> str:
    above = (line for line in reversed(lines[:start]) if HEADING.fullmatch(line))
    return next(above, "")
