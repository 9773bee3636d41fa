from __future__ import annotations

import json
from typing import Any

from revox_sync.lint.model.finding import LintReport, Severity
from revox_sync.output.lint.gitlab import render
from tests.output.findings import HOSTILE, many


def issues(report: LintReport) -> list[dict[str, Any]]:
    found = json.loads(render(report))
    assert isinstance(found, list)
    return found


def test_nothing_found_is_an_empty_list() -> None:
    assert issues(LintReport((), 3)) == []


def test_every_issue_has_what_gitlab_needs_and_a_fingerprint_of_its_own() -> None:
    found = issues(LintReport(many(Severity.ERROR, 30), 1))
    assert len({each["fingerprint"] for each in found}) == 30
    for line, issue in enumerate(found, start=1):
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["location"]["lines"]["begin"] == line
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}


def test_hostile_text_is_harmless() -> None:
    (issue,) = issues(HOSTILE)
    assert issue["description"].isprintable()
    assert issue["location"]["path"] == HOSTILE.findings[0].region.path
    assert render(HOSTILE).isascii()
