"""Long texts as hunks: what changed, three lines around it, and the Markdown heading it stands under."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_CONTEXT_LINES: Final = 3
_HEADING: Final = re.compile(r"#{1,6} .*")
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")
_LEAST_COMMON: Final = 0.5
"""Share of common words from which a line counts as edited; below it, nearly everything would be marked."""
_MOST_WORDS: Final = 1000
"""Words of two lines up to which they are compared: the time grows with the square of their number."""
_MOST_PAIRS: Final = 1_000_000
"""Pairs of equal lines of two texts up to which every line counts; a long prompt has some thousands."""
_Opcode = tuple[str, int, int, int, int]
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
        return "".join(text for text, _ in self.pieces)


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
        before: None: there was no text.
        after: None: there is no text any more.
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

    Texts with the same lines have no hunk: CRLF counts as LF, and line breaks at the end do not count.
    """
    old, new = _split(before), _split(after)
    # `autojunk` ignores lines that occur often, which is fast and less exact.
    matcher = SequenceMatcher(None, old, new, autojunk=_is_repetitive(old, new))
    end, hunks = 0, []
    for group in matcher.get_grouped_opcodes(_CONTEXT_LINES):
        hunks.append(Hunk(_heading(group, new), tuple(_lines(group, old, new)), group[0][1] - end))
        end = group[-1][2]
    return TextDiff(_size(before), _size(after), tuple(hunks), len(old) - end)


def _split(text: str | None) -> list[str]:
    """The lines; separators other than CR and LF are text, as they are when values are compared."""
    return [] if text is None else text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def _is_repetitive(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether so many lines are equal that an exact comparison would take too long."""
    occurrences = Counter(new)
    return sum(number * occurrences[line] for line, number in Counter(old).items()) > _MOST_PAIRS


def _size(text: str | None) -> Size | None:
    return None if text is None else Size(len(text), len(text.split()))


def _heading(group: Sequence[_Opcode], new: Sequence[str]) -> str:
    """The nearest heading above the first new line that differs, or that stands behind lines that are gone."""
    first = next(start for kind, _, _, start, _ in group if kind != "equal")
    return next((line for line in reversed(new[:first]) if _HEADING.fullmatch(line)), "")


def _lines(group: Sequence[_Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for kind, old_start, old_end, new_start, new_end in group:
        before, after = old[old_start:old_end], new[new_start:new_end]
        if kind == "equal":
            yield from (_unmarked(" ", line) for line in before)
        elif len(before) == len(after):
            # As many lines as before: each of them is most likely an edit of the line in its place.
            pairs = [_edited(*pair) for pair in zip(before, after, strict=True)]
            yield from (removed for removed, _ in pairs)
            yield from (added for _, added in pairs)
        else:
            yield from (_unmarked("-", line) for line in before)
            yield from (_unmarked("+", line) for line in after)


def _unmarked(sign: str, line: str) -> Line:
    return Line(sign, ((line, False),))


def _edited(old: str, new: str) -> tuple[Line, Line]:
    """A removed and an added line; the words that changed are marked where enough of them are common."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if len(before) + len(after) > _MOST_WORDS or matcher.ratio() < _LEAST_COMMON:
        return _unmarked("-", old), _unmarked("+", new)
    codes = matcher.get_opcodes()
    removed = (("".join(before[i1:i2]), kind != "equal") for kind, i1, i2, _, _ in codes if i1 < i2)
    added = (("".join(after[j1:j2]), kind != "equal") for kind, _, _, j1, j2 in codes if j1 < j2)
    return Line("-", tuple(removed)), Line("+", tuple(added))
