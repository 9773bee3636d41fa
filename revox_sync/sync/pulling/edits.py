"""Writes field groups into the files of a document: each edit is proven, and what cannot be written gets a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.source.documents.document import Document, Loader
from revox_sync.source.edits.edit import edits_for, proven
from revox_sync.source.edits.origin import IsOwn, Origin, OriginKind, Origins
from revox_sync.source.edits.value_diff import steps
from revox_sync.source.model.amendment import SetValue
from revox_sync.source.model.place import Place
from revox_sync.source.model.value import Value
from revox_sync.sync.model.pull_report import Left
from revox_sync.sync.pulling.field_groups import FieldGroup, UndeclaredField, with_groups
from revox_sync.values.pointer import Pointer, dotted

TextCheck = Callable[[Mapping[str, str]], str | None]
"""What would be wrong if files had these texts by path; None where nothing would."""

_BROUGHT_IN: Final = {
    OriginKind.SHARED_FILE: "comes from a file that is, or may be, used elsewhere too",
    OriginKind.FILE: "comes from a file",
    OriginKind.INCLUDE: "comes from `!include`",
    OriginKind.ENV: "comes from `!env`",
    OriginKind.VAR: "comes from `!var`",
    OriginKind.SUB: "comes from `!sub`",
    OriginKind.ANCHOR: "is used elsewhere too, or merged from there",
    OriginKind.DEFAULTS: "comes from `defaults`",
}
_WAY_ON: Final = "change it there, or use --inline to write it into this assistant's own file"
_NOT_IN_PLACE: Final = "cannot be written without changing more: change it by hand"


@dataclass(frozen=True, slots=True)
class PullEdits:
    """New texts for one assistant.

    Attributes:
        texts: by path; empty where nothing changes.
        groups: the field groups that are in them.
        left: what is not in them, and why.
    """

    texts: Mapping[str, str]
    groups: tuple[FieldGroup, ...]
    left: tuple[Left, ...]


class PullEditor:
    """Writes field groups into the files of one document.

    Args:
        loader: what loaded the document.
        is_own: whether a text file has its one use in this document.
        check: says why a result must not be written.
        inline: whether values that come from elsewhere are written into the document's own file.
    """

    def __init__(self, document: Document, loader: Loader, is_own: IsOwn, check: TextCheck, *, inline: bool) -> None:
        self._document = document
        self._loader = loader
        self._is_own = is_own
        self._check = check
        self._inline = inline

    def draft(self, groups: Sequence[FieldGroup]) -> PullEdits:
        """As many of the groups as can be written, together where that works."""
        free, left = [], []
        for group in groups:
            origin = self._obstacle(group)
            if origin is None:
                free.append(group)
            else:
                reason = f"{_BROUGHT_IN[origin.kind]}: {'change it there' if self._inline else _WAY_ON}"
                left.append(self._left(group, reason, self._line(origin.place)))
        texts = self._texts(free)
        if not isinstance(texts, str):
            return PullEdits(texts, tuple(free), tuple(left))
        # Together they do not work. One after the other shows which one is to blame, and saves the others.
        done: list[FieldGroup] = []
        written: Mapping[str, str] = {}
        for group in free:
            attempt = self._texts([*done, group])
            if isinstance(attempt, str):
                left.append(self._left(group, attempt))
            else:
                done.append(group)
                written = attempt
        return PullEdits(written, tuple(done), tuple(left))

    def undeclared(self, field: UndeclaredField) -> Left:
        """A field whose new value no file can hold."""
        return self._left(field, field.reason)

    def place(self, pointer: Pointer) -> str:
        """`file:line` of the value at a pointer."""
        return self._line(self._document.locate(pointer).place)

    def _left(self, field: FieldGroup | UndeclaredField, reason: str, place: str | None = None) -> Left:
        return Left(dotted(field.pointer), reason, place or self.place(field.pointer), differs=not field.added)

    def _texts(self, groups: Sequence[FieldGroup]) -> Mapping[str, str] | str:
        """New texts of the files, proven and checked; a reason where there are none."""
        if not groups:
            return {}
        amendments = self._amendments(groups)
        edits = edits_for(self._document, amendments, self._identity, self._whole)
        texts = proven(self._loader, self._document, amendments, edits) if edits else None
        return _NOT_IN_PLACE if texts is None else self._check(texts) or texts

    def _amendments(self, groups: Sequence[FieldGroup]) -> list[SetValue]:
        # One amendment of the whole value: the smallest edits are found by comparison, and so none overlaps another.
        return [SetValue((), with_groups(self._document.value, groups))]

    def _obstacle(self, group: FieldGroup) -> Origin | None:
        edit_steps = steps(self._document.value, self._amendments([group]), self._identity, self._whole)
        return next((origin for step in edit_steps if (origin := self._origins.obstacle(step)) is not None), None)

    @cached_property
    def _origins(self) -> Origins:
        return Origins(self._document, self._is_own)

    def _whole(self, pointer: Pointer, new: Value) -> bool:
        foreign = self._inline and self._origins.is_foreign(pointer)
        return foreign or self._origins.outgrows_file(pointer, new)

    def _identity(self, pointer: Pointer) -> str | None:
        # The key by which entries of a list are told apart, so that moving one is not seen as changing all.
        node = assistant_node().at(pointer, self._document.value)
        return node.key if node is not None else None

    def _line(self, place: Place) -> str:
        return f"{place.path}:{self._document.sources[place.path].position(place.start)[0]}"
