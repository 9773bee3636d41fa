"""From a pointer into a value to the place where that value is written."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from revox_sync.source.model.place import Place
from revox_sync.source.yaml.nodes import (
    PLAIN,
    QUOTED,
    STRING,
    CollectionNode,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    alias_place,
    children,
    is_merge,
    key_text,
    span,
)
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer

if TYPE_CHECKING:
    from revox_sync.source.documents.tags import Link
    from revox_sync.source.model.place import SourceText

_TEXT_TAGS = (PLAIN, QUOTED, STRING)


class Location(NamedTuple):
    """Where a value is written.

    Attributes:
        place: the value or its key; where an alias or a merge key brings it in, the alias.
        via: the tag in the document's own file that includes it; None where it is written in that file itself.
        anchored: the value or its key behind the alias; None where there is no alias.
    """

    place: Place
    via: Place | None
    anchored: Place | None = None

    @property
    def written(self) -> Place:
        """Where the characters of the value are."""
        return self.anchored or self.place


class Spot(NamedTuple):
    """A node and how it was reached.

    Attributes:
        node: None for a whole text file.
        path: the file it is written in.
        via: the outermost tag that led there.
        use: the first alias that led there.
    """

    node: Node | None
    path: str
    via: Place | None
    use: Place | None = None

    @property
    def name(self) -> int | str:
        """Identifies the node or text file."""
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
        self._keys: dict[int, dict[str | int | None, int]] = {}
        self._origins: dict[Pointer, tuple[frozenset[str], frozenset[int]]] = {}

    def locate(self, pointer: Pointer, *, key: bool) -> Location:
        """Place of the value at `pointer`, or of its key. Where it does not exist, the place of what is around it.

        Where there is no key, at the root and for an entry of a list, it is the first key inside.
        """
        way = list(self._way(pointer))
        key_spot, _, spot = way[-1]
        if key and key_spot is not None:
            spot = key_spot
        elif key or len(way) == 1:
            spot = _first_key(spot)
        place = self._place(spot)
        return Location(place, spot.via) if spot.use is None else Location(spot.use, spot.via, place)

    def locate_text(self, pointer: Pointer, start: int, end: int) -> Location:
        """Place of the characters [start, end) of the string at `pointer`; of the whole value where there is none."""
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
        spots = [(written, entered) for _, written, entered in self._way(pointer)]
        return spots if len(spots) == len(pointer) + 1 else []

    def _way(self, pointer: Pointer) -> Iterator[tuple[Spot | None, Spot, Spot]]:
        """Spots of the root and of the value at each step that exists: its key, as written, and behind its tags."""
        key, written = None, Spot(self.root, self.path, None)
        entered = self._enter(written)
        yield key, written, entered
        for step in pointer:
            found = self._child(entered, step)
            if found is None:
                return
            key, written = found
            entered = self._enter(written)
            yield key, written, entered

    def shared(self) -> list[Spot]:
        """Nodes and text files that are used more than once: anchors with aliases, targets of several tags."""
        if not self.links and "*" not in self.sources[self.path].text:
            return []
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
        elif isinstance(spot.node, CollectionNode):
            for entry in spot.node.value:
                yield from (Spot(part, spot.path, None) for part in (entry if isinstance(entry, tuple) else (entry,)))

    def walk(self, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Node]]:
        """All nodes at and below `pointer` in order, each once, with the first pointer that leads to it."""
        trail = self.trail(pointer)
        start = trail[-1][0].node if trail else None
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
        if pointer not in self._origins:
            nodes = [node for _, node in self.walk(pointer)]
            tags, offsets = (node.tag for node in nodes), (node.start_mark.index for node in nodes)
            self._origins[pointer] = frozenset(tags), frozenset(offsets)
        return self._origins[pointer]

    def _resolve(self, node: Node) -> Node | None:
        link = self.links.get(id(node))
        while link is not None and link.node is not None and id(link.node) in self.links:
            link = self.links[id(link.node)]
        return link.node if link else node

    def _enter(self, spot: Spot) -> Spot:
        """The spot that the tags at a spot lead to; the spot itself where there is none."""
        while spot.node is not None and (link := self.links.get(id(spot.node))) is not None:
            spot = Spot(link.node, link.path, spot.via or self._place(spot), spot.use)
        return spot

    def _child(self, spot: Spot, step: str | int) -> tuple[Spot | None, Spot] | None:
        """Spots of the key and the value that a step leads to; no key in a list."""
        node = spot.node
        if isinstance(node, SequenceNode):
            inside = isinstance(step, int) and 0 <= step < len(node.value)
            return (None, self._part(spot, int(step))) if inside else None
        if not isinstance(node, MappingNode):
            return None
        own = self._own_keys(node).get(step)
        if own is not None:
            return spot._replace(node=node.value[own][0]), self._part(spot, own)
        merges = (position for position, (key, _) in enumerate(node.value) if is_merge(key))
        merged = (part for position in merges for part in self._merged(self._part(spot, position)))
        return next((found for part in merged if (found := self._child(part, step)) is not None), None)

    def _part(self, spot: Spot, position: int) -> Spot:
        """The value at a position of a collection."""
        node = spot.node
        if not isinstance(node, CollectionNode):
            raise TypeError(f"{node!r} is no collection")
        entry = node.value[position]
        use = spot.use or alias_place(node, position, self.sources[spot.path].text, spot.path)
        return spot._replace(node=entry[1] if isinstance(entry, tuple) else entry, use=use)

    def _own_keys(self, node: MappingNode) -> Mapping[str | int | None, int]:
        """Positions by key, merged ones left out; of a key that is there twice, the first."""
        # Remembered, because every finding looks for a key, and a hostile file has thousands of both in one mapping.
        keys = self._keys.get(id(node))
        if keys is None:
            keys = self._keys[id(node)] = {}
            for position, (key, _) in enumerate(node.value):
                if not is_merge(key):
                    keys.setdefault(key_text(key), position)
        return keys

    def _merged(self, spot: Spot) -> Iterator[Spot]:
        """Spots of the mappings that the value of a merge key brings in."""
        target = self._enter(spot)
        if not isinstance(target.node, SequenceNode):
            return iter((target,))
        return (self._enter(self._part(target, position)) for position in range(len(target.node.value)))

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
