"""`# revox: ignore[RVX207] reason`: findings somebody has looked at and decided to keep."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from revox_sync.errors import UsageError
from revox_sync.source.comments import Comment, comments
from revox_sync.source.text import Place, SourceText

IGNORE: Final = re.compile(r"(?P<kind>ignore-file|ignore)\b(?:\[(?P<codes>[^\]]*)\])?\s*(?P<reason>.*)")
WORD: Final = re.compile(r"[^,\s]+")


class Suppression:
    """One code of one comment.

    Attributes:
        word: the code, prefix or name as written.
        codes: rules it stands for; empty for one that does not exist.
        place: the word.
        comment: where it stands and which lines it speaks about; all lines for `ignore-file`.
        used: whether it has suppressed a finding.
    """

    __slots__ = ("codes", "comment", "place", "reason", "used", "whole_file", "word")

    def __init__(  # noqa: PLR0913 - a value
        self, word: str, codes: frozenset[str], place: Place, reason: str, comment: Comment, *, whole_file: bool
    ) -> None:
        self.word = word
        self.codes = codes
        self.place = place
        self.reason = reason
        self.comment = comment
        self.whole_file = whole_file
        self.used = False

    def covers(self, code: str, path: str, line: int) -> bool:
        """Whether it speaks about a finding of that rule on that line."""
        here = self.whole_file or self.comment.first_line <= line <= self.comment.last_line
        return here and code in self.codes and path == self.place.path


def read_suppressions(sources: Iterable[SourceText]) -> list[Suppression]:
    """Every suppression in YAML files, in order."""
    return [each for source in sources for comment in comments(source) for each in _parse(comment)]


def _parse(comment: Comment) -> Iterator[Suppression]:
    match = IGNORE.fullmatch(comment.text)
    if match is None:
        yield _suppression(comment, comment.text, comment.place, "", whole_file=False)
        return
    whole_file = match["kind"] == "ignore-file" and comment.at_top
    words = list(WORD.finditer(match["codes"] or ""))
    if not words or (match["kind"] == "ignore-file" and not whole_file):
        yield _suppression(comment, "", comment.place, match["reason"], whole_file=whole_file)
    for word in words if whole_file or match["kind"] == "ignore" else ():
        start = comment.text_start + match.start("codes") + word.start()
        place = Place(comment.place.path, start, start + len(word[0]))
        yield _suppression(comment, word[0], place, match["reason"], whole_file=whole_file)


def _suppression(comment: Comment, word: str, place: Place, reason: str, *, whole_file: bool) -> Suppression:
    from revox_sync.lint.registry import codes_of

    try:
        codes = codes_of((word,)) if word else frozenset[str]()
    except UsageError:
        codes = frozenset()
    return Suppression(word, codes, place, reason, comment, whole_file=whole_file)
