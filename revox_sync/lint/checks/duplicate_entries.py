"""Entries that occur twice in a list."""

from collections.abc import Iterable, Iterator
from typing import Any

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Fix, Hit
from revox_sync.lint.subject.subject import Subject
from revox_sync.source.model.amendment import Remove
from revox_sync.source.model.problem import Related
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer


class Duplicate(NamedTuple):
    """A text that equals an earlier one, the pointers of both, and the text as written at the later one."""

    pointer: Pointer
    first: Pointer
    text: str


def duplicates(pairs: Iterable[tuple[Pointer, Any]]) -> Iterator[Duplicate]:
    """Texts that occurred before, each with its first occurrence; empty texts and other values are left out."""
    seen: dict[str, Pointer] = {}
    for pointer, text in pairs:
        if isinstance(text, str) and text:
            first = seen.setdefault(text, pointer)
            if first is not pointer:
                yield Duplicate(pointer, first, text)


def plain_words(text: str) -> str:
    """A text without what a listener does not hear: case, accents, punctuation and repeated blanks."""
    letters = text.casefold()
    if not text.isascii():
        import unicodedata

        # Taken apart, an accented letter is a plain letter and a combining mark.
        letters = unicodedata.normalize("NFKD", text).casefold()
        letters = "".join([char for char in letters if not unicodedata.combining(char)])
    return " ".join("".join([char if char.isalnum() else " " for char in letters]).split())


def entry_hit(subject: Subject, entries: Any, duplicate: Duplicate, noun: str) -> Hit:
    """The hit of a duplicate key of two entries of a list: where the whole entries are equal, the later one can go."""
    later, first = (entries[pointer[-2]] for pointer in (duplicate.pointer, duplicate.first))
    if later != first:
        return duplicate_hit(subject, duplicate, noun, identical=False)
    return duplicate_hit(subject, duplicate._replace(pointer=duplicate.pointer[:-1]), noun)


def duplicate_hit(
    subject: Subject, duplicate: Duplicate, noun: str, *, identical: bool = True, severity: Severity | None = None
) -> Hit:
    """The hit of one duplicate, with its first occurrence as related place.

    Args:
        noun: what occurs twice: "option".
        identical: whether the later one repeats the first one exactly, so that it can be removed.
    """
    first = Related("it appears first here", subject.locate(duplicate.first).place)
    fix = Fix("remove the repeat", (Remove(duplicate.pointer),), safe=True) if identical else None
    label = "remove the repeat" if identical else "rename or remove one of them"
    text = duplicate.text if len(duplicate.text) <= 60 else duplicate.text[:57] + "…"
    location = subject.locate(duplicate.pointer, key=identical)
    return Hit(f"the {noun} `{text}` appears twice", label, location, (first,), severity, fix)
