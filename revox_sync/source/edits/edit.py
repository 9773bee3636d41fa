"""Text edits out: the smallest change of the files that realises amendments, and the proof that it does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.edits.collection_edits import TextChange
from revox_sync.source.edits.scalar_edits import common_start
from revox_sync.source.edits.splice import Splicer
from revox_sync.source.edits.value_diff import (
    EditStep,
    Identity,
    Insert,
    Rewrite,
    Whole,
    amended,
    equal_values,
    get,
    no_change,
    steps,
)
from revox_sync.source.model.amendment import Amendment, SetValue
from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.yaml.emit_scalars import UneditableError
from revox_sync.source.yaml.scalar_offsets import BREAK
from revox_sync.values.pointer import Pointer


class Edit(NamedTuple):
    """A replacement of a stretch of one file.

    Attributes:
        place: what goes.
        text: what comes in its place.
    """

    place: Place
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with edits of its one file applied, in whatever order they come.

    Edits at one place are applied in the order given. Raises ValueError when two overlap.
    """
    parts = []
    end = 0
    for edit in sorted(edits, key=lambda edit: (edit.place.start, edit.place.end)):
        if edit.place.start < end:
            raise ValueError(f"two edits overlap at {edit.place}")
        parts += [text[end : edit.place.start], edit.text]
        end = edit.place.end
    return "".join([*parts, text[end:]])


def _no_identity(_: Pointer) -> str | None:
    return None


def edits_for(
    document: Document,
    amendments: Sequence[Amendment],
    identity: Identity = _no_identity,
    whole: Whole = no_change,
) -> tuple[Edit, ...] | None:
    """The smallest text change that realises amendments, in whichever files their values are written.

    None where it cannot be made in place: the value comes from a variable or a merge key, or is used elsewhere too.
    A SetValue with the value that is already there does nothing, but writes an ambiguous scalar unambiguously.

    Args:
        document: the file as loaded, defaults included.
        amendments: each pointer means the value as it was before all of them.
        identity: the key that identifies the entries of a list, so that an entry that moved is not rewritten.
        whole: values that are written anew in the document's own file when they change, in the place of what brings
            them in so far: a tag, an alias, a merge key, a default.
    """
    try:
        amended(document.value, amendments)
        wanted = [amendment for amendment in amendments if not _is_done(document, amendment)]
        changes = list(_changes(document, steps(document.value, wanted, identity, whole)))
    except (LookupError, UneditableError):
        return None
    edits = tuple(edit for path in dict(changes) for edit in _edits(document, path, changes))
    try:
        for path in {edit.place.path for edit in edits}:
            apply_edits("", (edit for edit in edits if edit.place.path == path))
    except ValueError:
        return None
    return edits


def _changes(document: Document, wanted: Iterable[EditStep]) -> Iterator[tuple[str, TextChange]]:
    """Changes by path. A collection's steps are taken together: commas and lines depend on its neighbours."""
    splicers: dict[str, Splicer] = {}
    groups: dict[tuple[str, Pointer], list[EditStep]] = {}
    for step in wanted:
        owner, pointer = (document, step.pointer) if isinstance(step, Rewrite) else document.owner(step.pointer)
        if owner.path not in splicers:
            splicers[owner.path] = Splicer(owner)
        groups.setdefault((owner.path, _collection(step, pointer)), []).append(step._replace(pointer=pointer))
    # Where an inner and an outer collection end on one line, what is added to the inner one comes first.
    for (path, collection), group in sorted(groups.items(), key=lambda group: -len(group[0][1])):
        yield from splicers[path].changes(collection, group)


def _is_done(document: Document, amendment: Amendment) -> bool:
    """Whether a scalar already has its value, and is written so that every reader sees it."""
    if not isinstance(amendment, SetValue) or not equal_values(get(document.value, amendment.pointer), amendment.value):
        return False
    return all(scalar.pointer != amendment.pointer for scalar in document.ambiguous)


def _collection(step: EditStep, pointer: Pointer) -> Pointer:
    """Pointer of the collection that a step changes."""
    if isinstance(step, Insert):
        return pointer
    if not pointer:
        raise UneditableError
    return pointer[:-1]


def _edits(document: Document, path: str, changes: list[tuple[str, TextChange]]) -> Iterator[Edit]:
    text = text_of(document, path)
    ordered = sorted((change for at, change in changes if at == path), key=lambda change: change[:2])
    for change in _joined(ordered):
        start, end, new = _narrowed(change, text)
        if start < end or new:
            yield Edit(Place(path, start, end), new)


def _joined(changes: Iterable[TextChange]) -> list[TextChange]:
    """Changes of which lines that come behind lines that go are put in their place; the same one only once."""
    joined: list[TextChange] = []
    for change in changes:
        last = joined[-1] if joined else None
        if change == last and change.start < change.end:
            continue
        found = BREAK.match(change.text)
        if last and found and not last.text and change.start == change.end < last.end:
            joined[-1] = last._replace(text=change.text[found.end() :] + found.group())
        else:
            joined.append(change)
    return joined


def _narrowed(change: TextChange, text: str) -> TextChange:
    """The change without what stays at its edges."""
    old = text[change.start : change.end]
    start = common_start(old, change.text)
    tail = common_start(old[start:][::-1], change.text[start:][::-1])
    return TextChange(change.start + start, change.end - tail, change.text[start : len(change.text) - tail])


def text_of(document: Document, path: str) -> str:
    """Text of a file that takes part in a document."""
    return document.sources[path].text


def proven(
    loader: Loader, document: Document, amendments: Sequence[Amendment], edits: Sequence[Edit]
) -> Mapping[str, str] | None:
    """New texts of the edited files by path, if the edits do what the amendments say and nothing else.

    The document is read again over the new texts: its value must be the old one amended, types included, and no
    problem may be new. None otherwise, and where a file's bytes are no proper UTF-8: they would not survive.

    Args:
        loader: reads the files, with the variables and the environment that `document` was loaded with.
        document: the document before.
        amendments: what was asked for.
        edits: what is to be done for it.
    """
    paths = {edit.place.path for edit in edits}
    if any(problem.kind is ProblemKind.ENCODING and problem.place.path in paths for problem in document.problems):
        return None
    try:
        texts = {
            path: apply_edits(text_of(document, path), [edit for edit in edits if edit.place.path == path])
            for path in sorted(paths)
        }
        expected = amended(document.value, amendments)
    except (LookupError, ValueError):
        return None
    after = document.reloaded(loader.over({document.path: text_of(document, document.path), **texts}))
    if not equal_values(after.value, expected) or _causes(after) - _causes(document):
        return None
    return texts


def _causes(document: Document) -> Counter[tuple[str, str]]:
    return Counter((problem.kind.value, problem.message) for problem in document.problems)
