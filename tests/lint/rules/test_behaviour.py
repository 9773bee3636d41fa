from __future__ import annotations

import pytest

from revox_sync.source.model.amendment import Add, Remove, SetValue
from tests.lint.project import hits

RETRY = "call_retry_config: {call_twice_in_a_row: false, max_retry_attempts: 3, allowed_days: [monday, monday],"


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (
            "RVX421",
            RETRY + " calling_windows: []}\n",
            (Remove(("call_retry_config", "allowed_days", 1)), True),
        ),
        ("RVX422", "sms_template: Hi\n", (Add(("sms_enabled",), value=True), False)),
        ("RVX422", "sms_template: Hi\nsms_enabled: false\n", (SetValue(("sms_enabled",), value=True), False)),
        (
            "RVX424",
            "faq_items: [{question: Q, answer: A}, {question: Q, answer: A}]\n",
            (Remove(("faq_items", 1)), True),
        ),
    ],
)
def test_a_fix_says_what_will_be_and_how_safe_it_is(
    code: str, text: str, expected: tuple[Add | Remove | SetValue, bool]
) -> None:
    (hit,) = hits(code, text)
    assert hit.fix is not None
    assert (*hit.fix.amendments, hit.fix.safe) == expected


def test_questions_with_two_answers_are_left_to_a_person() -> None:
    (hit,) = hits("RVX424", "faq_items: [{question: Q, answer: A}, {question: q?, answer: B}]")
    assert hit.fix is None


@pytest.mark.parametrize(
    ("fields", "marked"),
    [
        ("slack: {outcomes: [completed]}", []),
        ("slack: {outcomes: [completed], channels: []}", [("slack", "channels")]),
        ("slack: {outcomes: [completed], channel_id: C1}", []),
    ],
)
def test_outcomes_need_a_target_or_what_it_has_replaced(fields: str, marked: list[tuple[str, str]]) -> None:
    found = hits("RVX420", fields.replace("slack: {", "slack: {connection_id: c, "))
    assert len(found) == len(marked)


def test_one_label_is_a_hit_of_its_own_and_all_labels_are_one() -> None:
    desks = "transfer_destinations: [{label: Sales}, {label: Desk}, {label: Care}]"
    assert [len(hit.related) for hit in hits("RVX419", desks)] == [2]
    assert hits("RVX419", "transfer_destinations: [{label: Sales}]") == []
