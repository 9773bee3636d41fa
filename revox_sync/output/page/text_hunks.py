"""Long texts as hunks: what changed, three lines around it, and the Markdown heading it stands under."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

CONTEXT: Final = 3
HEADING: Final = re.compile(r"#{1,6} .*")
WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")
ALIKE: Final = 0.5
"""Share of common words from which a line counts as edited; below it, marks would be everywhere."""
MOST_WORDS: Final = 1000
"""Finding the words that changed takes the square of their number."""
MOST_PAIRS: Final = 1_000_000
"""Pairs of equal lines of two texts up to which every line counts; a long prompt has some thousands."""
Opcode = tuple[str, int, int, int, int]
"""As `SequenceMatcher` gives them: kind, then where the old and the new lines begin and end."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk.

    Attributes:
        sign: ` `, `-` or `+`.
        pieces: the text in pieces, each with whether it is what changed in an edited line.
    """

    sign: str
    pieces: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(piece for piece, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of changed lines.

    Attributes:
        heading: the nearest Markdown heading above the first change, or an empty string.
        skipped: unchanged lines above that are not shown.
    """

    heading: str
    lines: tuple[Line, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Size:
    """How long a text is."""

    characters: int
    words: int


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Two long texts, compared.

    Attributes:
        before: None: there was none.
        after: None: there is none any more.
        skipped: unchanged lines below the last hunk.
    """

    before: Size | None
    after: Size | None
    hunks: tuple[Hunk, ...]
    skipped: int = 0

    @property
    def edited(self) -> bool:
        """Whether there is a text on both sides."""
        return self.before is not None and self.after is not None


def compare_texts(before: str | None, after: str | None) -> TextDiff:
    """The differences of two texts, line by line; a text without counterpart is one hunk.

    No hunk for texts with the same lines: CRLF is LF, and newlines at the end say nothing.
    """
    old, new = _split(before), _split(after)
    matcher = SequenceMatcher(None, old, new, autojunk=_is_repetitive(old, new))
    end, hunks = 0, []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        lines = tuple(_lines(group, old, new))
        hunks.append(Hunk(_heading(new, _first_change(group)), lines, group[0][1] - end))
        end = group[-1][2]
    return TextDiff(_size(before), _size(after), tuple(hunks), len(old) - end)


def _is_repetitive(old: list[str], new: list[str]) -> bool:
    """Whether so many lines are alike that only the others can be compared in reasonable time."""
    ours, theirs = Counter(old), Counter(new)
    return sum(number * theirs[line] for line, number in ours.items()) > MOST_PAIRS


def _size(text: str | None) -> Size | None:
    return None if text is None else Size(len(text), len(text.split()))


def _first_change(group: list[Opcode]) -> int:
    """Index of the first new line that differs, or that stands behind lines that are gone."""
    return next(start for kind, _, _, start, _ in group if kind != "equal")


def _split(text: str | None) -> list[str]:
    """Lines as comparison knows them: CRLF is LF, newlines at the end say nothing, other separators are text."""
    if text is None:
        return []
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def _lines(group: list[Opcode], old: list[str], new: list[str]) -> Iterator[Line]:
    for kind, i1, i2, j1, j2 in group:
        if kind == "equal":
            yield from (_whole(" ", line) for line in old[i1:i2])
        elif i2 - i1 == j2 - j1:
            pairs = [_edited(*pair) for pair in zip(old[i1:i2], new[j1:j2], strict=True)]
            yield from (removed for removed, _ in pairs)
            yield from (added for _, added in pairs)
        else:
            yield from (_whole("-", line) for line in old[i1:i2])
            yield from (_whole("+", line) for line in new[j1:j2])


def _whole(sign: str, line: str) -> Line:
    return Line(sign, ((line, False),))


def _edited(old: str, new: str) -> tuple[Line, Line]:
    ours, theirs = WORD.findall(old), WORD.findall(new)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if len(ours) + len(theirs) > MOST_WORDS or matcher.ratio() < ALIKE:
        return _whole("-", old), _whole("+", new)
    found = matcher.get_opcodes()
    removed = [("".join(ours[i1:i2]), kind != "equal") for kind, i1, i2, _, _ in found if i1 < i2]
    added = [("".join(theirs[j1:j2]), kind != "equal") for kind, _, _, j1, j2 in found if j1 < j2]
    return Line("-", tuple(removed)), Line("+", tuple(added))


def _heading(lines: list[str], start: int) -> str:
    above = (line for line in reversed(lines[:start]) if HEADING.fullmatch(line))
    return next(above, "")
