"""Long texts as hunks: what changed, three lines around it, and the Markdown heading it stands under."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final

from revox_sync.output.text.visible import look_alike, spelt
from revox_sync.output.text.wrap import Piece

_CONTEXT_LINES: Final = 3
_LEAST_SKIPPED: Final = 5
"""Unchanged lines that a line about them may stand for; fewer are shown."""
_HEADING: Final = re.compile(r"#{1,6} .*")
# What joins or varies the characters around it stays with them: alone it would be a character that nobody sees.
_JOINS: Final = "[\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
_WORD: Final = re.compile(rf"\s+|(?:\w+|[^\w\s])(?:{_JOINS}+(?:\w+|[^\w\s])?)*")
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
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(text for text, _ in self.pieces)


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of changed lines.

    Attributes:
        heading: the nearest Markdown heading above the first change; empty if there is none, or it is one of the lines.
        skipped: unchanged lines above that are not shown.
    """

    heading: str
    lines: tuple[Line, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Two long texts, compared.

    Attributes:
        hunks: what changed; a text without counterpart is one hunk.
        skipped: unchanged lines below the last hunk.
    """

    hunks: tuple[Hunk, ...]
    skipped: int = 0


def compare_texts(before: str | None, after: str | None) -> TextDiff:
    """The differences of two texts, line by line; a text without counterpart is one hunk.

    Texts with the same lines have no hunk: CRLF counts as LF, and line breaks at the end do not count.
    """
    return compare_lines(_split(before), _split(after))


def compare_lines(old: Sequence[str], new: Sequence[str]) -> TextDiff:
    """The differences of two texts that are lines already."""
    # `autojunk` ignores lines that occur often, which is fast and less exact.
    matcher = SequenceMatcher(None, old, new, autojunk=_is_repetitive(old, new))
    end, hunks = 0, []
    for group in _groups(matcher.get_opcodes()):
        hunks.append(Hunk(_heading(group, new), tuple(_lines(group, old, new)), group[0][1] - end))
        end = group[-1][2]
    return TextDiff(tuple(hunks), len(old) - end)


def _groups(codes: Sequence[_Opcode]) -> Iterator[list[_Opcode]]:
    """What changed with the lines around it; a new group begins where so many unchanged lines lie between that it pays.

    As `SequenceMatcher.get_grouped_opcodes`, but that would also put a line in the place of a single one.
    """
    group: list[_Opcode] = []
    for number, (kind, old, old_end, new, new_end) in enumerate(codes):
        if kind == "equal":
            above = _CONTEXT_LINES if number > 0 else 0
            below = _CONTEXT_LINES if number < len(codes) - 1 else 0
            if old_end - old - above - below >= _LEAST_SKIPPED:
                if group:
                    yield [*group, (kind, old, old + above, new, new + above)]
                group = [(kind, old_end - below, old_end, new_end - below, new_end)]
                continue
        group.append((kind, old, old_end, new, new_end))
    if any(kind != "equal" for kind, *_ in group):
        yield group


def _split(text: str | None) -> list[str]:
    """The lines; separators other than CR and LF are text, as they are when values are compared."""
    return [] if text is None else text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")


def _is_repetitive(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether so many lines are equal that an exact comparison would take too long."""
    occurrences = Counter(new)
    return sum(number * occurrences[line] for line, number in Counter(old).items()) > _MOST_PAIRS


def _heading(group: Sequence[_Opcode], new: Sequence[str]) -> str:
    """The nearest heading above the first new line that differs, or that stands behind lines that are gone."""
    first = next(start for kind, _, _, start, _ in group if kind != "equal")
    found = next((number for number in reversed(range(first)) if _HEADING.fullmatch(new[number])), None)
    # One that the hunk shows would stand there twice, the first time above lines that are not below it.
    return new[found] if found is not None and found < group[0][3] else ""


def _lines(group: Sequence[_Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for kind, old_start, old_end, new_start, new_end in group:
        before, after = old[old_start:old_end], new[new_start:new_end]
        if kind == "equal":
            yield from (_unmarked(" ", line) for line in before)
        else:
            # As many lines as before: each of them is most likely an edit of the line in its place. Else only the
            # first ones are compared, because nobody can tell which of the others became which.
            edited = len(before) if len(before) == len(after) else min(len(before), len(after), 1)
            pairs = [_edited(*pair) for pair in zip(before[:edited], after[:edited], strict=True)]
            yield from (removed for removed, _ in pairs)
            yield from (_unmarked("-", line) for line in before[edited:])
            yield from (added for _, added in pairs)
            yield from (_unmarked("+", line) for line in after[edited:])


def _unmarked(sign: str, line: str) -> Line:
    return Line(sign, ((line if sign == " " else line.replace("\t", spelt("\t")), False),))


def _edited(old: str, new: str) -> tuple[Line, Line]:
    """A removed and an added line, with the words marked that changed.

    Where few words are common, only the first one that differs is marked, and only if something common precedes it.
    """
    before, after = _words(old, new)
    start = _common(before, after)
    end = _common(before[: start - len(before) - 1 : -1], after[: start - len(after) - 1 : -1])
    head, tail = _text(before[:start]), _text(before[len(before) - end :])
    middle = (before[start : len(before) - end], after[start : len(after) - end])
    removed, added = _marked(*middle, around=start + end, mark_first=bool(head.strip()))
    return Line("-", _pieces(head, removed, tail)), Line("+", _pieces(head, added, tail))


def _common(before: Sequence[str], after: Sequence[str]) -> int:
    """How many words both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


def _text(words: Sequence[str]) -> str:
    return "".join(words)


def _pieces(head: str, middle: Iterable[Piece], tail: str) -> tuple[Piece, ...]:
    return tuple(piece for piece in ((head, False), *middle, (tail, False)) if piece[0])


def _words(old: str, new: str) -> tuple[list[str], list[str]]:
    """The words of both lines; white space at their ends is spelt out where it differs: nobody would see it."""
    endings = [line[len(line.rstrip()) :] for line in (old, new)]
    if endings[0] == endings[1]:
        return _WORD.findall(old), _WORD.findall(new)
    spelt = ("".join(f"<U+{ord(character):04X}>" for character in ending) for ending in endings)
    before, after = (
        [*_WORD.findall(line.rstrip()), *filter(None, [end])] for line, end in zip((old, new), spelt, strict=True)
    )
    return before, after


def _marked(
    before: Sequence[str], after: Sequence[str], *, around: int, mark_first: bool
) -> tuple[list[Piece], list[Piece]]:
    """Two stretches of words in pieces, each with whether it is what changed.

    Args:
        around: common words before and behind them.
        mark_first: whether to mark the first word of each, where little else is common.
    """
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    number = len(before) + len(after)
    codes = matcher.get_opcodes() if number <= _MOST_WORDS else []
    common = around + sum(end - start for kind, start, end, *_ in codes if kind == "equal")
    if codes and 2 * common >= _LEAST_COMMON * (2 * around + number):
        pairs = [
            _pair(_text(before[i1:i2]), _text(after[j1:j2]), marked=kind != "equal") for kind, i1, i2, j1, j2 in codes
        ]
    else:
        first = 1 if mark_first else 0
        pairs = [
            _pair(_text(before[:first]), _text(after[:first]), marked=True),
            _pair(_text(before[first:]), _text(after[first:]), marked=False),
        ]
    return [removed for removed, _ in pairs], [added for _, added in pairs]


def _pair(before: str, after: str, *, marked: bool) -> tuple[Piece, Piece]:
    """Two parts of a line, with what nobody could tell apart spelt out."""
    if before == after:
        return (before, marked), (after, marked)
    letters = look_alike(before, after)
    return (spelt(before, letters=letters), marked), (spelt(after, letters=letters), marked)
