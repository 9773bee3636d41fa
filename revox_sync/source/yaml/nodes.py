"""Nodes of a YAML text, as both parsers make them, and how to walk them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeAlias

from revox_sync.source.model.place import Place
from revox_sync.source.yaml.pyyaml import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode
from revox_sync.source.yaml.scalars import NoJsonValueError, plain_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PLAIN: Final = "?"
"""Tag of plain scalars and of collections that carry no tag (YAML 1.2 §3.3.2 calls it the `?` tag)."""
QUOTED: Final = "!"
"""Tag of quoted and block scalars that carry no tag."""
FILE: Final = "!file"
INCLUDE: Final = "!include"
ENV: Final = "!env"
VAR: Final = "!var"
SUB: Final = "!sub"
CORE: Final = "tag:yaml.org,2002:"
STRING: Final = CORE + "str"
MAX_DEPTH: Final = 100
"""Levels of nesting, counted through aliases and included files."""
MAX_NODES: Final = 100_000
"""Nodes of a file, counted through aliases: a few lines of them can stand for billions of values."""
_CHARACTERS_PER_NODE: Final = 80
"""Characters of a text that count as one node more."""

BROKEN: Final = CORE + "broken"
"""Tag of a node that could not be read; its problem has been reported."""

_BLOCK_STYLES: Final = ("|", ">")
_ALIAS: Final = r"[\s:?-]*(\*[^\s,\[\]{}]+)"
_GAP_IN_BRACKETS: Final = r"(?:[\s,\[{]|(?<=\s)#[^\r\n]*)*"

Child: TypeAlias = tuple[str | int, Node | None, Node]
"""Key or position, the key's node (None in a list), the value's node."""
Resolve: TypeAlias = "Callable[[Node], Node | None]"
"""Finds the node that a node stands for: what `!include` brings in, else the node itself; None: there is none."""


class ExpansionError(Exception):
    """Aliases of a file multiply beyond MAX_NODES or (`endless`) lead in a circle, noticed at `node`."""

    def __init__(self, node: Node, *, endless: bool) -> None:
        super().__init__()
        self.node = node
        self.endless = endless


class TooDeepError(Exception):
    """A text is nested beyond MAX_DEPTH; the first collection that is too deep starts at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__()
        self.offset = offset


def key_text(node: Node) -> str | None:
    """The key that a node stands for; None when it is not a string."""
    if not isinstance(node, ScalarNode):
        return None
    text: str = node.value
    if node.tag in (QUOTED, STRING):
        return text
    try:
        return text if node.tag == PLAIN and isinstance(plain_value(text), str) else None
    except NoJsonValueError:
        return None


def entry_position(node: Node | None, name: str | int) -> int | None:
    """Position of the entry that a collection itself has by that key or position; None for merged and missing ones."""
    if isinstance(node, SequenceNode) and isinstance(name, int):
        return name
    entries = node.value if isinstance(node, MappingNode) else ()
    return next((at for at, (key, _) in enumerate(entries) if not is_merge(key) and key_text(key) == name), None)


def is_merge(key: Node) -> bool:
    """Whether a key is the merge key `<<`."""
    return key.tag == PLAIN and key.value == "<<"


def children(node: Node, resolve: Resolve) -> Iterator[Child]:
    """Values of a collection as the document has them: the first of equal keys, written keys before merged ones."""
    if isinstance(node, SequenceNode):
        yield from ((index, None, child) for index, child in enumerate(node.value))
    elif isinstance(node, MappingNode):
        yield from _mapping_children(node, resolve, set())


def _mapping_children(node: MappingNode, resolve: Resolve, seen: set[str]) -> Iterator[Child]:
    for key, child in node.value:
        name = None if is_merge(key) else key_text(key)
        if name is not None and name not in seen:
            seen.add(name)
            yield name, key, child
    for key, child in node.value:
        if is_merge(key):
            for source in merge_sources(child, resolve):
                yield from _mapping_children(source, resolve, seen)


def merge_sources(node: Node, resolve: Resolve) -> Iterator[MappingNode]:
    """Mappings that the value of a merge key brings in; an earlier one wins over a later one."""
    target = resolve(node)
    parts = target.value if isinstance(target, SequenceNode) else [target]
    for part in parts:
        source = resolve(part) if part is not None else None
        if isinstance(source, MappingNode):
            yield source


def walk_nodes(root: Node | None) -> Iterator[Node]:
    """Every node that is written in a file, keys included, each once although aliases may lead to it again."""
    pending, seen = [root] if root is not None else [], set[int]()
    while pending:
        node = pending.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            entries = node.value if isinstance(node, CollectionNode) else ()
            pending.extend(part for entry in entries for part in (entry if isinstance(entry, tuple) else (entry,)))


def span(node: Node, text: str, path: str) -> Place:
    """Place of a node without the blank lines and comments behind it, which the parsers count to a block."""
    return Place(path, node.start_mark.index, _end(node, text))


def _end(node: Node, text: str) -> int:
    end: int = node.end_mark.index
    if isinstance(node, ScalarNode):
        start: int = node.start_mark.index
        return start + len(text[start:end].rstrip()) if node.style in _BLOCK_STYLES else end
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return end
    if isinstance(node, MappingNode):
        key, last = node.value[-1]
        return end_behind(_end(key, text), last, text)
    end = node.start_mark.index
    for part in node.value:
        end = end_behind(end, part, text)
    return end


def end_behind(offset: int, node: Node, text: str) -> int:
    """End of a node that is written behind `offset`."""
    # An alias has the node of its anchor, which is written before; its own place must be read from the text.
    if node.start_mark.index >= offset:
        return _end(node, text)
    alias = re.compile(_ALIAS).match(text, offset)
    return alias.end() if alias else offset


def alias_place(collection: CollectionNode, position: int, text: str, path: str) -> Place | None:
    """Where the value of an entry of a collection is written as an alias; None where it is no alias."""
    if isinstance(collection, MappingNode):
        key, child = collection.value[position]
        offset = _end(key, text)
    else:
        child = collection.value[position]
        offset = collection.start_mark.index
        # An anchor's node is written before everything that an alias of it may follow.
        if child.start_mark.index >= offset and all(part is not child for part in collection.value[:position]):
            return None
        for part in collection.value[:position]:
            offset = end_behind(offset, part, text)
    if isinstance(collection, MappingNode) and child.start_mark.index >= offset:
        return None
    alias = re.compile(_GAP_IN_BRACKETS + _ALIAS).match(text, offset)
    return Place(path, *alias.span(1)) if alias else None


def expanded_size(root: Node) -> int:
    """Number of nodes, counted through aliases. Raises ExpansionError for a circle, or beyond MAX_NODES."""
    return _size(root, {})


def _size(node: Node, known: dict[int, int | None]) -> int:
    # By id of a collection: its size, or None while it is being counted, which inside of it means a circle.
    if isinstance(node, ScalarNode):
        # Whoever looks at the values reads a text as often as aliases lead to it.
        return 1 + len(node.value) // _CHARACTERS_PER_NODE
    size = known.get(id(node), 0)
    if size is None:
        raise ExpansionError(node, endless=True)
    if size:
        return size
    known[id(node)] = None
    size = 1
    for part in node.value:
        size += _size(part[0], known) + _size(part[1], known) if isinstance(part, tuple) else _size(part, known)
        if size > MAX_NODES:
            raise ExpansionError(node, endless=False)
    known[id(node)] = size
    return size
