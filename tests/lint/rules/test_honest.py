"""Assistants of every style that nothing is wrong with: a rule that reports one cries wolf."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.lint.model.finding import Severity
from tests.lint.project import lint_files

HONEST = sorted((Path(__file__).parent / "honest").glob("*.yaml"))


@pytest.mark.parametrize("path", HONEST, ids=lambda each: each.stem)
def test_no_rule_reports_an_honest_assistant(path: Path) -> None:
    report = lint_files({"assistants/honest.yaml": path.read_bytes()})
    assert [(each.code, each.sentence) for each in report.findings if each.severity.at_least(Severity.WARNING)] == []


def test_there_are_enough_honest_assistants_with_names_of_their_own() -> None:
    report = lint_files({f"assistants/{each.name}": each.read_bytes() for each in HONEST})
    assert report.files >= 30
    assert [each.sentence for each in report.findings if each.code == "RVX601"] == []
