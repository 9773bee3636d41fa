"""What the comparison says of leaves that the file has no more, and of assistants without a file."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafState
from revox_sync.sync.comparing.three_way import place_form, removed_look, touched
from revox_sync.sync.model.lock import Confirmed, LockEntry, Sent
from revox_sync.values.pointer import Pointer
from tests.sync.comparing.leaf_states import ROOT, UNSEEN, VOICE, S, entry, states


@pytest.mark.parametrize(
    ("declared", "server", "expected"),
    [
        ({"voice": {"id": "v", "provider": "cartesia"}}, VOICE, {("voice", "speed"): S.REMOVED}),
        ({"voice": {"id": "v", "provider": "cartesia"}}, {**VOICE, "speed": 1.2}, {("voice", "speed"): S.CONFLICT}),
        ({"voice": {"id": "v", "provider": "cartesia"}}, {**VOICE, "speed": None}, {}),
        ({"voice": {"id": "v", "provider": "gradium"}}, {**VOICE, "speed": 1.2}, {("voice", "provider"): S.UPDATE}),
        ({}, VOICE, {("voice",): S.UNMANAGED}),
        ({"voice": None}, None, {}),
        # a mapping is given up: an update as long as nobody has edited what it held
        ({"voice": None}, VOICE, {("voice",): S.UPDATE}),
        ({"voice": None}, {**VOICE, "speed": 1.2}, {("voice",): S.CONFLICT}),
        ({"voice": "v"}, None, {("voice",): S.UPDATE}),
        ({"voice": "v"}, VOICE, {("voice",): S.UPDATE}),
        # whoever leaves out the discriminator means the variant that is there
        ({"voice": {"id": "v"}}, VOICE, {("voice", "provider"): S.REMOVED, ("voice", "speed"): S.REMOVED}),
        # a leaf became a mapping: its keys are new
        ({"voice": VOICE | {"speed": {"x": 1}}}, VOICE, {("voice", "speed", "x"): S.UPDATE}),
    ],
)
def test_leaves_gone_from_the_file(declared: Any, server: Any, expected: Any) -> None:
    known = entry({"voice": VOICE}, {"voice": VOICE})
    found = states(declared, {"voice": server}, known)
    assert {pointer: state for pointer, state in found.items() if state is not S.IN_SYNC} == expected


@pytest.mark.parametrize(("server", "state"), [({"a": 1}, S.UPDATE), ({"a": 2}, S.CONFLICT), (None, S.UPDATE)])
def test_a_mapping_that_no_contract_knows_is_given_up(server: Any, state: LeafState) -> None:
    known = entry({"zz": {"a": 1}}, {"zz": {"a": 1}})
    assert states({"zz": 3}, {"zz": server}, known) == {("zz",): state}
    assert states({"zz": []}, {"zz": None}, known) == {("zz",): S.IN_SYNC}


CALLERS = {"question": "r", "answer": "x", "source": "ai", "needs_human_answer": True}


@pytest.mark.parametrize("asked", [[], [CALLERS]])
def test_a_list_that_was_sent_is_seen_with_and_without_what_callers_asked(asked: list[Any]) -> None:
    sent = [{"question": "q", "answer": "a"}]
    digests = (place_form(sent, ROOT.child("faq_items")),)
    known = LockEntry("asst_1", "A", {("faq_items",): Sent(digests, ABSENT, None, answered=False)})
    assert touched({"faq_items": [*sent, *asked]}, known, ROOT) == ((), ())


@pytest.mark.parametrize(
    ("pointer", "record", "value", "token", "edited", "unseen"),
    [
        (("sms_template",), "a", "a", "t1", False, False),
        (("sms_template",), "a", "b", "t1", True, False),
        (("sms_template",), "a", None, "t1", True, False),
        (("sms_template",), Sent, "a", "t1", False, False),
        (("sms_template",), Sent, "b", "t1", False, True),
        (("sms_template",), None, "b", "t1", False, False),
        # nobody knows which questions the file had: with those that callers asked, or without
        (("faq_items",), [{"question": "q", "answer": "a"}], [{"question": "q", "answer": "a"}], "t1", False, False),
        (
            ("faq_items",),
            [{"question": "q", "answer": "a"}],
            [{"question": "q", "answer": "a", "zz": 1}, {"question": "r", "answer": "", "source": "ai"}],
            "t1",
            False,
            False,
        ),
        (("faq_items",), [{"question": "q", "answer": "a"}], [{"question": "q", "answer": "b"}], "t1", True, False),
        (("faq_items",), [CALLERS], [CALLERS | {"zz": 1}], "t1", False, False),
        (("position",), {}, {"x": 1}, "t1", False, False),  # the file only said that there is one
    ],
)
def test_what_has_become_of_an_assistant_without_a_file(
    pointer: Pointer, record: Any, value: Any, token: str, *, edited: bool, unseen: bool
) -> None:
    if record is Sent:
        known = LockEntry(
            "asst_1", "A", {pointer: Sent((place_form("a", ROOT.at(pointer, {})),), ABSENT, None, answered=False)}
        )
    elif record is None:
        known = LockEntry("asst_1", "A", {pointer: None})
    else:
        known = entry({str(pointer[0]): record}, {str(pointer[0]): record})
    found = touched({str(pointer[0]): value, "updated_at": token}, known, ROOT)
    assert found == ((pointer,) if edited else (), (pointer,) if unseen else ())


def test_a_mapping_that_the_server_put_in_for_null_is_no_edit() -> None:
    known = entry({"voice": None}, {"voice": VOICE})
    assert touched({"voice": VOICE}, known, ROOT).edited == ()
    assert touched({"voice": VOICE | {"id": "w"}}, known, ROOT).edited == (("voice",),)


def test_a_token_says_nothing_of_a_removed_leaf_that_lists_leave_out() -> None:
    for pointer, token in ((("faq_items",), None), (("sms_template",), "t1"), (("zz",), "t1")):
        assert removed_look(pointer, "x", ROOT.at(pointer, {}), "t1").token == token


def test_what_was_touched_follows_the_schema() -> None:
    fields = [key for key, node in ROOT.properties.items() if not node.read_only]
    for record, expected in ((Confirmed("1", "1"), "edited"), (UNSEEN, "unseen")):
        found = touched({}, LockEntry("asst_1", "A", {(key,): record for key in sorted(fields)}), ROOT)
        assert getattr(found, expected) == tuple((key,) for key in fields)
