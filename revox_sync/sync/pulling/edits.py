"""Units of a file to new texts: each edit is proven, and what cannot be done is told with its reason."""

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
from revox_sync.source.model.value import Value
from revox_sync.sync.model.pull_report import Left
from revox_sync.sync.pulling.units import FieldGroup, UndeclaredField, with_groups
from revox_sync.values.pointer import Pointer, dotted

TextCheck = Callable[[Mapping[str, str]], str | None]
"""What would be wrong if files had these texts; None where nothing is."""

BROUGHT_IN: Final = {
    OriginKind.SHARED_FILE: "comes from a file that is, or may be, used elsewhere too",
    OriginKind.FILE: "comes from a file",
    OriginKind.INCLUDE: "comes from `!include`",
    OriginKind.ENV: "comes from `!env`",
    OriginKind.VAR: "comes from `!var`",
    OriginKind.SUB: "comes from `!sub`",
    OriginKind.ANCHOR: "is used elsewhere too, or merged from there",
    OriginKind.DEFAULTS: "comes from `defaults`",
}
WAY_ON: Final = "change it there, or use --inline to write it into this assistant's own file"
NOT_IN_PLACE: Final = "cannot be written without changing more: change it by hand"


@dataclass(frozen=True, slots=True)
class PullEdits:
    """New texts for one assistant.

    Attributes:
        texts: by path; empty where nothing changes.
        units: what they take over.
        left: what they do not.
    """

    texts: Mapping[str, str]
    units: tuple[FieldGroup, ...]
    left: tuple[Left, ...]


class PullEditor:
    """Writes units into the files of one document.

    Args:
        loader: what loaded the document.
        is_own: whether a text file has its one use in this document.
        inline: values that come from elsewhere are written into the document's own file.
        check: says why a result must not be written.
    """

    def __init__(self, document: Document, loader: Loader, is_own: IsOwn, check: TextCheck, *, inline: bool) -> None:
        self._document = document
        self._loader = loader
        self._is_own = is_own
        self._check = check
        self._inline = inline

    def draft(self, units: Sequence[FieldGroup]) -> PullEdits:
        """As many of the units as can be written, together where that works."""
        obstacles = {each.pointer: self._obstacle(each) for each in units}
        free = [each for each in units if obstacles[each.pointer] is None]
        left = [self._left(each, origin) for each in units if (origin := obstacles[each.pointer]) is not None]
        result = self._texts(free)
        if isinstance(result, str):
            free, result, failed = self._one_by_one(free)
            left += failed
        return PullEdits(result, tuple(free), tuple(left))

    def unsaid(self, each: UndeclaredField) -> Left:
        """A unit that the file has no words for."""
        return Left(dotted(each.pointer), each.reason, self.place(each.pointer), differs=not each.added)

    def _one_by_one(self, units: Sequence[FieldGroup]) -> tuple[list[FieldGroup], Mapping[str, str], list[Left]]:
        done: list[FieldGroup] = []
        left: list[Left] = []
        texts: Mapping[str, str] = {}
        for each in units:
            result = self._texts([*done, each])
            if isinstance(result, str):
                left.append(Left(dotted(each.pointer), result, self.place(each.pointer), differs=not each.added))
            else:
                done.append(each)
                texts = result
        return done, texts, left

    def _texts(self, units: Sequence[FieldGroup]) -> Mapping[str, str] | str:
        """New texts of the files, proven and checked; a reason where there are none."""
        if not units:
            return {}
        amendments = self._amendments(units)
        edits = edits_for(self._document, amendments, self._identity, self._whole)
        texts = proven(self._loader, self._document, amendments, edits) if edits else None
        if texts is None:
            return NOT_IN_PLACE
        fault = self._check(texts)
        return texts if fault is None else fault

    def _amendments(self, units: Sequence[FieldGroup]) -> list[SetValue]:
        return [SetValue((), with_groups(self._document.value, units))]

    def _obstacle(self, unit: FieldGroup) -> Origin | None:
        found = steps(self._document.value, self._amendments([unit]), self._identity, self._whole)
        return next((origin for step in found if (origin := self._origins.obstacle(step)) is not None), None)

    def _left(self, unit: FieldGroup, origin: Origin) -> Left:
        reason = f"{BROUGHT_IN[origin.kind]}: {'change it there' if self._inline else WAY_ON}"
        return Left(dotted(unit.pointer), reason, self._line(origin.place.path, origin.place.start), not unit.added)

    @cached_property
    def _origins(self) -> Origins:
        return Origins(self._document, self._is_own)

    def _whole(self, pointer: Pointer, new: Value) -> bool:
        foreign = self._inline and self._origins.is_foreign(pointer)
        return foreign or self._origins.outgrows_file(pointer, new)

    def _identity(self, pointer: Pointer) -> str | None:
        node = assistant_node().at(pointer, self._document.value)
        return node.key if node is not None else None

    def place(self, pointer: Pointer) -> str:
        """`file:line` of the value at a pointer."""
        place = self._document.locate(pointer).place
        return self._line(place.path, place.start)

    def _line(self, path: str, offset: int) -> str:
        return f"{path}:{self._document.sources[path].position(offset)[0]}"
