"""The one walk through a JSON-like value and, where there is one, the schema beside it.

A part is a value inside a value: an entry of a mapping or list, at whatever depth, and the value itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Protocol, Self, TypeAlias

from revox_sync.values.pointer import Pointer


class Place(Protocol):
    """What a schema says about a part; `contract.fields.Node` is one."""

    def child(self, key: str | int, value: object = None) -> Self | None:
        """The place of an entry of `value`, None where the schema knows nothing of it."""
        ...


class _Descend:
    """Its one instance stands for "go on inside"; any other answer takes the place of the part."""


DESCEND: Final = _Descend()

Visit: TypeAlias = Callable[[Any, Any, Pointer], Any]
"""Takes a part, its place in the schema or None, and its pointer."""


def entries(value: object) -> Iterator[tuple[str | int, Any]]:
    """Keys and children of a mapping, positions and entries of a list; nothing of anything else."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list | tuple):
        yield from enumerate(value)


def parts(value: Any, node: Any = None, at: Pointer = ()) -> Iterator[tuple[Pointer, Any, Any]]:
    """Pointer, part and place of every part, a container before what is in it.

    Args:
        node: the schema's place of the value, a `Place`; None: places are None.
        at: pointer of the value, the beginning of all pointers.
    """
    yield at, value, node
    for key, child in entries(value):
        yield from parts(child, node.child(key, value) if node is not None else None, (*at, key))


def rebuilt(value: Any, visit: Visit, node: Any = None, at: Pointer = ()) -> Any:
    """The value with parts replaced by what `visit` gives for them.

    A container for which it gives DESCEND is built anew from its entries; anything else for which it does stays as it
    is. A tuple becomes a list. What is not replaced and holds nothing that is stays the same object.
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
        element = node.child(0, value) if node is not None else None
        children = [rebuilt(child, visit, element, (*at, index)) for index, child in enumerate(value)]
        same = isinstance(value, list) and all(new is old for new, old in zip(children, value, strict=True))
        return value if same else children
    return value
