"""Outcomes for programs."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from revox_sync.output.json import apply as apply_json
from tests.account import SCHEMAS
from tests.conftest import Golden
from tests.output.outcomes import OUTCOMES
from tests.output.samples import PLANS

SCHEMA = json.loads((SCHEMAS / "apply.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("name", OUTCOMES)
def test_whole_output(golden: Golden, name: str) -> None:
    text = apply_json.render(PLANS["in-sync"], OUTCOMES[name], ".revox/production.lock.json")
    golden(f"apply/{name}.json", text)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert text.isascii()


def test_an_unchanged_lock_is_null() -> None:
    document = json.loads(apply_json.render(PLANS["in-sync"], OUTCOMES["nothing"], None))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["summary"]["lock"] is None


@pytest.mark.parametrize(
    "outcome",
    [
        {"address": "a", "action": "create", "outcome": "applied"},
        {"address": "a", "action": "create", "outcome": "applied", "id": "x", "error": "e"},
        {"address": "a", "action": "noop", "outcome": "failed"},
        {"address": "a", "action": "create", "outcome": "done"},
    ],
)
def test_the_schema_is_strict(outcome: dict[str, str]) -> None:
    document = json.loads(apply_json.render(PLANS["in-sync"], OUTCOMES["nothing"], None))
    assert not Draft202012Validator(SCHEMA).is_valid(document | {"outcomes": [outcome]})
