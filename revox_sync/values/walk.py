"""The one walk through a JSON-like value and, where there is one, the schema beside it.

A part is a value inside a value, at whatever depth; the value itself is one, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol, Self, TypeAlias

from revox_sync.values.pointer import Pointer

DEEPEST: Final = 64
"""Levels of collections accepted in an answer of the API; assistants have six."""
DEEPEST_FILE: Final = 2 * DEEPEST
"""The same for files of ours, which wrap answers in collections of their own."""


class SchemaNode(Protocol):
    """What a schema says about a part; `contract.fields.Node` is one."""

    def child(self, key: str | int, value: object = None) -> Self | None:
        """The node of an entry of `value`; None where the schema does not know it."""
        ...


class _Descend:
    """Its one instance stands for "go on inside"; any other answer of a visit takes the place of the part."""


DESCEND: Final = _Descend()

Visit: TypeAlias = Callable[[Any, Any, Pointer], Any]
"""Takes a part, its schema node or None, and its pointer."""


def entries(value: object) -> Iterator[tuple[str | int, Any]]:
    """Keys and children of a mapping, positions and entries of a list; nothing for anything else."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def parts(value: Any, node: Any = None, at: Pointer = ()) -> Iterator[tuple[Pointer, Any, Any]]:
    """Pointer, part and schema node of every part, a collection before what is in it.

    Args:
        node: the `SchemaNode` of the value; None: all nodes are None.
        at: pointer of the value, with which all pointers begin.
    """
    yield at, value, node
    for key, child in entries(value):
        yield from parts(child, node.child(key, value) if node is not None else None, (*at, key))


def rebuilt(value: Any, visit: Visit, node: Any = None, at: Pointer = ()) -> Any:
    """The value with parts replaced by what `visit` returns for them.

    Where it returns DESCEND, the part stays and its entries are visited. A collection with a replaced part is copied, a
    tuple becomes a list; all else stays the same object.

    Args:
        node: as for `parts`.
        at: as for `parts`.
    """
    found = visit(value, node, at)
    if found is not DESCEND:
        return found
    if isinstance(value, dict):
        mapping = {
            key: rebuilt(child, visit, node.child(key, value) if node is not None else None, (*at, key))
            for key, child in value.items()
        }
        return value if all(mapping[key] is child for key, child in value.items()) else mapping
    if isinstance(value, list | tuple):
        # All entries of a list share one node; `child` is not asked for each of thousands.
        element = node.child(0, value) if node is not None else None
        children = [rebuilt(child, visit, element, (*at, index)) for index, child in enumerate(value)]
        same = isinstance(value, list) and all(new is old for new, old in zip(children, value, strict=True))
        return value if same else children
    return value


def is_deeper(value: Any, levels: int) -> bool:
    """Whether collections in plain JSON are nested more than that many levels deep.

    Asked before anything walks a document from outside recursively, because that must not run out of stack.
    """
    level: list[Any] = [[value]]
    for _ in range(levels + 1):
        level = [child for outer in level for _, child in entries(outer) if isinstance(child, dict | list)]
        if not level:
            return False
    return True
