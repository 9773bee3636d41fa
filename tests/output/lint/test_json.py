from __future__ import annotations

import json

import jsonschema
import pytest

from revox_sync.contract.schema_files import load_schema
from revox_sync.lint.model.finding import LintReport
from revox_sync.output.lint.json import render
from tests.conftest import Golden
from tests.output.lint_reports import EMPTY, HOSTILE, ORDINARY


def test_json(golden: Golden) -> None:
    golden("lint/report.json", render(ORDINARY))


@pytest.mark.parametrize("report", [EMPTY, ORDINARY, HOSTILE], ids=["empty", "ordinary", "hostile"])
def test_report_fits_its_schema(report: LintReport) -> None:
    document = json.loads(render(report))
    jsonschema.Draft202012Validator(load_schema("lint")).validate(document)


def test_schema_refuses_other_documents() -> None:
    validator = jsonschema.Draft202012Validator(load_schema("lint"))
    document = json.loads(render(ORDINARY))
    assert not validator.is_valid({**document, "extra": 1})
    assert not validator.is_valid({**document, "version": 2})
    document["findings"][0]["extra"] = 1
    assert not validator.is_valid(document)


def test_hostile_text_is_escaped() -> None:
    text = render(HOSTILE)
    assert text.isascii()
    assert {each for each in text if not each.isprintable()} == {"\n"}
    assert json.loads(text)["findings"][0]["path"] == HOSTILE.findings[0].region.path
