"""The check of our own gives the answers of jsonschema and of jsonschema-rs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revox_sync.contract.fields import contract, known_contracts
from revox_sync.contract.schema_files import JsonSchema, load_schema
from revox_sync.contract.validator import compile_schema
from tests.judges import judges
from tests.mutants import STRANGE, mutants
from tests.strategies import assistants

NAMES: Final = (
    *(f"contract-{each}" for each in (*known_contracts(), "any")),
    "assistant",
    "config",
    "snapshot",
    "pull",
)
CONFIGURATION: Final[dict[str, Any]] = {
    "version": 1,
    "assistants": ["assistants", "more"],
    "contract": "0.4",
    "defaults": {"webhook_url": "https://hooks.example.com", "voice": {"speed": 1}},
    "default_environment": "staging",
    "environments": {
        "staging": {"base_url": "http://127.0.0.1:8787/api", "api_key": "emulator", "contract": "0.2"},
        "production": {"api_key": "key", "vars": {"hooks": ["https://hooks.example.com"]}},
    },
    "lint": {
        "select": ["ALL"],
        "ignore": [],
        "severity": {"RVX207": "warning"},
        "per-file-ignores": {"legacy/*": ["RVX2"]},
        "variables": ["contact_name"],
    },
    "safety": {"max_deletes": 0, "protect": ["support-*"]},
}
SNAPSHOT: Final[dict[str, Any]] = {
    "format": "revox-sync/snapshot",
    "version": 1,
    "environment": "production",
    "base_url": "https://www.getrevox.com/api",
    "organization_id": None,
    "taken_at": "2026-01-31T09:00:00Z",
    "complete": True,
    "assistants": [
        {"address": "a", "whole": True, "value": {"id": "1", "name": "A", "voice": {"speed": 1.5}}},
        {"address": None, "whole": False, "value": {"id": "2", "name": {"$secret": None}}},
    ],
    "absent": ["3"],
}


def places(schema: JsonSchema) -> Iterator[JsonSchema]:
    """Every place of a schema that has rules of its own."""
    inner = [
        *(each for keyword in ("properties", "$defs") for each in schema.get(keyword, {}).values()),
        *(schema[keyword] for keyword in ("items", "additionalProperties", "propertyNames") if keyword in schema),
        *(each for keyword in ("anyOf", "oneOf") for each in schema.get(keyword, [])),
    ]
    yield schema
    for each in inner:
        if isinstance(each, Mapping):
            yield from places(each)


@pytest.mark.parametrize("name", NAMES)
def test_every_place_of_our_schemas(name: str) -> None:
    """Compiles each, which is how a keyword that is not known would come to light."""
    root = load_schema(name)
    for each in places(root):
        schema = {**each, "$defs": root.get("$defs", {})}
        check, (fast, slow) = compile_schema(schema), judges(schema)
        for value in STRANGE:
            assert check(value) is fast(value) is slow(value), (each, value)


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({}, [None, True, 1, 1.5, "", [], {}], []),
        ({"type": "integer"}, [1, 1.0, -0.0, 10**300, 1e308], [True, 1.5, "1", None]),
        ({"type": "number"}, [1, 1.5], [False, "1"]),
        ({"type": ["integer", "number"]}, [1, 1.5], [True]),
        ({"type": ["string", "null"], "minLength": 2}, ["ab", "🙂🙂", None], ["", "🙂", 17, []]),
        ({"minLength": 1, "minimum": 1}, ["a", 1, 2.5, None, True, False, []], ["", 0, 0.5]),
        ({"minimum": 0.5, "maximum": 2}, [0.5, 1, 2, 2.0], [0, 0.4, 3, 10**400]),
        ({"exclusiveMinimum": 0}, [1, 1e-300], [0, 0.0, -1]),
        ({"const": 1}, [1, 1.0], [True, "1", None]),
        ({"const": True}, [True], [1, 1.0, False]),
        ({"const": None}, [None], [0, False, ""]),
        ({"enum": [0, "a", None, False]}, [0, -0.0, "a", None, False], [True, 1, "A", [], {}]),
        ({"enum": [0]}, [0], [False]),
        ({"enum": ["a", None], "type": "string"}, ["a"], [None]),
        ({"pattern": "b$"}, ["ab", 7], ["ab\n", "ba", ""]),
        ({"pattern": "^b"}, ["ba"], ["ab", "a\nb"]),
        ({"items": {"type": "string"}, "minItems": 1}, [["a"], ["a", "b"], "text"], [[], [1], ["a", None]]),
        ({"items": False}, [[]], [[1]]),
        ({"properties": {"a": {"type": "null"}}}, [{}, {"a": None}, {"b": 1}, []], [{"a": 1}]),
        ({"properties": {"a": True, "b": False}}, [{"a": 1}], [{"b": 1}]),
        ({"properties": {"a": True}, "additionalProperties": False}, [{}, {"a": 1}], [{"b": 1}, {"a": 1, "b": 1}]),
        ({"additionalProperties": {"type": "integer"}}, [{}, {"a": 1, "b": 2}], [{"a": 1, "b": None}]),
        ({"required": ["a", "b"]}, [{"a": None, "b": 1, "c": 2}, []], [{}, {"a": 1}]),
        ({"propertyNames": {"pattern": "^/"}}, [{}, {"/a": 1}, []], [{"a": 1}, {"/a": 1, "b": 1}]),
        ({"anyOf": [{"type": "string", "minLength": 2}, {"minimum": 3}]}, ["ab", "", 3, None], [2]),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, ["a", None], [1]),
        ({"anyOf": [{"minLength": 2}, {"pattern": "a"}], "type": "string"}, ["bb", "a"], ["b"]),
        (
            {"$ref": "#/$defs/text", "type": ["string", "null"], "$defs": {"text": {"minLength": 1}}},
            ["a", None],
            ["", 1],
        ),
        (
            {"properties": {"next": {"$ref": "#/$defs/link"}}, "$defs": {"link": {"items": {"$ref": "#/$defs/link"}}}},
            [{"next": [[], [[]]]}],
            [],
        ),
        (
            {"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}},
            [[], [[], [[]]]],
            [None, [[], [1]]],
        ),
        (
            {
                "x-discriminator": "type",
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["type"],
                        "properties": {"type": {"const": each}, each: {}},
                        "additionalProperties": False,
                    }
                    for each in ("a", "b")
                ],
            },
            [{"type": "a"}, {"type": "b", "b": 1}],
            [{}, {"type": "c"}, {"type": ["a"]}, {"type": None}, {"type": "a", "b": 1}, "a", None, []],
        ),
    ],
)
def test_answers(schema: JsonSchema, accepted: list[Any], refused: list[Any]) -> None:
    for check in (compile_schema(schema), *judges(schema)):
        assert [each for each in accepted if not check(each)] == []
        assert [each for each in refused if check(each)] == []


BRANCH: Final = {"type": "object", "required": ["type"], "properties": {"type": {"const": "a"}}}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"maxLength": 3}, "the JSON Schema keyword `maxLength` is not known"),
        ({"oneOf": [BRANCH, BRANCH], "x-discriminator": "type"}, "`type` does not tell the branches"),
        ({"oneOf": [{**BRANCH, "required": []}], "x-discriminator": "type"}, "`type` does not tell the branches"),
        ({"oneOf": [{**BRANCH, "type": ["object"]}], "x-discriminator": "type"}, "`type` does not tell the branches"),
    ],
)
def test_what_it_does_not_know_it_does_not_judge(schema: JsonSchema, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        compile_schema(schema)
    check = compile_schema({"properties": {"a": schema}})
    assert check({"b": 1})
    with pytest.raises(ValueError, match=re.escape(message)):
        check({"a": 1})


@pytest.mark.parametrize("version", [*known_contracts(), None])
def test_assistants(version: str | None) -> None:
    accepted = contract(version)
    judged = Judged(accepted.schema)

    @settings(max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(document=assistants(version), seed=st.integers(0, 2**32))
    def check(document: dict[str, Any], seed: int) -> None:
        judged(document, Random(seed))  # noqa: S311 - no secret depends on it

    check()
    assert all(judged.seen[each] > 50 for each in (True, False))


@pytest.mark.parametrize(("name", "document"), [("config", CONFIGURATION), ("snapshot", SNAPSHOT)])
def test_files_of_ours(name: str, document: dict[str, Any]) -> None:
    judged = Judged(load_schema(name))
    for seed in range(20):
        judged(document, Random(seed))  # noqa: S311 - the same documents every time
    assert all(judged.seen[each] > 50 for each in (True, False))


class Judged:
    """Asserts that a document is valid, and that the judges agree about what becomes of it."""

    def __init__(self, schema: JsonSchema) -> None:
        self.seen = {True: 0, False: 0}
        self._check, self._judges = compile_schema(schema), judges(schema)

    def __call__(self, document: dict[str, Any], random: Random) -> None:
        assert self._check(document)
        for candidate in mutants(document, random):
            valid = self._check(candidate)
            self.seen[valid] += 1
            assert [each(candidate) for each in self._judges] == [valid, valid], candidate
