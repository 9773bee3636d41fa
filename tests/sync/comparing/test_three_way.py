from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.sync.comparing.canonical import by_schema
from revox_sync.sync.comparing.leaf_rules import LeafLook, LeafState, decide
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare, is_unset, missing_fields, place_form
from revox_sync.sync.model.lock import Confirmed, LockEntry
from revox_sync.values.pointer import Pointer
from tests.call_counts import call_counts
from tests.strategies import assistants
from tests.sync.comparing.leaf_states import ROOT, VOICE, S, entry, faq, states

TABLE = {
    # locked, file changed, server changed (not locked: whether the server has something)
    (False, False, False): S.UPDATE,
    (False, False, True): S.CONFLICT,
    (False, True, False): S.UPDATE,
    (False, True, True): S.CONFLICT,
    (True, False, False): S.ACCEPTED,
    (True, True, False): S.UPDATE,
    (True, False, True): S.DRIFT,
    (True, True, True): S.CONFLICT,
}


@pytest.mark.parametrize(("locked", "file", "server"), list(product([False, True], repeat=3)))
def test_the_table(locked: bool, file: bool, server: bool) -> None:  # noqa: FBT001 — columns of the table
    look = LeafLook(
        equal=False,
        alike=False,
        declared="file",
        value="now",
        remembered=frozenset({"now"}),
        form="form",
        unset=not server,
        token="today",  # noqa: S106 — a version token
        moved=True,
    )
    record = Confirmed("other" if file else "file", "former" if server else "now") if locked else None
    assert decide(look, record, known=True) is TABLE[locked, file, server]
    assert decide(look, record, known=False) is S.CONFLICT
    assert decide(look._replace(equal=True), record, known=True) is S.IN_SYNC
    assert decide(look._replace(equal=True), record, known=False) is S.IN_SYNC


@pytest.mark.parametrize(
    ("applied", "answered", "declared", "server", "state"),
    [
        ("a", "a", "a", "a\r\n", S.IN_SYNC),
        ("a", "A", "a", "A", S.ACCEPTED),
        ("a", "a", "b", "a", S.UPDATE),
        ("a", "A", "b", "A", S.UPDATE),
        ("a", "a", "a", "b", S.DRIFT),
        ("a", "a", "a", None, S.DRIFT),
        ("a", "a", "b", "c", S.CONFLICT),
        ("a", "a", "b", "b", S.IN_SYNC),
        (None, None, None, "b", S.DRIFT),
        ("a", "a", None, "a", S.UPDATE),
    ],
)
def test_one_leaf(applied: Any, answered: Any, declared: Any, server: Any, state: LeafState) -> None:
    known = entry({"sms_template": applied}, {"sms_template": answered})
    assert states({"sms_template": declared}, {"sms_template": server}, known) == {("sms_template",): state}


# docs/design.md, "Three-way table", for texts of which `a` and `a\r\n` mean the same. A row: the file's and the
# server's text when it was last applied, and now.
BY_TABLE = [
    # nothing has changed since both were the same
    ("a", "a", "a", "a", S.IN_SYNC),
    ("a", "a\r\n", "a\r\n", "a", S.IN_SYNC),
    # the server has a form of its own
    ("a", "b", "a", "b", S.ACCEPTED),
    ("a", "b", "a\r\n", "b", S.ACCEPTED),
    ("a", None, "a", None, S.ACCEPTED),
    (None, "b", None, "b", S.ACCEPTED),
    # only the file has changed
    ("a", "a", "b", "a", S.UPDATE),
    ("a", "a", "b", "a\r\n", S.UPDATE),
    ("a", "a", None, "a", S.UPDATE),
    (None, None, "a", None, S.UPDATE),
    ("a", "b", None, "b", S.UPDATE),
    ("a", None, "b", None, S.UPDATE),
    # only the server has changed
    ("a", "a", "a", "b", S.DRIFT),
    ("a", "a", "a\r\n", "b", S.DRIFT),
    ("a", "a", "a", None, S.DRIFT),
    ("a", "b", "a", None, S.DRIFT),
    (None, None, None, "b", S.DRIFT),
    # both have changed, to different texts
    ("a", "a", "b", None, S.CONFLICT),
    ("a", "a", None, "b", S.CONFLICT),
    ("a", "b", "b", "a", S.CONFLICT),
    (None, None, "a", "b", S.CONFLICT),
    ("a", None, None, "b", S.CONFLICT),
    # to the same text, or back to it: the lock does not matter
    ("a", "a", "b", "b", S.IN_SYNC),
    ("a", "b", "a", "a", S.IN_SYNC),
    ("a", "a", None, None, S.IN_SYNC),
    (None, None, "b", "b", S.IN_SYNC),
]


@pytest.mark.parametrize(("applied", "answered", "declared", "server", "state"), BY_TABLE)
def test_a_leaf_is_decided_by_the_table(
    applied: Any, answered: Any, declared: Any, server: Any, state: LeafState
) -> None:
    known = entry({"sms_template": applied}, {"sms_template": answered})
    assert states({"sms_template": declared}, {"sms_template": server}, known) == {("sms_template",): state}


def test_an_assistant_new_to_the_lock() -> None:
    declared = {"name": "A", "prompt": "x"}
    expected = {("name",): S.IN_SYNC, ("prompt",): S.CONFLICT}
    assert states(declared, {"name": "A", "prompt": "y"}, None) == expected
    assert states(declared, {"name": "A", "prompt": "y"}, LockEntry("i", "A", {}, outdated=True)) == expected


# A field that is new to the file; what the server has; an update only where nobody has set it.
NEW_FIELDS: list[tuple[dict[str, Any], dict[str, Any], LeafState]] = [
    ({"first_sentence": "x"}, {}, S.UPDATE),
    ({"first_sentence": "x"}, {"first_sentence": None}, S.UPDATE),
    ({"first_sentence": "x"}, {"first_sentence": "y"}, S.CONFLICT),
    ({"first_sentence": "x"}, {"first_sentence": ""}, S.CONFLICT),
    ({"first_sentence": "x"}, {"first_sentence": "x\r\n"}, S.IN_SYNC),
    ({"first_sentence": None}, {"first_sentence": "y"}, S.CONFLICT),
    ({"max_call_duration_secs": 60}, {"max_call_duration_secs": 600}, S.UPDATE),
    ({"max_call_duration_secs": 60}, {"max_call_duration_secs": 600.0}, S.UPDATE),
    ({"max_call_duration_secs": 60}, {"max_call_duration_secs": 601}, S.CONFLICT),
    ({"sms_enabled": True}, {"sms_enabled": False}, S.UPDATE),
    ({"sms_enabled": False}, {"sms_enabled": True}, S.CONFLICT),
    ({"custom_tools": [{"name": "t"}]}, {"custom_tools": []}, S.UPDATE),
    ({"custom_tools": [{"name": "t"}]}, {"custom_tools": [{"name": "u"}]}, S.CONFLICT),
    ({"custom_tools": []}, {"custom_tools": None}, S.IN_SYNC),
    ({"faq_items": [{"question": "q", "answer": "a"}]}, {"faq_items": []}, S.UPDATE),
    (
        {"faq_items": [{"question": "q", "answer": "a"}]},
        {"faq_items": [{"question": "Open?", "answer": "", "source": "ai"}]},
        S.UPDATE,
    ),
]


@pytest.mark.parametrize(("declared", "server", "state"), NEW_FIELDS)
def test_a_field_new_to_the_file(declared: dict[str, Any], server: dict[str, Any], state: LeafState) -> None:
    known = entry({"name": "A"}, {"name": "A"})
    (key,) = declared
    assert states({"name": "A", **declared}, {"name": "A", **server}, known)[key,] is state
    expected = S.IN_SYNC if state is S.IN_SYNC else S.CONFLICT
    assert states({"name": "A", **declared}, {"name": "A", **server}, None)[key,] is expected


def test_a_key_new_to_a_declared_mapping_is_a_leaf_like_any_other() -> None:
    before = {"voice": {"id": "v", "provider": "cartesia"}}
    declared, known = {"voice": VOICE}, entry(before, before)
    assert states(declared, before, known)["voice", "speed"] is S.UPDATE
    assert states(declared, {"voice": VOICE | {"speed": 1.3}}, known)["voice", "speed"] is S.CONFLICT


def test_an_empty_list_and_nothing_are_one_value() -> None:
    """So a server that answers `[]` as null is seen to have done what it was asked."""
    for place in ("custom_tools", "faq_items"):
        assert place_form([], ROOT.child(place)) == place_form(None, ROOT.child(place))


@pytest.mark.parametrize(
    ("declared", "server", "state"),
    [
        (
            {"call_retry_config": {"timezone": "Europe/Kiev"}},
            {"call_retry_config": {"timezone": "Europe/Kyiv"}},
            S.IN_SYNC,
        ),
        (
            {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "9am"}]}},
            {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "09:00"}]}},
            S.IN_SYNC,
        ),
        ({"custom_tools": []}, {}, S.IN_SYNC),
        ({"from_phone_number": "+33 1"}, {"from_phone_number": "+331"}, S.CONFLICT),
    ],
)
def test_the_same_meaning_needs_no_lock(declared: Any, server: Any, state: LeafState) -> None:
    assert set(states(declared, server, None).values()) == {state}
    if state is S.IN_SYNC:
        assert set(states(declared, server, entry({"name": "A"}, {"name": "A"})).values()) <= {state, S.UNMANAGED}


def test_what_means_the_same_needs_no_digest() -> None:
    declared = {"faq_items": [{"question": "Price?", "answer": "5"}]}
    server = {"faq_items": [{**declared["faq_items"][0], "source": "human", "needs_human_answer": False}]}
    known = entry(declared, server)
    calls = call_counts(lambda: compare(declared, server, known, ROOT))
    assert calls["means_the_same"] == 1
    assert calls["value_digest"] == calls["form_digest"] == 0


def test_undeclared_keys_are_never_drift() -> None:
    declared = {"voice": {"id": "v", "provider": "cartesia"}, "position": {}}
    before = {"voice": {"id": "v", "provider": "cartesia"}, "position": {"x": 1, "y": 1}}
    after = {"voice": {"id": "v", "provider": "cartesia", "speed": 1.3}, "position": {"x": 2, "y": 1}, "type": "x"}
    assert set(states(declared, after, entry(declared, before)).values()) == {S.IN_SYNC}


def test_an_empty_mapping_asks_for_one() -> None:
    assert states({"position": {}}, {"position": {"x": 1}}, None) == {("position",): S.IN_SYNC}
    assert states({"position": {}}, {"position": None}, None) == {("position",): S.CONFLICT}


def test_keys_that_no_contract_knows_are_not_shown() -> None:
    tool = {"name": "t", "url": "https://a"}
    (found,) = compare({"custom_tools": [tool]}, {"custom_tools": [tool | {"later": 1}]}, None, ROOT)
    assert (found.state, found.server) == (S.IN_SYNC, [tool])


def test_a_question_that_was_a_callers_when_the_lock_was_written() -> None:
    asked = faq(("r", ""), source="ai")["faq_items"]
    server = {"faq_items": [*faq(("q", "a"))["faq_items"], *asked]}
    assert states(faq(("q", "a"), ("r", "x")), server, entry(faq(("q", "a")), faq(("q", "a")))) == {
        ("faq_items",): S.UPDATE
    }


def test_server_grown_entries_are_no_difference() -> None:
    declared = {"faq_items": [{"question": "Price?", "answer": "5"}]}
    server = {"faq_items": [{"question": "Open?", "answer": "", "source": "ai"}, *declared["faq_items"]]}
    (found,) = compare(declared, server, entry(declared, declared), ROOT)
    assert (found.state, found.server) == (S.IN_SYNC, declared["faq_items"])
    drifted = {"faq_items": [{"question": "Price?", "answer": "6"}, *server["faq_items"][:1]]}
    assert states(declared, drifted, entry(declared, server)) == {("faq_items",): S.DRIFT}


def test_results_follow_the_schema_then_the_pointer() -> None:
    known = [key for key, node in ROOT.properties.items() if not node.read_only]
    assert [each.pointer for each in compare(dict.fromkeys(sorted(known), 1), {}, None, ROOT)] == [
        (key,) for key in known
    ]
    declared = {"webhook_url": "u", "voice": {"provider": "p", "id": "i"}, "zz": 1, "name": "n"}
    pointers = [each.pointer for each in compare(declared, {}, None, ROOT)]
    assert pointers == [("name",), ("voice", "id"), ("voice", "provider"), ("webhook_url",), ("zz",)]


def test_leaves_of_the_lock_are_in_that_order_too() -> None:
    known = entry({"voice": VOICE, "first_sentence": "x"}, {"voice": VOICE, "first_sentence": "x"})
    declared = {"webhook_url": "u", "voice": {"id": VOICE["id"]}}
    pointers = [each.pointer for each in compare(declared, {"voice": VOICE}, known, ROOT)]
    assert pointers == sorted(pointers, key=by_schema(ROOT))
    assert len(pointers) > 3


def test_an_outdated_entry_tells_nothing() -> None:
    known = entry({"sms_template": "a"}, {"sms_template": "a"})
    declared, server = {"sms_template": "b"}, {"sms_template": "a"}
    assert states(declared, server, known) == {("sms_template",): S.UPDATE}
    assert states(declared, server, replace(known, outdated=True)) == {("sms_template",): S.CONFLICT}


def test_declared_fields_that_an_answer_leaves_out() -> None:
    declared: dict[str, Any] = {"name": "A", "faq_items": [], "sms_template": None, "prompt": "x"}
    assert missing_fields(declared, {"name": "A", "prompt": None}, ROOT) == {"faq_items"}
    assert missing_fields({"id": "read-only", "zz": 1}, {}, ROOT) == {"zz"}


@pytest.mark.parametrize(
    ("pointer", "value", "unset"),
    [
        (("voice",), None, True),
        (("voice",), {}, True),
        (("faq_items",), [], True),
        (("max_call_duration_secs",), 600, True),
        (("max_call_duration_secs",), 60, False),
        (("sms_template",), "", False),
        (("zz",), 1, False),
        (("zz",), [], True),
    ],
)
def test_what_nobody_has_set(pointer: Pointer, value: Any, *, unset: bool) -> None:
    assert is_unset(value, ROOT.at(pointer, {})) is unset


@settings(max_examples=60, deadline=None)
@given(assistants(), assistants())
def test_what_was_just_applied_is_never_an_action(declared: Any, server: Any) -> None:
    declared, server = wrap_schema_secrets(declared, ROOT), wrap_schema_secrets(server, ROOT)
    calm = {S.IN_SYNC, S.ACCEPTED, S.UNCOMPARABLE, S.UPDATE}
    found = compare(declared, server, entry(declared, server), ROOT)
    assert {each.state for each in found} <= calm
    assert all(each.sensitive for each in found if each.state is S.UPDATE and not isinstance(each.declared, list))


@settings(max_examples=60, deadline=None)
@given(assistants())
def test_an_assistant_equals_itself(document: Any) -> None:
    guarded = wrap_schema_secrets(document, ROOT)
    assert set(states(guarded, wrap_schema_secrets(document, ROOT), None).values()) == {S.IN_SYNC}
