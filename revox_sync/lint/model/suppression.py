"""`# revox: ignore[RVX207] reason`: a finding that somebody has looked at and decided to keep."""

from __future__ import annotations

from revox_sync.source.model.place import Place
from revox_sync.source.yaml.comments import Comment


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
