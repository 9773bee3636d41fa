"""Entries that stand in a list twice."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import FileRule, Fix, Hit
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Remove
from revox_sync.source.model.problem import Related
from revox_sync.values.pointer import Pointer


class Duplicate(NamedTuple):
    """A later text that equals an earlier one.

    Attributes:
        pointer: the later one.
        first: the earlier one.
    """

    pointer: Pointer
    first: Pointer
    text: str


def duplicates(pairs: Iterable[tuple[Pointer, Any]]) -> Iterator[Duplicate]:
    """Texts seen before, each with its first appearance; what is no text, or empty, has no twin."""
    seen: dict[str, Pointer] = {}
    for pointer, text in pairs:
        if isinstance(text, str) and text:
            first = seen.setdefault(text, pointer)
            if first is not pointer:
                yield Duplicate(pointer, first, text)


def plain_words(text: str) -> str:
    """A text as a listener tells it apart: without case, accents, punctuation and repeated blanks."""
    if text.isascii():
        return " ".join("".join([char if char.isalnum() else " " for char in text.casefold()]).split())
    import unicodedata

    letters = unicodedata.normalize("NFKD", text).casefold()
    kept = (char if char.isalnum() else " " for char in letters if not unicodedata.combining(char))
    return " ".join("".join(kept).split())


def indexed(entries: Any, at: Pointer) -> Iterator[tuple[Pointer, Any]]:
    """Entries of a list with their pointers; anything else has none."""
    return (((*at, index), entry) for index, entry in enumerate(entries if isinstance(entries, list) else ()))


class DuplicateRule(FileRule):
    """Reports twins with the first of them as related place."""

    def in_list(self, subject: Subject, entries: Any, twin: Duplicate, noun: str) -> Hit:
        """The hit of twins that are keys of two entries of a list; entries that are wholly equal are removable."""
        later, first = (entries[each[-2]] for each in (twin.pointer, twin.first))
        spare = bool(later == first)
        return self.hit(subject, twin._replace(pointer=twin.pointer[:-1]) if spare else twin, noun, spare=spare)

    def hit(
        self, subject: Subject, twin: Duplicate, noun: str, *, spare: bool, severity: Severity | None = None
    ) -> Hit:
        """The hit of one pair of twins.

        Args:
            noun: what is there twice: "option".
            spare: whether the later one is exactly the first one again, so that it can go.
        """
        first = Related("first one", subject.document.locate(twin.first).place)
        fix = Fix("remove the repeat", (Remove(twin.pointer),), safe=True) if spare else None
        label = "remove the repeat" if spare else "rename or remove one of them"
        message = f"the {noun} `{_clipped(twin.text)}` is there twice"
        return Hit(message, label, subject.document.locate(twin.pointer, key=spare), (first,), severity, fix)


def _clipped(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
