"""The smallest edits of the files that make amendments, and the proof that they make them and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.edits.collection_edits import TextChange
from revox_sync.source.edits.scalar_edits import common_edges
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
    steps,
)
from revox_sync.source.model.amendment import Amendment, Change, RemoveMark, SetValue
from revox_sync.source.model.place import Place
from revox_sync.source.model.problem import ProblemKind
from revox_sync.source.yaml.emit_scalars import UneditableError
from revox_sync.source.yaml.scalar_offsets import BREAK
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer


class Edit(NamedTuple):
    """A replacement of a stretch of one file.

    Attributes:
        place: what is replaced.
        text: what replaces it.
    """

    place: Place
    text: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text of one file with its edits applied, which may come in any order.

    Insertions at one place are made in the order given. Raises ValueError where two edits overlap.
    """
    parts = []
    end = 0
    for edit in sorted(edits, key=lambda edit: (edit.place.start, edit.place.end)):
        if edit.place.start < end:
            raise ValueError(f"two edits overlap at {edit.place}")
        parts += [text[end : edit.place.start], edit.text]
        end = edit.place.end
    return "".join([*parts, text[end:]])


def edits_for(
    document: Document,
    changes: Sequence[Change],
    identity: Identity = lambda _: None,
    whole: Whole = lambda *_: False,
) -> tuple[Edit, ...] | None:
    """The smallest edits that make amendments, in whichever files their values are written.

    None where they cannot be made in place: the value comes from a variable or a merge key, or is used elsewhere too.
    A SetValue with the value that is already there changes nothing, unless YAML versions read that value differently:
    then it is written so that all read it alike.

    Args:
        document: the file as loaded, defaults included.
        changes: each pointer means the value as it was before all of them.
        identity: the key that identifies the entries of a list, so that an entry that moved is not rewritten.
        whole: which values are written anew in the document's own file when they change, instead of the tag, alias,
            merge key or default that they come from so far.
    """
    amendments, marked = _sorted_out(changes)
    try:
        amended(document.value, amendments)
        wanted = [amendment for amendment in amendments if not _is_done(document, amendment)]
        made = list(_changes(document, steps(document.value, wanted, identity, whole)))
    except (LookupError, UneditableError):
        return None
    # The mark is no part of the text, so that an edit can only say where it is.
    marks = (Edit(Place(path, 0, 0), "") for path in sorted(marked))
    edits = (*marks, *(edit for path in dict(made) for edit in _edits(document, path, made)))
    # Amendments that touch one place can have changes that overlap; then no order of making them is right.
    for before, after in pairwise(sorted(edit.place for edit in edits)):
        if before.path == after.path and after.start < before.end:
            return None
    return edits


def _sorted_out(changes: Iterable[Change]) -> tuple[list[Amendment], set[str]]:
    """The changes of values, and the files that lose their byte order mark."""
    marked = {change.path for change in changes if isinstance(change, RemoveMark)}
    return [change for change in changes if not isinstance(change, RemoveMark)], marked


def _changes(document: Document, wanted: Iterable[EditStep]) -> Iterator[tuple[str, TextChange]]:
    """Changes by path. The steps of a collection are made together, because commas and lines depend on neighbours."""
    splicers: dict[str, Splicer] = {}
    groups: dict[tuple[str, Pointer], list[EditStep]] = {}
    for step in wanted:
        owner, pointer = (document, step.pointer) if isinstance(step, Rewrite) else document.owner(step.pointer)
        if not pointer and not isinstance(step, Insert):
            raise UneditableError  # the root has no collection around it
        collection = pointer if isinstance(step, Insert) else pointer[:-1]
        if owner.path not in splicers:
            splicers[owner.path] = Splicer(owner)
        groups.setdefault((owner.path, collection), []).append(step._replace(pointer=pointer))
    # Where an inner and an outer collection end on one line, the additions to the inner one have to come first.
    for path, collection in sorted(groups, key=lambda group: -len(group[1])):
        yield from splicers[path].changes(collection, groups[path, collection])


def _is_done(document: Document, amendment: Amendment) -> bool:
    """Whether a scalar already has its value, and is written so that all YAML versions read it alike."""
    if not isinstance(amendment, SetValue) or not equal_values(get(document.value, amendment.pointer), amendment.value):
        return False
    return all(scalar.pointer != amendment.pointer for scalar in document.ambiguous)


def _edits(document: Document, path: str, changes: list[tuple[str, TextChange]]) -> Iterator[Edit]:
    text = document.sources[path].text
    ordered = sorted((change for at, change in changes if at == path), key=lambda change: change[:2])
    for start, end, new in _joined(ordered):
        # What stays at the edges is no part of the edit: reports show edits to people.
        head, tail = common_edges(text[start:end], new)
        edit = Edit(Place(path, start + head, end - tail), new[head : len(new) - tail])
        if edit.text or edit.place.start < edit.place.end:
            yield edit


def _joined(changes: Iterable[TextChange]) -> list[TextChange]:
    """Changes, equal removals once, and lines that are added behind removed lines put in the place of those."""
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


def proven(
    loader: Loader, document: Document, changes: Sequence[Change], edits: Sequence[Edit]
) -> Mapping[str, str] | None:
    """New texts of the edited files by path; None where the edits do not make the changes, or do more.

    The document is loaded again with the new texts: its value must be the old one amended, types included, and it must
    have no new problem. None also where a file is not valid UTF-8, because writing it would change its other bytes. A
    byte order mark that is not to be removed is the first character of the new text.

    Args:
        loader: reads the files, with the variables and the environment that `document` was loaded with.
        document: the document before the edits.
        changes: what the edits are to make.
        edits: as `edits_for` gives them.
    """
    paths = {edit.place.path for edit in edits}
    faults = Counter(problem.place.path for problem in document.problems if problem.kind is ProblemKind.ENCODING)
    if any(faults[path] > document.sources[path].has_mark for path in paths):
        return None
    amendments, marked = _sorted_out(changes)
    try:
        texts = {
            path: ("\ufeff" if document.sources[path].has_mark and path not in marked else "")
            + apply_edits(document.sources[path].text, [edit for edit in edits if edit.place.path == path])
            for path in sorted(paths)
        }
        expected = amended(document.value, amendments)
    except (LookupError, ValueError):
        return None
    # The document's own text as well: its file may have changed since it was loaded.
    after = document.reloaded(loader.over({document.path: document.sources[document.path].text, **texts}))
    if not equal_values(after.value, expected) or _causes(after) - _causes(document):
        return None
    return texts


def _causes(document: Document) -> Counter[tuple[str, str]]:
    return Counter((problem.kind.value, problem.message) for problem in document.problems)
