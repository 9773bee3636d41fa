"""Leaves: the places of a file that are compared one by one (docs/design.md, "Leaves")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from revox_sync.contract.fields import Node
from revox_sync.values.pointer import Pointer, Value


class Leaf(NamedTuple):
    """A declared scalar, null, empty mapping or list (a list is one leaf).

    Attributes:
        pointer: where it is.
        value: what the file says.
        node: what the schema knows about the place; None where it knows nothing.
    """

    pointer: Pointer
    value: Value
    node: Node | None


def leaves(declared: Mapping[str, Value], node: Node) -> dict[Pointer, Value]:
    """The value of every leaf, by pointer, in `by_schema` order."""
    order, found = by_schema(node), {each.pointer: each.value for each in each_leaf(declared, node)}
    return {pointer: found[pointer] for pointer in sorted(found, key=order)}


def by_schema(node: Node) -> Callable[[Pointer], tuple[int, Pointer]]:
    """Sort key for pointers: the schema's order of top-level fields (unknown ones last), then the pointer."""
    positions = _positions(node)
    return lambda pointer: (positions.get(str(pointer[0]), len(positions)), pointer)


def each_leaf(declared: Mapping[str, Value], node: Node | None, at: Pointer = ()) -> Iterator[Leaf]:
    """Every leaf, in the order of the file. Read-only keys are none: nothing about them is sent."""
    places = node.branch(declared).properties if node is not None else {}
    for key, child in declared.items():
        place = places.get(key)
        if place is not None and place.read_only:
            continue
        if isinstance(child, dict) and child:
            yield from each_leaf(child, place, (*at, key))
        else:
            yield Leaf((*at, key), child, place)


@cache
def _positions(node: Node) -> Mapping[str, int]:
    return {name: position for position, name in enumerate(node.properties)}
