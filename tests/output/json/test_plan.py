"""Plans for programs."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from revox_sync.output.json import plan as plan_json
from revox_sync.sync.planning.saved_plan import plan_digest
from tests.account import SCHEMAS
from tests.conftest import Golden
from tests.output.samples import PLANS

SCHEMA = json.loads((SCHEMAS / "plan.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("name", PLANS)
def test_whole_output(golden: Golden, name: str) -> None:
    text = plan_json.render(PLANS[name], "0" * 32)
    golden(f"plan/{name}.json", text)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert text.isascii()
    assert "a.example.com" not in text


@pytest.mark.parametrize("name", PLANS)
def test_the_digest_is_a_digest(name: str) -> None:
    plan = PLANS[name]
    document = json.loads(plan_json.render(plan, plan_digest(plan)))
    Draft202012Validator(SCHEMA).validate(document)
    assert plan_digest(PLANS[name]) == document["digest"]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"surprise": 1},
        {"digest": "short"},
        {"summary": {}},
        {"changes": [{"address": "a", "name": "a", "action": "update", "impact": [], "fields": []}]},
        {"changes": [{"address": "a", "name": "a", "action": "create", "impact": ["loud"], "fields": []}]},
    ],
)
def test_the_schema_is_strict(change: dict[str, object]) -> None:
    document = json.loads(plan_json.render(PLANS["update"], "0" * 32))
    assert not Draft202012Validator(SCHEMA).is_valid(document | change)
