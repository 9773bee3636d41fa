"""The shape of a body, whatever describes it: JSON Schema, or the SDK's typed dictionaries.

A shape is flat, one fact per place, so that two of them can be compared line by line. Patterns, ranges, lengths and
descriptions are no part of it: the SDK's types do not state them.
"""

from __future__ import annotations

import collections.abc
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import NoneType, UnionType
from typing import Any, Final

import typing_extensions

Path = tuple[str, ...]
Described = Mapping[str, Any]

SCALARS: Final[Mapping[object, str]] = {str: "string", bool: "boolean", int: "integer", float: "number"}
LISTS: Final = (list, collections.abc.Iterable, collections.abc.Sequence)
ELEMENT: Final = "[]"


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known about one place.

    Attributes:
        types: JSON types except null; empty where anything goes.
        choices: the values of an enum or a const except null; empty where the type alone decides.
        nullable: whether null is accepted.
        required: whether the key has to be there; True for elements of a list and variants of a union.
    """

    types: frozenset[str]
    choices: frozenset[object]
    nullable: bool
    required: bool


Shape = Mapping[Path, Fact]


def written(path: Path) -> str:
    """The place as people write it: `llm_model<custom>.api_key`, `faq_items[].id`."""
    return "".join(step if step[0] in "[<" else f".{step}" for step in path).removeprefix(".") or "the body"


def differences(ours: Shape, theirs: Shape) -> list[str]:
    """One line for each fact in which the schema and the SDK differ, sorted by place."""
    return [line for path in sorted({*ours, *theirs}) for line in _at(path, ours.get(path), theirs.get(path))]


def _at(path: Path, ours: Fact | None, theirs: Fact | None) -> Iterator[str]:
    if ours is None or theirs is None:
        yield f"{written(path)}: only in the {'SDK' if ours is None else 'schema'}"
        return
    for each in fields(Fact):
        mine, other = getattr(ours, each.name), getattr(theirs, each.name)
        if mine != other:
            yield f"{written(path)}: {each.name}: schema {_shown(mine)}, SDK {_shown(other)}"


def _shown(value: object) -> str:
    return str(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)


def of_schema(schema: Described) -> Shape:
    """The shape a JSON Schema describes; references, unions and nullable spellings resolved."""
    return dict(_walk_schema(schema, schema, (), required=True))


def _walk_schema(node: Described, root: Described, path: Path, *, required: bool) -> Iterator[tuple[Path, Fact]]:
    node = _resolved(node, root)
    variants = [_resolved(each, root) for each in node.get("anyOf", node.get("oneOf", ()))]
    solid = [each for each in variants if each.get("type") != "null"]
    kinds = {"object"} if len(solid) > 1 else _type_names(solid[0] if solid else node)
    only = solid[0] if len(solid) == 1 else node
    nullable = "null" in kinds or len(solid) < len(variants)
    yield path, Fact(frozenset(kinds - {"null"}), _choices(only), nullable, required)
    for tag, variant in _tagged(solid):
        yield from _walk_schema(variant, root, (*path, tag), required=True)
    yield from _inside_schema(only, root, path)


def _inside_schema(node: Described, root: Described, path: Path) -> Iterator[tuple[Path, Fact]]:
    for name, child in node.get("properties", {}).items():
        yield from _walk_schema(child, root, (*path, name), required=name in node.get("required", ()))
    if "items" in node:
        yield from _walk_schema(node["items"], root, (*path, ELEMENT), required=True)


def _resolved(node: Described, root: Described) -> Described:
    if "$ref" not in node:
        return node
    beside = {keyword: value for keyword, value in node.items() if keyword != "$ref"}
    return {**root["$defs"][node["$ref"].removeprefix("#/$defs/")], **beside}


def _type_names(node: Described) -> set[str]:
    kinds = node.get("type", ())
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _choices(node: Described) -> frozenset[object]:
    listed = node.get("enum", [node["const"]] if "const" in node else ())
    return frozenset(each for each in listed if each is not None)


def _tagged(variants: Sequence[Described]) -> Iterator[tuple[str, Described]]:
    """The variants of a union, each named by the one constant that tells it from the others."""
    for variant in variants if len(variants) > 1 else ():
        (tag,) = {each["const"] for each in variant["properties"].values() if "const" in each}
        yield f"<{tag}>", variant


def of_typed_dict(described: type) -> Shape:
    """The shape of a `TypedDict` of the SDK, as type checkers see it."""
    return dict(_walk_type(described, (), required=True))


def _walk_type(described: Any, path: Path, *, required: bool) -> Iterator[tuple[Path, Fact]]:
    members = [each for each in _members(described) if each is not NoneType]
    nullable = len(members) < len(_members(described))
    kinds = frozenset(_kind(each) for each in members)
    choices = frozenset(value for each in members for value in _values(each))
    yield path, Fact(kinds, choices, nullable, required)
    for each in members:
        tag = (f"<{_tag(each)}>",) if len(members) > 1 else ()
        if tag:
            yield (*path, *tag), Fact(frozenset({_kind(each)}), frozenset(), nullable=False, required=True)
        yield from _inside_type(each, (*path, *tag))


def _inside_type(described: Any, path: Path) -> Iterator[tuple[Path, Fact]]:
    if typing_extensions.is_typeddict(described):
        for name, hint in _hints(described).items():
            yield from _walk_type(_bare(hint), (*path, name), required=_bare(hint) is not hint)
    elif typing.get_origin(described) in LISTS:
        yield from _walk_type(typing.get_args(described)[0], (*path, ELEMENT), required=True)


def _hints(described: Any) -> Mapping[str, Any]:
    return typing.get_type_hints(described, include_extras=True)


def _members(described: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(described) in {typing.Union, UnionType}
    return typing.get_args(described) if is_union else (described,)


def _values(described: Any) -> tuple[Any, ...]:
    return typing.get_args(described) if typing.get_origin(described) is typing.Literal else ()


def _kind(described: Any) -> str:
    if typing_extensions.is_typeddict(described):
        return "object"
    if typing.get_origin(described) in LISTS:
        return "array"
    kinds = {SCALARS[type(value)] for value in _values(described)} or {SCALARS[described]}
    (kind,) = kinds
    return kind


def _tag(variant: Any) -> str:
    constants = [values for each in _hints(variant).values() if len(values := _values(_bare(each))) == 1]
    ((tag,),) = constants
    return str(tag)


def _bare(hint: Any) -> Any:
    return typing.get_args(hint)[0] if typing.get_origin(hint) is typing.Required else hint
