"""The node of a YAML text that stands at an offset."""

from __future__ import annotations

from collections.abc import Iterator

from revox_sync.source.documents.document import Document
from revox_sync.source.model.place import Place
from revox_sync.source.yaml.nodes import (
    FILE,
    INCLUDE,
    CollectionNode,
    MappingNode,
    Node,
    ScalarNode,
    alias_place,
    key_text,
    span,
    walk_nodes,
)
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer


class NodeSpot(NamedTuple):
    """A node and where it stands.

    Attributes:
        pointer: of the value, or of the value that the key belongs to.
        place: the key, the value, or the alias.
        is_key: whether it is a key.
        is_alias: whether an alias is written there.
    """

    pointer: Pointer
    node: Node
    place: Place
    is_key: bool = False
    is_alias: bool = False


def spot_at(document: Document, offset: int) -> NodeSpot | None:
    """The innermost key or value at an offset of the document's own file; None where nothing of it can be read."""
    root, text, path = document.nodes.root, document.sources[document.path].text, document.path
    if root is None:
        return None
    spot = NodeSpot((), root, span(root, text, path))
    while not (spot.is_key or spot.is_alias):
        inner = next(
            (each for each in entries(spot.node, spot.pointer, text, path) if _holds(each.place, offset)), None
        )
        if inner is None:
            break
        spot = inner
    return spot


def _holds(place: Place, offset: int) -> bool:
    return place.start <= offset <= place.end


def entries(node: Node, pointer: Pointer, text: str, path: str) -> Iterator[NodeSpot]:
    """Keys and values that are written directly in a collection."""
    if not isinstance(node, CollectionNode):
        return
    for position, entry in enumerate(node.value):
        value = entry
        name: str | int | None = position
        if isinstance(node, MappingNode):
            key, value = entry
            name = key_text(key)
            if name is None:
                continue
            yield NodeSpot((*pointer, name), key, span(key, text, path), is_key=True)
        alias = alias_place(node, position, text, path)
        place = alias or span(value, text, path)
        yield NodeSpot((*pointer, name if name is not None else position), value, place, is_alias=alias is not None)


def references(document: Document) -> Iterator[tuple[ScalarNode, Place]]:
    """Each `!file` and `!include` of the document's own file, with the place of its argument."""
    text = document.sources[document.path].text
    for node in walk_nodes(document.nodes.root):
        if isinstance(node, ScalarNode) and node.tag in {FILE, INCLUDE}:
            place = span(node, text, document.path)
            start = text.find(node.value, place.start, place.end)
            if start >= 0 and node.value:
                yield node, Place(document.path, start, start + len(node.value))
