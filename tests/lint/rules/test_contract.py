from __future__ import annotations

import pytest

from revox_sync.contract.violation import ViolationKind
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN
from revox_sync.lint.registry import all_rules, select
from revox_sync.lint.rules.contract import ViolationRule
from tests.lint.project import hits, lint_files


def test_every_kind_of_violation_has_one_rule_for_texts_of_any_format() -> None:
    kinds = [rule.kind for rule in all_rules() if issubclass(rule, ViolationRule) and not rule.form]
    assert sorted(kinds) == sorted(ViolationKind)


def test_what_the_api_refuses_stops_a_plan() -> None:
    codes = select(NEEDED_TO_PLAN).codes
    assert {"RVX106", "RVX412", "RVX423"} <= codes
    assert not any(code.startswith("RVX3") for code in codes)


@pytest.mark.parametrize(("pin", "severity"), [("", "warning"), ('contract: "0.4"\n', "error")])
def test_a_pinned_contract_makes_it_an_error(pin: str, severity: str) -> None:
    assistant = "name: A\nprompt: Hi\nafter_call_sms_outcomes: [ai_averse]\n"
    files = {"assistants/a.yaml": assistant, "revox-sync.yaml": f"version: 1\n{pin}"}
    found = [(finding.code, finding.severity) for finding in lint_files(files, "RVX110").findings]
    assert found == [("RVX110", severity)]


def test_an_ambiguous_scalar_of_the_wrong_type_is_one_finding() -> None:
    assert hits("RVX103", "sms_enabled: yes") == []
    assert len(hits("RVX007", "sms_enabled: yes")) == 1


def test_a_missing_key_marks_the_key_of_the_mapping_and_an_unknown_key_itself() -> None:
    (missing,), (unknown,) = hits("RVX102", "voice: {id: x}"), hits("RVX101", "voiice: 1")
    assert [hit.location.place.end - hit.location.place.start for hit in (missing, unknown)] == [5, 6]
