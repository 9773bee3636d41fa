"""Where fields of a kind stand in an assistant: read from the schema once, then looked up in each file."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, TypeAlias

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer

Path: TypeAlias = tuple[str | None, ...]
"""Keys from the root of the schema; None stands for every entry of a list."""


class FieldPlace(NamedTuple):
    """A place of the schema."""

    path: Path
    node: Node


def places(has_kind: Callable[[Node], object]) -> tuple[FieldPlace, ...]:
    """The places below the root, in the schema's order, for whose node the function gives something true."""
    return tuple(place for place in _all_places() if has_kind(place.node))


@cache
def annotated(keyword: str) -> tuple[FieldPlace, ...]:
    """The places whose schema has an annotation (docs/schema.md), in the schema's order."""
    return places(lambda node: node.schema.get(keyword))


@cache
def _all_places() -> tuple[FieldPlace, ...]:
    return tuple(_places_below(assistant_node(), ()))


def _places_below(node: Node, path: Path) -> Iterator[FieldPlace]:
    # The variants of a union count as one place: a field of any of them may stand there.
    for variant in (node, *node.branches.values()):
        for key, child in variant.properties.items():
            yield FieldPlace((*path, key), child)
            yield from _places_below(child, (*path, key))
    if node.element is not None:
        yield FieldPlace((*path, None), node.element)
        yield from _places_below(node.element, (*path, None))


def top_level_fields(found: Iterable[FieldPlace]) -> frozenset[str]:
    """The top-level fields that contain the places."""
    return frozenset(str(place.path[0]) for place in found)


def values_at(value: Any, path: Path, at: Pointer = ()) -> list[tuple[Pointer, Any]]:
    """The values at a path, with their pointers, in order; nothing where the assistant has another shape.

    Args:
        at: pointer of `value`, the beginning of all pointers.
    """
    # Rules ask this of every file, most often for a field that is not there, so a chain of keys is one loop.
    for depth, key in enumerate(path):
        if key is None:
            entries = enumerate(value if isinstance(value, list) else ())
            rest = path[depth + 1 :]
            return [found for index, entry in entries for found in values_at(entry, rest, (*at, index))]
        if not isinstance(value, dict) or key not in value:
            return []
        value, at = value[key], (*at, key)
    return [(at, value)]


def mappings_at(value: Any, path: Path, at: Pointer = ()) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """Those of the values at a path that are mappings; the parameters are those of `values_at`."""
    return ((pointer, found) for pointer, found in values_at(value, path, at) if isinstance(found, dict))
