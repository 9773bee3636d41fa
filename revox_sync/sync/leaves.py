"""Leaves: the places of a file that are compared one by one (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from revox_sync.contract import Node
from revox_sync.pointer import Pointer, Value


def leaves(declared: Mapping[str, Value], node: Node) -> dict[Pointer, Value]:
    """Every declared scalar, null, empty mapping and list (a list is one leaf), by pointer, in `by_schema` order.

    Read-only keys are no leaves: nothing about them is sent.
    """
    found = dict(_leaves(declared, node, ()))
    return {pointer: found[pointer] for pointer in sorted(found, key=by_schema(node))}


def by_schema(node: Node) -> Callable[[Pointer], tuple[int, Pointer]]:
    """Sort key for pointers: the schema's order of top-level fields (unknown ones last), then the pointer."""
    positions = {name: position for position, name in enumerate(node.properties)}
    return lambda pointer: (positions.get(str(pointer[0]), len(positions)), pointer)


def _leaves(declared: Mapping[str, Value], node: Node | None, at: Pointer) -> Iterator[tuple[Pointer, Value]]:
    for key, child in declared.items():
        place = node.child(key, declared) if node is not None else None
        if place is not None and place.read_only:
            continue
        if isinstance(child, Mapping) and child:
            yield from _leaves(child, place, (*at, key))
        else:
            yield (*at, key), child
