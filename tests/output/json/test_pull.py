"""Pulls for programs."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from revox_sync.output.json import pull as pull_json
from revox_sync.sync.model.adopt_report import AdoptReport
from tests.account import SCHEMAS
from tests.conftest import Golden
from tests.output.adopt_reports import ADOPTIONS, SUPPORT, TWIN
from tests.output.pull_reports import REPORTS

NO_FILES: Final = AdoptReport(written=True)
SCHEMA: Final = json.loads((SCHEMAS / "pull.schema.json").read_text("utf-8"))


@pytest.mark.parametrize("name", REPORTS)
def test_whole_output(golden: Golden, name: str) -> None:
    text = pull_json.render(REPORTS[name], NO_FILES)
    golden(f"pull/{name}.json", text)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert text.isascii()


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"assistants": [{"address": "a", "path": "a.yaml"}]},
        {
            "assistants": [
                {
                    "address": "a",
                    "path": "a.yaml",
                    "pulled": [""],
                    "conflicts": [],
                    "not_pulled": [],
                    "local": [],
                    "bound": False,
                }
            ]
        },
        {"summary": {}},
        {"more": 1},
    ],
)
def test_the_schema_is_strict(change: dict[str, Any]) -> None:
    document = json.loads(pull_json.render(REPORTS["nothing"], NO_FILES))
    assert not Draft202012Validator(SCHEMA).is_valid(document | change)


def test_new_files_and_assistants_without_one_are_members() -> None:
    document = json.loads(pull_json.render(REPORTS["nothing"], ADOPTIONS["written"]))
    Draft202012Validator(SCHEMA).validate(document)
    assert [adopted["variables"] for adopted in document["adopted"]] == [SUPPORT.variables, {}]
    assert document["skipped"] == [
        {"id": "asst_3", "name": TWIN.name, "reason": "asst_4 has this name, too", "hint": "rename one of them"}
    ]
