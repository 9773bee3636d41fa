"""Where a value of a document comes from: its own text, a tag, an anchor, or the project's defaults."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from revox_sync.source.documents.document import Document
from revox_sync.source.documents.locate import Spot
from revox_sync.source.edits.value_diff import EditStep, Insert, Rewrite
from revox_sync.source.model.amendment import Remove
from revox_sync.source.model.place import Place
from revox_sync.source.model.value import Value
from revox_sync.source.yaml.nodes import ENV, INCLUDE, SUB, VAR, MappingNode, entry_position
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer

IsOwn = Callable[[str], bool]
"""Whether the file at a path is used once in the project, by this document."""


class OriginKind(StrEnum):
    """What a value comes from."""

    OWN = "own"
    FILE = "!file"  # a text file that is used nowhere else
    SHARED_FILE = "shared !file"
    INCLUDE = INCLUDE
    ENV = ENV
    VAR = VAR
    SUB = SUB
    ANCHOR = "anchor"  # used elsewhere too, or through a merge key
    DEFAULTS = "defaults"


_EDITABLE = frozenset({OriginKind.OWN, OriginKind.FILE})
_TAGS = {tag.value: tag for tag in (OriginKind.INCLUDE, OriginKind.ENV, OriginKind.VAR, OriginKind.SUB)}


class Origin(NamedTuple):
    """Where a value comes from.

    Attributes:
        kind: what it comes from.
        pointer: the value that the tag, anchor or default stands for: the one asked for, or one around it.
        place: where it is written.
    """

    kind: OriginKind
    pointer: Pointer
    place: Place

    @property
    def editable(self) -> bool:
        """Whether changing the text there changes this value and nothing else."""
        return self.kind in _EDITABLE


class Origins:
    """Finds out where the values of one document come from.

    Args:
        document: as loaded, defaults included.
        is_own: whether the text file at a path is used nowhere else.
    """

    def __init__(self, document: Document, is_own: IsOwn) -> None:
        self._document = document
        self._is_own = is_own
        self._shared = {spot.name for spot in document.nodes.shared()}

    def at(self, pointer: Pointer) -> Origin:
        """Where the value at a pointer comes from; where it does not exist, the value around it."""
        kind, size = self._first(pointer)
        return Origin(kind, pointer[:size], self._document.locate(pointer).written)

    def is_foreign(self, pointer: Pointer) -> bool:
        """Whether exactly the value at a pointer, none around it, comes from something that must not be edited."""
        origin = self.at(pointer)
        return origin.pointer == pointer and not origin.editable

    def outgrows_file(self, pointer: Pointer, new: Value) -> bool:
        """Whether the value at a pointer is the text of a file and becomes no text, which no such file can hold."""
        origin = self.at(pointer)
        return origin.pointer == pointer and origin.kind is OriginKind.FILE and not isinstance(new, str)

    def obstacle(self, step: EditStep) -> Origin | None:
        """What keeps a step from being made in place; None where nothing does."""
        if isinstance(step, Rewrite):
            return None
        origin = self.at(step.pointer)
        if isinstance(step, Remove) and origin.pointer == step.pointer and not self._is_brought_in(origin):
            return None  # the tag or alias is in the document's own text and goes with its key
        if isinstance(step, Insert) and origin.kind is OriginKind.FILE:
            return origin
        return None if origin.editable else origin

    def _is_brought_in(self, origin: Origin) -> bool:
        """Whether the document's own text has no key for a value, so that removing it there is impossible."""
        if origin.kind is OriginKind.DEFAULTS:
            return True
        holder = self._document.nodes.trail(origin.pointer[:-1])
        return not holder or _merges(holder[-1][1], origin.pointer[-1])

    def _first(self, pointer: Pointer) -> tuple[OriginKind, int]:
        """The first tag, anchor or default on the way to a value, and how many steps lead there."""
        if pointer and self._document.owner(pointer)[0] is not self._document:
            return OriginKind.DEFAULTS, 1
        for size in range(1, len(pointer) + 1):
            trail = self._document.nodes.trail(pointer[:size])
            if not trail:
                break
            kind = self._kind(trail[-2][1], pointer[size - 1], *trail[-1])
            if kind is not OriginKind.OWN:
                return kind, size
        return OriginKind.OWN, len(pointer)

    def _kind(self, holder: Spot, step: str | int, written: Spot, entered: Spot) -> OriginKind:
        if written.name in self._shared or _merges(holder, step):
            return OriginKind.ANCHOR
        tag = written.node.tag if written.node is not None else ""
        if tag in _TAGS:
            return _TAGS[tag]
        if entered.node is not None:
            return OriginKind.OWN
        is_alone = entered.name not in self._shared and self._is_own(entered.path)
        return OriginKind.FILE if is_alone else OriginKind.SHARED_FILE


def _merges(holder: Spot, step: str | int) -> bool:
    """Whether a mapping has an entry through a merge key only."""
    return isinstance(holder.node, MappingNode) and entry_position(holder.node, step) is None
