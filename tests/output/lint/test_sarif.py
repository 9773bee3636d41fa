from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest
from jsonschema import Draft7Validator

from revox_sync.lint.model.finding import LintReport, Severity
from revox_sync.lint.registry import all_rules
from revox_sync.output.lint.sarif import render
from revox_sync.output.rules.page import read_page
from revox_sync.usecases.lint.rule_pages import brief_pages
from tests.conftest import Golden
from tests.lint.project import lint_files
from tests.output.findings import AMBIGUOUS, HOSTILE, PATH, REPORT, UNKNOWN

# The OASIS schema as JSON Schema Store publishes it.
SCHEMA: Final = json.loads((Path(__file__).parents[2] / "schemas" / "sarif-2.1.0.schema.json").read_text("utf-8"))
VALIDATOR: Final = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)
PAGES: Final = [
    read_page(code, name, severity, f"A headline.\n\nWhat it finds: {name}.\n\nWhy it matters: so.\n\nInstead: not.")
    for code, name, severity in (
        ("RVX002", "duplicate-key", Severity.ERROR),
        ("RVX007", "ambiguous-scalar", Severity.WARNING),
        ("RVX101", "unknown-field", Severity.ERROR),
        ("RVX601", "name-used-twice", Severity.INFO),
    )
]


def run_of(report: LintReport) -> dict[str, Any]:
    log = json.loads(render(report, PAGES, "1.2.3"))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def results(report: LintReport) -> list[dict[str, Any]]:
    found = run_of(report)["results"]
    assert isinstance(found, list)
    return found


def test_log_without_findings_tells_the_rules(golden: Golden) -> None:
    golden("lint/sarif-rules.json", render(LintReport((), 3), PAGES, "1.2.3"))


@pytest.mark.parametrize("report", [REPORT, HOSTILE, LintReport((), 0)], ids=["ordinary", "hostile", "empty"])
def test_log_is_valid(report: LintReport) -> None:
    assert run_of(report)["columnKind"] == "unicodeCodePoints"


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = json.loads(render(REPORT, PAGES, "1.2.3"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert list(VALIDATOR.iter_errors(log))


def test_log_with_all_rules_is_valid() -> None:
    report = lint_files({"assistants/a.yaml": "name: A\npromt: Hi\n"})
    log = json.loads(render(report, brief_pages(), "1.2.3"))
    assert list(VALIDATOR.iter_errors(log)) == []
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == [rule.code for rule in all_rules()]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == ["RVX101"]


def test_results_name_their_rule_and_level() -> None:
    run = run_of(REPORT)
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [each["ruleId"] for each in run["results"]]
    assert [each["level"] for each in run["results"]] == ["error", "error", "warning", "note", "warning"]


def test_paths_are_relative_and_percent_encoded() -> None:
    artifact = results(REPORT)[1]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "assistants/support%20%C3%A9.yaml", "uriBaseId": "PROJECTROOT"}
    assert unquote(artifact["uri"]) == PATH


def test_path_that_is_not_utf_8_keeps_its_bytes() -> None:
    region = UNKNOWN.region._replace(path="assistants/\udce9.yaml")
    (result,) = results(LintReport((UNKNOWN._replace(region=region),), 1))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "assistants/%E9.yaml"


def test_fix_names_each_file_once_with_the_text_as_it_is() -> None:
    (fix,) = results(LintReport((AMBIGUOUS,), 1))[0]["fixes"]
    first, second = fix["artifactChanges"]
    assert first["replacements"][0]["insertedContent"] == {"text": "x: 1\n"}
    assert second["replacements"][0]["deletedRegion"] == {
        "startLine": 9,
        "startColumn": 7,
        "endLine": 9,
        "endColumn": 12,
    }
    assert fix["properties"] == {"safety": "unsafe"}


def test_suppressed_findings_carry_their_reason_and_the_others_none() -> None:
    suppressions = [each["suppressions"] for each in results(REPORT)]
    assert suppressions == [[], [], [], [], [{"kind": "inSource", "justification": "known, ümlaut"}]]


def test_hostile_text_is_no_link_and_steers_nothing() -> None:
    result = results(HOSTILE)[0]
    for message in (result["message"], result["relatedLocations"][0]["message"], result["fixes"][0]["description"]):
        assert message["text"].isprintable()
        assert "](" not in message["text"]
    assert render(HOSTILE, PAGES, "1.2.3").isascii()


def test_pages_are_linked_where_there_is_a_place_for_them() -> None:
    (run,) = json.loads(render(REPORT, PAGES, "1.2.3", "https://docs.example.com/x"))["runs"]
    driver = run["tool"]["driver"]
    assert driver["informationUri"] == "https://docs.example.com/x"
    pages = [f"https://docs.example.com/x/rules/{page.code}/" for page in PAGES]
    assert [rule["helpUri"] for rule in driver["rules"]] == pages
    assert not {"informationUri", "helpUri"} & set(re.findall(r"\w+Uri", render(REPORT, PAGES, "1.2.3")))
