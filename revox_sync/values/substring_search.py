"""Finds out quickly which of many short texts a long one holds, when most often it holds none of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Generic, TypeVar

FREQUENT: Final = b" \n,.eaoinrtlu"
"""What two thirds of a prompt consist of, in English and in French."""

Meaning = TypeVar("Meaning")


class SubstringIndex(Generic[Meaning]):
    """Short texts to look for, each with what it stands for.

    Frequent characters, and those that are in no mark, are left out of the text and of the marks: a mark that is in the
    text is in the rest, too. That rest is short, so each mark is looked for there first.

    Args:
        marks: where case does not matter, in ASCII and in lower case.
        caseless: whether case does not matter.
    """

    def __init__(self, marks: Iterable[tuple[str, Meaning]], *, caseless: bool = False) -> None:
        known = [(mark.encode(), meaning) for mark, meaning in marks]
        rare = {byte for mark, _ in known for byte in mark}.difference(FREQUENT)
        self._left_out = bytes(set(range(256)) - rare)
        self._marks = [(self._rest(mark), mark, meaning) for mark, meaning in known]
        self._caseless = caseless

    def found_in(self, text: str) -> list[Meaning]:
        """What the marks that a text holds stand for, in order of the marks."""
        content = text.encode("utf-8", "surrogatepass")
        if self._caseless:
            content = content.lower()
        rest = self._rest(content)
        return [meaning for rare, mark, meaning in self._marks if rare in rest and mark in content]

    def _rest(self, content: bytes) -> str:
        return content.translate(None, self._left_out).decode("latin-1")
