from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.plan import Action, Change
from revox_sync.sync.planning.file_versions import changes_between
from revox_sync.values.secret import Secret


def assistant(address: str, /, **fields: Any) -> Desired:
    value = {"name": address, "prompt": f"You are {address}."} | fields
    return Desired(address, value["name"], value)


def actions(*changes: Change) -> list[tuple[str, Action, str | None]]:
    return [(each.address, each.action, each.previous_address) for each in changes]


def only(before: Desired, after: Desired) -> Change:
    (change,) = changes_between([before], [after])
    return change


def test_each_assistant_is_there_by_address() -> None:
    before = [assistant("b"), assistant("a"), assistant("gone")]
    after = [assistant("new"), assistant("a"), assistant("b", prompt="You are somebody else.")]
    assert actions(*changes_between(before, after)) == [
        ("a", Action.NOOP, None),
        ("b", Action.UPDATE, None),
        ("gone", Action.REMOVE, None),
        ("new", Action.CREATE, None),
    ]


def test_what_differs_is_named_with_its_impact() -> None:
    change = only(assistant("a", max_call_duration_secs=60), assistant("a", prompt="x", max_call_duration_secs=90))
    assert [(each.path, each.before, each.after) for each in change.fields] == [
        ("prompt", "You are a.", "x"),
        ("max_call_duration_secs", 60, 90),
    ]
    assert change.impact == ("speech", "routing")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"prompt": "a\r\nb\n"}, {"prompt": "a\nb"}),
        ({"voice": {"id": "v", "speed": 1}}, {"voice": {"speed": 1.0, "id": "v"}}),
        (
            {"after_call_sms_outcomes": ["completed", "interested"]},
            {"after_call_sms_outcomes": ["interested", "completed"]},
        ),
        ({"webhook_url": Secret(None, "HOOK")}, {"webhook_url": Secret(None, "HOOK")}),
    ],
)
def test_what_means_the_same_is_no_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert only(assistant("a", **before), assistant("a", **after)).action is Action.NOOP


def test_another_variable_is_another_secret() -> None:
    sides = (assistant("a", webhook_url=Secret(None, name)) for name in ("ONE", "TWO"))
    change = only(*sides)
    assert [(each.path, each.sensitive, each.before, each.after) for each in change.fields] == [
        ("webhook_url", True, None, None)
    ]


@pytest.mark.parametrize(
    ("before", "after", "reason", "impact"),
    [
        ({}, {"voicemail_message": None}, "clears `voicemail_message`", ()),
        ({"voicemail_message": "x"}, {}, "no longer manages `voicemail_message`", ("speech",)),
    ],
)
def test_what_no_value_shows_is_said(
    before: dict[str, Any], after: dict[str, Any], reason: str, impact: tuple[str, ...]
) -> None:
    change = only(assistant("a", **before), assistant("a", **after))
    assert (change.action, change.reason, change.impact) == (Action.UPDATE, reason, impact)


def test_a_moved_file_is_followed_by_its_name() -> None:
    change = only(assistant("a", name="N"), assistant("b", name="N", prompt="You are a."))
    assert (change.address, change.previous_address, change.action) == ("b", "a", Action.UPDATE)
    assert (change.reason, change.fields, change.impact) == ("moved from a", (), ())


def test_a_moved_and_renamed_file_is_followed_by_its_prompt() -> None:
    change = only(assistant("a", name="N", prompt="P"), assistant("b", name="M", prompt="P"))
    assert change.previous_address == "a"
    assert [each.path for each in change.fields] == ["name"]


def test_the_address_goes_before_the_name() -> None:
    before = [assistant("a", name="A"), assistant("b", name="B")]
    after = [assistant("a", name="B"), assistant("b", name="A")]
    assert actions(*changes_between(before, after)) == [("a", Action.UPDATE, None), ("b", Action.UPDATE, None)]


def test_where_several_could_be_meant_none_is_followed() -> None:
    before = [assistant("a", name="N"), assistant("b", name="N", prompt="You are a.")]
    after = [assistant("c", name="N", prompt="You are a.")]
    assert actions(*changes_between(before, after)) == [
        ("a", Action.REMOVE, None),
        ("b", Action.REMOVE, None),
        ("c", Action.CREATE, None),
    ]


def test_a_removed_file_says_what_becomes_of_its_assistant() -> None:
    (change,) = changes_between([assistant("a", webhook_url=Secret("x", "HOOK"))], [])
    assert change.reason == "its assistant stays unless applied with --prune"
    assert change.impact == ("speech", "data", "cosmetic")


def test_nothing_and_nothing_are_equal() -> None:
    assert changes_between([], []) == ()
