from __future__ import annotations

import pytest

from revox_sync.lint.checks.dependent_fields import dependences, is_set, names_over_time
from revox_sync.lint.registry import all_rules
from tests.lint.project import hits


def test_every_needed_field_has_a_rule() -> None:
    assert set(dependences()) == {name for rule in all_rules() for name in getattr(rule, "needed", ())}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, False),
        (False, False),
        ("", False),
        (" ", False),
        ([], False),
        ({}, False),
        (0, True),
        ("a", True),
        ([1], True),
    ],
)
def test_what_switches_something_on(value: object, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_set(value) is expected


def test_a_replaced_field_still_does_its_work() -> None:
    assert "transfer_phone_number" in names_over_time((), "transfer_destinations")
    assert hits("RVX416", "human_transfer_mode: warm\ntransfer_phone_number: '+33199001200'") == []


def test_fields_that_lack_the_same_one_are_one_hit() -> None:
    (hit,) = hits("RVX306", "thinking_sound_volume: 0.2\nthinking_sound_probability: 0.4")
    assert [related.message for related in hit.related] == ["`thinking_sound_probability` has none either"]
