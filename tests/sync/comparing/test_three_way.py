from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.applying.write_outcome import sent_leaves
from revox_sync.sync.comparing.canonical import by_schema
from revox_sync.sync.comparing.forms import form_digest
from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafLook, LeafState, decide, record_after_answer
from revox_sync.sync.comparing.secrets import listed_secrets, wrap_schema_secrets
from revox_sync.sync.comparing.three_way import (
    LeafComparison,
    compare,
    is_unset,
    leaf_looks,
    missing_fields,
    place_form,
    removed_look,
    touched,
)
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent, Tokens
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.call_counts import call_counts
from tests.strategies import assistants
from tests.sync.records import confirmed

ROOT = assistant_node()
S = LeafState

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


def entry(declared: Any, server: Any) -> LockEntry:
    """The lock entry after `declared` was applied and the server held `server`."""
    return LockEntry("asst_1", "A", confirmed(declared, server))


def states(declared: Any, server: Any, known: LockEntry | None) -> dict[Pointer, LeafState]:
    return {each.pointer: each.state for each in compare(declared, server, known, ROOT)}


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


def with_token(known: LockEntry, token: str | None) -> LockEntry:
    return replace(known, tokens=Tokens(token))


# The token of the last look, and of this one; what a value that was there before our last write is.
TOKENS = [
    ("t1", "t1", S.CONFLICT),
    ("t1", "t2", S.DRIFT),
    ("t1", None, S.DRIFT),
    (None, "t1", S.DRIFT),
    (None, None, S.DRIFT),
]


@pytest.mark.parametrize(("last", "now", "state"), TOKENS)
@pytest.mark.parametrize("before", ["old", None])
def test_the_value_before_our_last_write(
    last: str | None, now: str | None, state: LeafState, before: str | None
) -> None:
    declared, place = {"sms_template": "new"}, ROOT.child("sms_template")
    sent = sent_leaves(declared, None, {"sms_template": before}, declared, declared)["sms_template",]
    (look,) = leaf_looks(declared, declared, None, ROOT).values()
    record = record_after_answer(sent, last, None, look, own=True)
    assert isinstance(record, Confirmed)
    assert place_form(before, place) == (record.previous if before else ABSENT)
    known = with_token(LockEntry("asst_1", "A", {("sms_template",): record}), last)
    server = {"sms_template": before, **({"updated_at": now} if now else {})}
    assert states(declared, server, known) == {("sms_template",): state}
    assert states(declared, server | {"sms_template": "edit"}, known) == {("sms_template",): S.DRIFT}


@pytest.mark.parametrize(
    ("server", "now", "state"),
    [
        ("new", "t2", S.UPDATE),
        (" new", "t2", S.UPDATE),
        ("other", "t1", S.IN_SYNC),
        ("old", "t1", S.UPDATE),
        (" old", "t1", S.UPDATE),
        ("old", "t2", S.CONFLICT),
        ("old", None, S.CONFLICT),
        ("edit", "t1", S.CONFLICT),
        (None, "t1", S.CONFLICT),
    ],
)
def test_a_leaf_that_was_sent_and_not_seen(server: str | None, now: str | None, state: LeafState) -> None:
    new, old = (form_digest(text, ROOT.child("sms_template")) for text in ("new", "old"))
    known = with_token(LockEntry("asst_1", "A", {("sms_template",): Sent((new,), old, "t1", answered=False)}), "t1")
    answer = {"sms_template": server, "updated_at": now}
    (found,) = compare({"sms_template": "other"}, answer, known, ROOT)
    assert (found.state, found.is_unsettled) == (state, state is S.UPDATE)


def test_an_unmoved_token_says_nothing_of_what_lists_leave_out() -> None:
    """Nobody states that it moves when FAQ change: so what is as before may have been edited back."""
    asked, before = [{"question": "q", "answer": "a"}], [{"question": "q", "answer": "b"}]
    forms = [form_digest(value, ROOT.child("faq_items")) for value in (asked, before)]
    record = Sent((forms[0],), forms[1], "t1", answered=False)
    known = with_token(LockEntry("asst_1", "A", {("faq_items",): record}), "t1")
    server = {"faq_items": before, "updated_at": "t1"}
    assert states({"faq_items": asked}, server, known) == {("faq_items",): S.CONFLICT}
    seen = cast("Confirmed", confirmed({"faq_items": asked}, {"faq_items": asked})["faq_items",])
    known = replace(known, leaves={("faq_items",): seen._replace(previous=forms[1])})
    assert states({"faq_items": asked}, server, known) == {("faq_items",): S.DRIFT}


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


VOICE = {"id": "v", "provider": "cartesia", "speed": 1.1}


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


def test_an_empty_mapping_asks_for_one() -> None:
    assert states({"position": {}}, {"position": {"x": 1}}, None) == {("position",): S.IN_SYNC}
    assert states({"position": {}}, {"position": None}, None) == {("position",): S.CONFLICT}


@pytest.mark.parametrize(
    ("pointer", "declared", "server", "state"),
    [
        (("webhook_url",), "https://b", "https://a", S.UPDATE),
        (("webhook_url",), "https://a", "https://a", S.IN_SYNC),
        (("call_retry_config", "timezone"), "Europe/Kiev", "Europe/Kyiv", S.IN_SYNC),
        (("call_retry_config", "timezone"), "Europe/Paris", "Europe/Kyiv", S.UPDATE),
    ],
)
def test_what_was_a_secret_and_is_none_any_more(
    pointer: tuple[str, ...], declared: str, server: str, state: LeafState
) -> None:
    """There is no digest of it, so the file wins, unless both mean the same."""
    mine, theirs = ({pointer[0]: value if len(pointer) == 1 else {pointer[1]: value}} for value in (declared, server))
    (found,) = compare(mine, theirs, LockEntry("asst_1", "A", {pointer: None}), ROOT)
    assert (found.pointer, found.state, found.sensitive) == (pointer, state, True)


def test_keys_that_no_contract_knows_are_not_shown() -> None:
    tool = {"name": "t", "url": "https://a"}
    (found,) = compare({"custom_tools": [tool]}, {"custom_tools": [tool | {"later": 1}]}, None, ROOT)
    assert (found.state, found.server) == (S.IN_SYNC, [tool])


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


def faq(*pairs: tuple[str, Any], **marks: Any) -> dict[str, Any]:
    return {"faq_items": [{"question": question, "answer": answer} | marks for question, answer in pairs]}


SAID = Secret("said", "ANSWER")
ANSWERED = LockEntry(
    "asst_1",
    "A",
    confirmed(faq(("q", SAID)), faq(("q", SAID))),
    secrets=frozenset(listed_secrets(faq(("q", SAID)), ROOT)),
)


@pytest.mark.parametrize(
    ("declared", "server", "state"),
    [
        (faq(("q", "open")), faq(("q", "said")), S.UPDATE),
        (faq(("q", "open")), faq(("r", "said")), S.CONFLICT),
    ],
)
def test_a_list_in_which_there_was_a_secret(declared: Any, server: Any, state: LeafState) -> None:
    """Its digest was made while the secret was known to be one; whatever may be the secret is not shown."""
    (found,) = compare(declared, server, ANSWERED, ROOT)
    assert (found.state, "said" in repr(found.server)) == (state, False)


def test_a_question_that_was_a_callers_when_the_lock_was_written() -> None:
    asked = faq(("r", ""), source="ai")["faq_items"]
    server = {"faq_items": [*faq(("q", "a"))["faq_items"], *asked]}
    assert states(faq(("q", "a"), ("r", "x")), server, entry(faq(("q", "a")), faq(("q", "a")))) == {
        ("faq_items",): S.UPDATE
    }


def test_a_mapping_that_the_server_put_in_for_null_is_no_edit() -> None:
    known = entry({"voice": None}, {"voice": VOICE})
    assert touched({"voice": VOICE}, known, ROOT).edited == ()
    assert touched({"voice": VOICE | {"id": "w"}}, known, ROOT).edited == (("voice",),)


def test_a_token_says_nothing_of_a_removed_leaf_that_lists_leave_out() -> None:
    known = LockEntry("asst_1", "A", {}, tokens=Tokens("t1"))
    for pointer, token in ((("faq_items",), None), (("sms_template",), "t1"), (("zz",), "t1")):
        look = removed_look(pointer, "x", ROOT.at(pointer, {}), known, "t1")
        assert (look.token, look.moved) == (token, token is None)
    assert removed_look(("zz",), "x", None, known, "t2").moved


def test_what_was_touched_follows_the_schema() -> None:
    fields = [key for key, node in ROOT.properties.items() if not node.read_only]
    for record, expected in ((Confirmed("1", "1"), "edited"), (UNSEEN, "unseen")):
        found = touched({}, LockEntry("asst_1", "A", {(key,): record for key in sorted(fields)}), ROOT)
        assert getattr(found, expected) == tuple((key,) for key in fields)


def test_server_grown_entries_are_no_difference() -> None:
    declared = {"faq_items": [{"question": "Price?", "answer": "5"}]}
    server = {"faq_items": [{"question": "Open?", "answer": "", "source": "ai"}, *declared["faq_items"]]}
    (found,) = compare(declared, server, entry(declared, declared), ROOT)
    assert (found.state, found.server) == (S.IN_SYNC, declared["faq_items"])
    drifted = {"faq_items": [{"question": "Price?", "answer": "6"}, *server["faq_items"][:1]]}
    assert states(declared, drifted, entry(declared, server)) == {("faq_items",): S.DRIFT}


@pytest.mark.parametrize(
    ("server", "locked", "state"),
    [
        ("https://a", True, S.IN_SYNC),
        ("https://b", True, S.UPDATE),
        (None, True, S.UPDATE),
        ("***", True, S.UNCOMPARABLE),
        ("***", False, S.UPDATE),
        (None, False, S.UPDATE),
        ("***", None, S.UNCOMPARABLE),
        ("https://b", None, S.CONFLICT),
        (None, None, S.CONFLICT),
    ],
)
def test_a_secret_from_the_environment(server: Any, locked: Any, state: LeafState) -> None:
    declared: dict[str, Any] = {"webhook_url": Secret("https://a", "HOOK")}
    known = None if locked is None else entry(declared if locked else {}, {})
    (found,) = compare(declared, {"webhook_url": server}, known, ROOT)
    assert (found.state, found.sensitive) == (state, True)
    assert server is None or isinstance(found.server, Secret)


@pytest.mark.parametrize(
    ("key", "locked", "state"),
    [
        ("k", True, S.IN_SYNC),
        ("other", True, S.UPDATE),
        ("sk-***", True, S.UNCOMPARABLE),
        (None, True, S.UNCOMPARABLE),
        (None, False, S.UPDATE),
    ],
)
def test_a_secret_the_schema_marks(key: Any, locked: bool, state: LeafState) -> None:  # noqa: FBT001 — a column
    declared = wrap_schema_secrets({"llm_model": {"type": "custom", "api_key": "k"}}, ROOT)
    known = entry(declared if locked else {}, declared)
    server = wrap_schema_secrets({"llm_model": {"type": "custom", "api_key": key}}, ROOT)
    assert states(declared, server, known)["llm_model", "api_key"] is state


def test_secrets_in_a_list_that_the_server_keeps_in_a_form_of_its_own() -> None:
    def tools(secret: str, url: str) -> Any:
        return wrap_schema_secrets(
            {"custom_tools": [{"name": "t", "url": url, "headers": [{"key": "A", "value": secret}]}]}, ROOT
        )

    declared, kept = tools("v", "https://a"), tools("v", "https://a/kept")
    assert states(declared, kept, entry(declared, kept)) == {("custom_tools",): S.ACCEPTED}
    assert states(declared, tools("w", "https://a/kept"), entry(declared, kept)) == {("custom_tools",): S.UPDATE}


@pytest.mark.parametrize(
    ("value", "url", "state"),
    [
        ("v", "https://a", S.IN_SYNC),
        ("***", "https://a", S.UNCOMPARABLE),
        (None, "https://a", S.UNCOMPARABLE),
        ("w", "https://a", S.UPDATE),
        ("w", "https://b", S.DRIFT),
        ("***", "https://b", S.DRIFT),
    ],
)
def test_secrets_inside_a_list(value: Any, url: str, state: LeafState) -> None:
    def tools(secret: Any, url: str) -> Any:
        headers = [{"key": "Authorization", "value": secret}]
        return wrap_schema_secrets({"custom_tools": [{"name": "t", "url": url, "headers": headers}]}, ROOT)

    declared = tools("v", "https://a")
    assert states(declared, tools(value, url), entry(declared, declared)) == {("custom_tools",): state}


def test_a_secret_has_no_digest() -> None:
    declared = wrap_schema_secrets({"webhook_url": Secret("a"), "llm_model": {"type": "custom", "api_key": "k"}}, ROOT)
    digests = confirmed(declared, {"webhook_url": "a"})
    assert digests["webhook_url",] is None
    assert digests["llm_model", "api_key"] is None
    assert digests["llm_model", "type"] is not None


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


def test_the_servers_spelling_of_what_was_sent_is_accepted() -> None:
    sent = Sent((place_form("a  b", ROOT.child("sms_template")),), ABSENT, None, answered=False)
    known = LockEntry("asst_1", "A", {("sms_template",): sent})
    assert states({"sms_template": "a  b"}, {"sms_template": "a b"}, known) == {("sms_template",): S.ACCEPTED}
    assert states({"sms_template": "c"}, {"sms_template": "a b"}, known) == {("sms_template",): S.UPDATE}


UNSEEN = Sent(("1" * 32,), "2" * 32, None, answered=False)


@pytest.mark.parametrize(
    ("state", "record", "unsettled"),
    [
        (S.UPDATE, UNSEEN, True),
        (S.UPDATE, Confirmed(None, "1" * 32), True),
        (S.UPDATE, Confirmed("1" * 32, "1" * 32), False),
        (S.UPDATE, None, False),
        (S.CONFLICT, UNSEEN, False),
        (S.DRIFT, Confirmed(None, "1" * 32), False),
    ],
)
def test_what_was_sent_and_is_not_known_to_have_arrived(
    state: LeafState, record: LeafRecord | None, *, unsettled: bool
) -> None:
    leaf = LeafComparison(("voice", "speed"), state, 1, 2, sensitive=False, node=None, record=record)
    assert (leaf.is_unsettled, leaf.path) == (unsettled, "voice.speed")


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
