"""Where assistants stand, for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from revox_sync.output.json import status as status_json
from tests.account import SCHEMAS
from tests.conftest import Golden
from tests.output.standings import EVERY, STATUSES

SCHEMA = json.loads((SCHEMAS / "status.schema.json").read_text("utf-8"))
ROW = {"address": "a", "name": "A", "id": "asst_1", "state": "in_sync", "fields": [], "grown": 0}


@pytest.mark.parametrize("name", STATUSES)
def test_whole_output(golden: Golden, name: str) -> None:
    text = status_json.render(STATUSES[name])
    golden(f"status/{name}.json", text)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert text.isascii()


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        ROW | {"state": "drift", "fields": ["prompt"], "grown": 2},
        ROW | {"state": "missing", "reason": "gone"},
        ROW | {"state": "blocked", "reason": "why"},
    ],
)
def test_rows_that_are_valid(row: dict[str, Any]) -> None:
    document = json.loads(status_json.render(EVERY))
    Draft202012Validator(SCHEMA).validate(document | {"assistants": [row]})


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"surprise": 1},
        {"summary": {}},
        {"unmanaged": [{"id": "asst_1"}]},
        {"assistants": [ROW | {"state": "in sync"}]},
        {"assistants": [ROW | {"fields": ["prompt"]}]},
        {"assistants": [ROW | {"state": "new"}]},
        {"assistants": [ROW | {"state": "drift"}]},
        {"assistants": [ROW | {"state": "missing"}]},
        {"assistants": [ROW | {"before": "a value"}]},
        {"assistants": [{key: value for key, value in ROW.items() if key != "id"}]},
    ],
)
def test_the_schema_is_strict(change: dict[str, Any]) -> None:
    document = json.loads(status_json.render(EVERY))
    assert not Draft202012Validator(SCHEMA).is_valid(document | change)
