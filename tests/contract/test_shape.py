"""Both readers of shapes, on the spellings the SDK uses: each row is one body, described twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, List, Literal, Optional, Required, TypedDict, Union  # noqa: UP035 - as the SDK spells it

import pytest

from tests.contract.shape import Fact, Shape, differences, of_schema, of_typed_dict


class Red(TypedDict, total=False):
    kind: Required[Literal["red"]]


class Blue(TypedDict, total=False):
    kind: Required[Literal["blue"]]
    depth: int


class Body(TypedDict, total=False):
    name: Required[str]
    note: Optional[str]  # noqa: UP045 - as the SDK spells it
    body: Required[Optional[str]]  # noqa: UP045
    sizes: Optional[List[Literal["s", "m"]]]  # noqa: UP006, UP045
    words: Sequence[str]
    reds: Iterable[Red]
    colour: Union[Red, Blue]  # noqa: UP007


STRING: Final = {"type": "string"}
NULL: Final = {"type": "null"}
SCHEMA: Final[Mapping[str, Any]] = {
    "type": "object",
    "required": ["name", "body"],
    "properties": {
        "name": STRING,
        "note": {"type": ["string", "null"]},
        "body": {"anyOf": [STRING, NULL]},
        "sizes": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/size"}}, NULL]},
        "words": {"type": "array", "items": STRING},
        "reds": {"type": "array", "items": {"$ref": "#/$defs/red"}},
        "colour": {"oneOf": [{"$ref": "#/$defs/red"}, {"$ref": "#/$defs/blue"}]},
    },
    "$defs": {
        "size": {"enum": ["s", "m"], "type": "string"},
        "red": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": "red", "type": "string"}},
        },
        "blue": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"const": "blue", "type": "string"}, "depth": {"type": "integer"}},
        },
    },
}


def test_both_readers_see_the_same_body() -> None:
    assert differences(of_schema(SCHEMA), of_typed_dict(Body)) == []


@pytest.mark.parametrize("shape", [of_schema(SCHEMA), of_typed_dict(Body)], ids=["schema", "typed dict"])
def test_facts(shape: Shape) -> None:
    nothing: frozenset[object] = frozenset()
    assert shape["name",] == Fact(frozenset({"string"}), nothing, nullable=False, required=True)
    assert shape["body",] == Fact(frozenset({"string"}), nothing, nullable=True, required=True)
    assert shape["sizes",] == Fact(frozenset({"array"}), nothing, nullable=True, required=False)
    assert shape["sizes", "[]"] == Fact(frozenset({"string"}), frozenset({"s", "m"}), nullable=False, required=True)
    assert shape["colour", "<blue>", "depth"] == Fact(frozenset({"integer"}), nothing, nullable=False, required=False)
