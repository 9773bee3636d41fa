"""Where fields of a kind stand in an assistant: read from the schema once, then looked up in each file."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.values.pointer import Pointer

Path: TypeAlias = tuple[str | None, ...]
"""Keys from the root of the schema; None stands for every entry of a list."""


class FieldPlace(NamedTuple):
    """A place of the schema."""

    path: Path
    node: Node


def places(fits: Callable[[Node], object]) -> tuple[FieldPlace, ...]:
    """The places below the root, in the schema's order, whose node fits."""
    return tuple(each for each in _everywhere() if fits(each.node))


@cache
def _everywhere() -> tuple[FieldPlace, ...]:
    return tuple(_walk(assistant_node(), ()))


def fields_of(found: Iterable[FieldPlace]) -> frozenset[str]:
    """The top-level fields that places are in."""
    return frozenset(str(each.path[0]) for each in found)


def _walk(node: Node, path: Path) -> Iterator[FieldPlace]:
    for variant in (node, *node.branches.values()):
        for key, child in variant.properties.items():
            yield FieldPlace((*path, key), child)
            yield from _walk(child, (*path, key))
    if node.element is not None:
        yield FieldPlace((*path, None), node.element)
        yield from _walk(node.element, (*path, None))


def values_at(value: Any, path: Path, at: Pointer = ()) -> Iterator[tuple[Pointer, Any]]:
    """What an assistant of any shape holds at a path, with pointers, in order."""
    if not path:
        yield at, value
        return
    key, rest = path[0], path[1:]
    if key is None and isinstance(value, list):
        for index, entry in enumerate(value):
            yield from values_at(entry, rest, (*at, index))
    elif key is not None and isinstance(value, dict) and key in value:
        yield from values_at(value[key], rest, (*at, key))


def mappings_at(value: Any, path: Path) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """The mappings at a path."""
    return ((at, found) for at, found in values_at(value, path) if isinstance(found, dict))


def list_entries(value: Any, at: Pointer = ()) -> Iterator[tuple[Pointer, dict[str, Any]]]:
    """The mappings in a list that stands at a pointer; anything that is no list has none."""
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, dict):
            yield (*at, index), entry
