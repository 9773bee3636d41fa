"""Documents made from a schema, so that every key, choice, variant, bound and null of it turns up in one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from revox_sync.contract.schema_files import JsonSchema
from tests.contract.texts import ACCEPTED


def samples(node: JsonSchema, root: JsonSchema) -> Iterator[Any]:
    """Valid values of a schema place; the first is the plainest."""
    if "$ref" in node:
        node = {**root["$defs"][node["$ref"].removeprefix("#/$defs/")], **node}
    if "oneOf" in node:
        for variant in node["oneOf"]:
            yield from samples(variant, root)
    elif "const" in node or "enum" in node:
        yield from node.get("enum", [node.get("const")])
    else:
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        for kind in kinds:
            yield from OF_TYPE[kind](node, root)


def _objects(node: JsonSchema, root: JsonSchema) -> Iterator[Mapping[str, Any]]:
    of_key = {key: list(samples(child, root)) for key, child in node["properties"].items()}
    least = {key: of_key[key][0] for key in node["required"]}
    yield least
    yield {key: each[-1] for key, each in of_key.items()}
    for key, values in of_key.items():
        for value in values:
            yield {**least, key: value}


def _arrays(node: JsonSchema, root: JsonSchema) -> Iterator[list[Any]]:
    elements = list(samples(node["items"], root))
    yield []
    yield from ([each] for each in elements)
    yield elements


def _numbers(node: JsonSchema, _: JsonSchema) -> Iterator[float]:
    yield 1
    yield from (node[bound] for bound in ("minimum", "maximum") if bound in node)


def _strings(node: JsonSchema, _: JsonSchema) -> Iterator[str]:
    yield from ACCEPTED[node["format"]] if "format" in node else ["text"]
    if "format" not in node and "minLength" not in node:
        yield ""


OF_TYPE: Final[Mapping[str, Callable[[JsonSchema, JsonSchema], Iterator[Any]]]] = {
    "object": _objects,
    "array": _arrays,
    "number": _numbers,
    "integer": _numbers,
    "string": _strings,
    "boolean": lambda _node, _root: iter((False, True)),
    "null": lambda _node, _root: iter((None,)),
}
