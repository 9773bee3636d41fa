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
    ("fields", "label", "severity", "safe"),
    [
        ("from_phone_number: +33639980001", 'quote it: "+33639980001"', "error", True),
        ("sms_enabled: off", "write `false`", "error", True),
        ("name_of_shop: off", 'quote it: "off"', None, True),
        ("day: 2024-01-15", 'quote it: "2024-01-15"', None, True),
        ("first_sentence_delay_ms: 0400", "write `400`", None, False),
        ("first_sentence_delay_ms: 4e2", "write `400`", None, False),
        ("from_phone_nummer: +33639980001", 'quote it: "+33639980001"', None, False),
        ("zip: 01000", 'quote it: "01000"', None, False),
        ("code: 0o17", 'quote it: "0o17"', None, False),
        ("other: 1e3", 'quote it: "1e3"', None, False),
    ],
)
def test_what_an_ambiguous_scalar_should_be(fields: str, label: str, severity: str | None, *, safe: bool) -> None:
    (hit,) = hits("RVX007", fields)
    assert (hit.label, hit.severity) == (label, severity)
    assert hit.fix is not None
    assert hit.fix.safe is safe


def test_an_ambiguous_secret_is_not_quoted() -> None:
    (hit,) = hits("RVX007", "llm_model: {type: custom, model_name: m, api_url: 'https://x.example.com', api_key: 0400}")
    assert hit.secret
    assert hit.fix is None
    assert "0400" not in hit.message + hit.label
