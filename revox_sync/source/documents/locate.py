"""From a pointer into a value to the place that wrote it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from revox_sync.source.model.place import Place
from revox_sync.source.yaml.nodes import (
    PLAIN,
    QUOTED,
    STRING,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    children,
    is_merge,
    key_text,
    span,
)
from revox_sync.values.pointer import Pointer

if TYPE_CHECKING:
    from revox_sync.source.documents.tags import Link
    from revox_sync.source.model.place import SourceText

_TEXT_TAGS = (PLAIN, QUOTED, STRING)


class Location(NamedTuple):
    """Where a value is written.

    Attributes:
        place: the value or its key.
        via: the tag in the document's own file that brings it in, when it is written in another file.
    """

    place: Place
    via: Place | None


class Spot(NamedTuple):
    """A node (None for a whole text file), the file it is written in, and the outermost tag that led there."""

    node: Node | None
    path: str
    via: Place | None

    @property
    def name(self) -> int | str:
        """What tells nodes and text files apart."""
        return self.path if self.node is None else id(self.node)


class NodeMap:
    """The nodes of a document and of everything it includes.

    Attributes:
        path: the document's file.
        root: its root node; None when the file is broken.
        links: targets of tags, by id of the tag's node.
        sources: texts of all files.
    """

    __slots__ = ("_keys", "_origins", "links", "path", "root", "sources")

    def __init__(
        self, path: str, root: Node | None, links: "Mapping[int, Link]", sources: "Mapping[str, SourceText]"
    ) -> None:
        self.path = path
        self.root = root
        self.links = links
        self.sources = sources
        self._keys: dict[int, dict[str | int | None, tuple[Node, Node]]] = {}
        self._origins: dict[Pointer, tuple[frozenset[str], frozenset[int]]] = {}

    def locate(self, pointer: Pointer, *, key: bool) -> Location:
        """Place of the value at `pointer` (or of its key), or of the longest part of it that exists.

        Where there is no key to show, at the root and for an entry of a list, it is the first key inside.
        """
        spot = self._enter(Spot(self.root, self.path, None))
        key_spot = None
        at_root = True
        for step in pointer:
            found = self._child(spot, step)
            if found is None:
                break
            key_spot, spot, at_root = found[0], self._enter(found[1]), False
        if key and key_spot is not None:
            spot = key_spot
        elif key or at_root:
            spot = _first_key(spot)
        return Location(self._place(spot), spot.via)

    def locate_text(self, pointer: Pointer, start: int, end: int) -> Location:
        """Place of the characters [start, end) of the text at `pointer`; the whole value where they cannot be told."""
        trail = self.trail(pointer)
        if not trail:
            return self.locate(pointer, key=False)
        spot = trail[-1][1]
        text = self.sources[spot.path].text
        node = spot.node
        if node is None and spot.via:
            offsets: tuple[int, int] | None = file_offset(text, start), file_offset(text, end)
        elif isinstance(node, ScalarNode) and node.tag in _TEXT_TAGS:
            from revox_sync.source.yaml.scalar_offsets import stretch

            offsets = stretch(node, text, start, end)
        else:
            offsets = None
        return Location(Place(spot.path, *offsets), spot.via) if offsets else self.locate(pointer, key=False)

    def trail(self, pointer: Pointer) -> list[tuple[Spot, Spot]]:
        """Spots of the root and of the value at each step, as written and behind its tags; empty if one is missing."""
        written = Spot(self.root, self.path, None)
        spots = [(written, self._enter(written))]
        for step in pointer:
            found = self._child(spots[-1][1], step)
            if found is None:
                return []
            spots.append((found[1], self._enter(found[1])))
        return spots

    def shared(self) -> list[Spot]:
        """Nodes and text files that are used more than once: anchors with aliases, targets of several tags."""
        uses: Counter[int | str] = Counter()
        spots: dict[int | str, Spot] = {}
        pending = [Spot(self.root, self.path, None)]
        while pending:
            spot = pending.pop()
            uses[spot.name] += 1
            if uses[spot.name] == 1:
                spots[spot.name] = spot
                pending.extend(self._parts(spot))
        return [spots[name] for name, count in uses.items() if count > 1]

    def _parts(self, spot: Spot) -> Iterator[Spot]:
        """What a node leads to directly, keys included."""
        link = self.links.get(id(spot.node))
        if link is not None:
            yield Spot(link.node, link.path, None)
        elif isinstance(spot.node, MappingNode):
            yield from (Spot(part, spot.path, None) for pair in spot.node.value for part in pair)
        elif isinstance(spot.node, SequenceNode):
            yield from (Spot(part, spot.path, None) for part in spot.node.value)

    def walk(self, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Node]]:
        """All nodes below and at `pointer` in order, each once, with the first pointer that reaches it."""
        spot = Spot(self.root, self.path, None)
        for step in pointer:
            found = self._child(self._enter(spot), step)
            if found is None:
                return
            spot = found[1]
        start = spot.node
        pending = [(pointer, start)] if start is not None else []
        seen: set[int] = set()
        while pending:
            at, node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield at, node
            target = self._resolve(node)
            if target is not None and target is not node:
                pending.append((at, target))
            elif target is not None:
                pending.extend(reversed([((*at, name), child) for name, _, child in children(target, self._resolve)]))

    def origins(self, pointer: Pointer) -> tuple[frozenset[str], frozenset[int]]:
        """Tags of the nodes that write the value at `pointer`, and the offsets at which they start."""
        # Remembered, because every document of a project asks for the same defaults.
        found = self._origins.get(pointer)
        if found is None:
            nodes = [node for _, node in self.walk(pointer)]
            found = frozenset(node.tag for node in nodes), frozenset(node.start_mark.index for node in nodes)
            self._origins[pointer] = found
        return found

    def _resolve(self, node: Node) -> Node | None:
        link = self.links.get(id(node))
        while link is not None and link.node is not None and id(link.node) in self.links:
            link = self.links[id(link.node)]
        return link.node if link else node

    def _enter(self, spot: Spot) -> Spot:
        """The spot behind the tags at a spot."""
        while spot.node is not None and (link := self.links.get(id(spot.node))) is not None:
            spot = Spot(link.node, link.path, spot.via or self._place(spot))
        return spot

    def _child(self, spot: Spot, step: str | int) -> tuple[Spot | None, Spot] | None:
        """Spots of the key and the value that a step leads to; no key in a list."""
        node = spot.node
        if isinstance(node, SequenceNode):
            inside = isinstance(step, int) and 0 <= step < len(node.value)
            return (None, spot._replace(node=node.value[step])) if inside else None
        if not isinstance(node, MappingNode):
            return None
        own = self._own_keys(node).get(step)
        if own is not None:
            return spot._replace(node=own[0]), spot._replace(node=own[1])
        merged = (
            part for key, child in node.value if is_merge(key) for part in self._merged(spot._replace(node=child))
        )
        return next((found for part in merged if (found := self._child(part, step)) is not None), None)

    def _own_keys(self, node: MappingNode) -> Mapping[str | int | None, tuple[Node, Node]]:
        """Key and value by key, merged ones left out; of a key that is there twice, the first."""
        # Remembered, because every finding looks for a key, and a hostile mapping has many of both.
        keys = self._keys.get(id(node))
        if keys is None:
            keys = self._keys[id(node)] = {}
            for key, child in node.value:
                if not is_merge(key):
                    keys.setdefault(key_text(key), (key, child))
        return keys

    def _merged(self, spot: Spot) -> Iterator[Spot]:
        target = self._enter(spot)
        if isinstance(target.node, SequenceNode):
            for part in target.node.value:
                yield self._enter(target._replace(node=part))
        else:
            yield target

    def _place(self, spot: Spot) -> Place:
        source = self.sources[spot.path]
        if spot.node is not None:
            return span(spot.node, source.text, spot.path)
        return Place(spot.path, 0, len(source.text) if spot.via else 0)


def _first_key(spot: Spot) -> Spot:
    if isinstance(spot.node, MappingNode) and spot.node.value:
        return spot._replace(node=spot.node.value[0][0])
    return spot


def file_offset(text: str, offset: int) -> int:
    """Offset in a text file of a character of its value, in which CRLF is one character."""
    breaks = 0
    at = text.find("\r\n")
    while at != -1 and at - breaks < offset:
        breaks += 1
        at = text.find("\r\n", at + 2)
    return min(max(offset, 0) + breaks, len(text))
