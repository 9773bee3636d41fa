from __future__ import annotations

import pytest

from revox_sync.lint.registry import all_rules
from revox_sync.lint.rules.yaml import ProblemRule
from revox_sync.source.model.problem import ProblemKind
from tests.lint.project import hits


def test_every_kind_of_problem_has_a_rule() -> None:
    kinds = [rule.kind for rule in all_rules() if issubclass(rule, ProblemRule)]
    assert sorted(kind.value for kind in kinds) == sorted(kind.value for kind in ProblemKind)


@pytest.mark.parametrize(
    ("fields", "label", "severity"),
    [
        ("from_phone_number: +33639980001", 'quote it: "+33639980001"', "error"),
        ("sms_enabled: off", "write `false`", "error"),
        ("first_sentence_delay_ms: 0400", "write `400`", None),
    ],
)
def test_what_an_ambiguous_scalar_should_be(fields: str, label: str, severity: str | None) -> None:
    (hit,) = hits("RVX007", fields)
    assert (hit.label, hit.severity) == (label, severity)
    assert hit.fix is not None
    assert hit.fix.safe


def test_an_ambiguous_secret_is_not_quoted() -> None:
    (hit,) = hits("RVX007", "llm_model: {type: custom, model_name: m, api_url: 'https://x.example.com', api_key: 0400}")
    assert hit.secret
    assert hit.fix is None
    assert "0400" not in hit.message + hit.label
