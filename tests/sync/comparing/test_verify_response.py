"""What the answer to a write says of each leaf, and what the lock remembers of it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.applying.write_outcome import sent_leaves
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.forms import form_digest
from revox_sync.sync.comparing.leaf_rules import UNSET, LeafState, token_of
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.secrets import listed_secrets, wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare, place_form
from revox_sync.sync.comparing.verify_response import SentWrite, VerifiedResponse, entry_in_sync, verify_response
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent, Tokens
from revox_sync.sync.model.remote import Remote
from revox_sync.values.pointer import Pointer, value_at
from revox_sync.values.secret import Secret
from tests.strategies import assistants
from tests.sync.records import confirmed

NODE = assistant_node()
VOICE = {"provider": "cartesia", "id": "v1", "speed": 1.1}
NOTHING: frozenset[Pointer] = frozenset()
HOOK = Secret("https://a", "HOOK")


def write(
    declared: Mapping[str, Any],
    before: Mapping[str, Any],
    body: Mapping[str, Any] | None = None,
    former: LockEntry | None = None,
    **fields: Any,
) -> SentWrite:
    """A request; what is sent is what is declared unless another body is given."""
    body = declared if body is None else body
    sent = SentWrite(
        declared=declared,
        body=body,
        before=before,
        leaves=sent_leaves(declared, former, before, {**before, **body}, body),
        token=token_of(before),
        former=former,
    )
    return replace(sent, **fields)


def answer(value: Mapping[str, Any]) -> Remote:
    return Remote("asst_1", "A", dict(value))


def locked(declared: Mapping[str, Any], server: Mapping[str, Any] | None = None, **fields: Any) -> LockEntry:
    """A lock entry from when `declared` was applied and seen."""
    entry = LockEntry("asst_1", "A", confirmed(declared, declared if server is None else server))
    return replace(entry, **fields)


def form(pointer: Pointer, value: Any) -> str:
    return place_form(value, NODE.at(pointer, {}))


def seen(pointer: Pointer, declared: Any, server: Any, previous: Any = None) -> Confirmed:
    """The record of a leaf that was seen; `previous` is a form digest."""
    place = NODE.at(pointer, {})
    return Confirmed(None if declared is None else value_digest(declared, place), value_digest(server, place), previous)


@pytest.mark.parametrize(
    ("declared", "before", "after", "dropped", "replaced", "respelled"),
    [
        ({"prompt": "b"}, {"prompt": "a"}, {"prompt": "b"}, [], [], []),
        ({"prompt": "b\n"}, {"prompt": "a"}, {"prompt": "b"}, [], [], []),
        ({"prompt": "b  c"}, {"prompt": "a"}, {"prompt": "b c"}, [], [], [("prompt",)]),
        ({"prompt": "b"}, {"prompt": "a"}, {"prompt": "B"}, [], [("prompt",)], []),
        ({"prompt": "b"}, {"prompt": "a"}, {"prompt": "a"}, [("prompt",)], [], []),
        ({"prompt": "A"}, {"prompt": "a"}, {"prompt": "a"}, [("prompt",)], [], []),
        ({"prompt": " a  b"}, {"prompt": "a b"}, {"prompt": "a b"}, [], [], [("prompt",)]),
        ({"first_sentence": "b"}, {}, {"first_sentence": None}, [("first_sentence",)], [], []),
        ({"first_sentence": "b"}, {}, {}, [("first_sentence",)], [], []),
        ({"first_sentence": "b"}, {"first_sentence": "a"}, {"first_sentence": None}, [], [("first_sentence",)], []),
        ({"voicemail_message": None}, {"voicemail_message": "a"}, {"voicemail_message": None}, [], [], []),
        (
            {"voicemail_message": None},
            {"voicemail_message": "a"},
            {"voicemail_message": "a"},
            [("voicemail_message",)],
            [],
            [],
        ),
        (
            {"voice": VOICE},
            {"voice": VOICE | {"speed": 1}},
            {"voice": VOICE | {"speed": 1.0}},
            [("voice", "speed")],
            [],
            [],
        ),
        ({"voice": VOICE}, {}, {"voice": VOICE | {"speed": 1.2}}, [], [("voice", "speed")], []),
        ({"voice": VOICE}, {}, {"voice": VOICE | {"speed": 1.1000000238418579}}, [], [], [("voice", "speed")]),
        # another boolean, number, enumerated value, or the default: no form of what was sent
        ({"sms_enabled": True}, {}, {"sms_enabled": False}, [("sms_enabled",)], [], []),
        ({"sms_enabled": True}, {"sms_enabled": False}, {"sms_enabled": False}, [("sms_enabled",)], [], []),
        ({"max_call_duration_secs": 60}, {}, {"max_call_duration_secs": 600}, [("max_call_duration_secs",)], [], []),
        ({"max_call_duration_secs": 60}, {}, {"max_call_duration_secs": 61}, [], [("max_call_duration_secs",)], []),
        (
            {"first_sentence_mode": "static"},
            {"first_sentence_mode": "static"},
            {"first_sentence_mode": "generated"},
            [],
            [("first_sentence_mode",)],
            [],
        ),
        # each format has its own forms
        ({"name": "Anna"}, {"name": "Bea"}, {"name": "anna"}, [], [], [("name",)]),
        (
            {"from_phone_number": "+33 199001200"},
            {},
            {"from_phone_number": "+33199001200"},
            [],
            [],
            [("from_phone_number",)],
        ),
        ({"logo_url": "https://X.com"}, {}, {"logo_url": "https://x.com/"}, [], [], [("logo_url",)]),
        ({"logo_url": "https://x.com/a"}, {}, {"logo_url": "https://x.com/b"}, [], [("logo_url",)], []),
        (
            {"call_retry_config": {"timezone": "Europe/Kiev"}},
            {},
            {"call_retry_config": {"timezone": "Europe/Kyiv"}},
            [],
            [],
            [("call_retry_config", "timezone")],
        ),
        ({"custom_tools": []}, {"custom_tools": [{"name": "t"}]}, {"custom_tools": []}, [], [], []),
        ({"custom_tools": []}, {"custom_tools": [{"name": "t"}]}, {"custom_tools": None}, [], [], [("custom_tools",)]),
        ({"custom_tools": []}, {"custom_tools": [{"name": "t"}]}, {}, [], [], [("custom_tools",)]),
        ({"webhook_url": HOOK}, {}, {"webhook_url": "https://a"}, [], [], []),
        ({"webhook_url": HOOK}, {}, {"webhook_url": "****"}, [], [], []),
        ({"webhook_url": HOOK}, {"webhook_url": "https://b"}, {"webhook_url": "https://b"}, [("webhook_url",)], [], []),
    ],
)
def test_every_sent_leaf_is_judged(  # noqa: PLR0917 — columns of the table
    declared: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    dropped: list[Pointer],
    replaced: list[Pointer],
    respelled: list[Pointer],
) -> None:
    back = verify_response(write(declared, before), answer(after))
    assert (list(back.dropped), list(back.replaced), list(back.respelled)) == (dropped, replaced, respelled)


PROMPT = ("prompt",)
STORED = {"name": "A", "prompt": "a", "updated_at": "t1"}


def changed(former: LockEntry | None = None, **fields: Any) -> SentWrite:
    """A request that changes the prompt from a to b."""
    return write({"name": "A", "prompt": "b"}, STORED, {"prompt": "b"}, former, **fields)


def record(back: VerifiedResponse, pointer: Pointer = PROMPT) -> LeafRecord | None:
    return back.entry.leaves[pointer]


@pytest.mark.parametrize("former", [None, locked({"name": "A", "prompt": "a"})])
def test_what_an_own_answer_leaves_in_the_lock(former: LockEntry | None) -> None:
    sent = changed(former)
    before = form(PROMPT, "a")
    assert record(verify_response(sent, answer(STORED | {"prompt": "b"}))) == seen(PROMPT, "b", "b", before)
    assert record(verify_response(sent, answer(STORED | {"prompt": " b"}))) == seen(PROMPT, "b", " b", before)
    for later in ("t2", None):
        assert record(verify_response(sent, answer(STORED | {"updated_at": later}))) == seen(PROMPT, None, "a")
    # An answer with the token from before: perhaps it is done later.
    assert record(verify_response(sent, answer(STORED))) == Sent((form(PROMPT, "b"),), before, "t1", answered=False)
    assert record(verify_response(sent, answer(STORED | {"prompt": "c"}))) == Sent(
        (form(PROMPT, "b"),), before, "t1", answered=True
    )


def test_what_was_dropped_is_an_update_again_and_again() -> None:
    entry = verify_response(changed(), answer(STORED | {"updated_at": "t2"})).entry
    for token in ("t2", "t3"):
        leaves = compare({"name": "A", "prompt": "b"}, STORED | {"updated_at": token}, entry, NODE)
        assert [leaf.state for leaf in leaves] == [LeafState.IN_SYNC, LeafState.UPDATE]
    edited = compare({"name": "A", "prompt": "b"}, STORED | {"prompt": "c"}, entry, NODE)
    assert [leaf.state for leaf in edited] == [LeafState.IN_SYNC, LeafState.CONFLICT]


def test_what_was_replaced_is_a_conflict_until_somebody_decides() -> None:
    after = STORED | {"prompt": "c", "updated_at": "t2"}
    entry = verify_response(changed(), answer(after)).entry
    assert [leaf.state for leaf in compare({"name": "A", "prompt": "b"}, after, entry, NODE)][1] is LeafState.CONFLICT


FAQ = [{"question": "q", "answer": "a"}]
OTHER_FAQ = [{"question": "q", "answer": "other"}]

# What another look shows of `faq_items`, which the answer leaves out; whether it is what was sent.
LOOKED_UP: list[tuple[Any, bool]] = [
    (FAQ, True),
    ([{"question": "q ", "answer": "a"}], True),
    (OTHER_FAQ, False),
    ([], False),  # perhaps dropped, perhaps edited back: an own answer alone tells
    (None, False),
]


@pytest.mark.parametrize(("shown", "arrived"), LOOKED_UP)
def test_a_leaf_that_another_look_has_shown(shown: Any, *, arrived: bool) -> None:
    declared = {"name": "A", "faq_items": FAQ}
    sent = write(declared, {"name": "A", "faq_items": [], "updated_at": "t1"}, {"faq_items": FAQ})
    after = {"name": "A", "faq_items": shown, "updated_at": "t2"}
    back = verify_response(sent, answer(after), looked_up={"faq_items"})
    assert [*back.dropped, *back.replaced] == ([] if arrived else [("faq_items",)])
    found = record(back, ("faq_items",))
    if arrived:
        assert isinstance(found, Confirmed)
        assert (found.declared, found.previous) == (seen(("faq_items",), FAQ, FAQ).declared, UNSET)
    else:
        assert found == Sent((form(("faq_items",), FAQ),), UNSET, "t1", answered=True)


def test_a_leaf_that_nobody_has_shown() -> None:
    declared = {"name": "A", "faq_items": FAQ}
    sent = write(declared, {"name": "A", "faq_items": OTHER_FAQ, "updated_at": "t1"}, {"faq_items": FAQ})
    back = verify_response(sent, answer({"name": "A"}), unread={"faq_items"})
    assert (back.dropped, back.replaced, back.respelled, back.lost) == ((), (), (), ())
    expected = Sent((form(("faq_items",), FAQ),), form(("faq_items",), OTHER_FAQ), "t1", answered=True)
    assert record(back, ("faq_items",)) == expected
    edited = {"name": "A", "faq_items": [{"question": "q", "answer": "edited"}]}
    assert compare(declared, edited, back.entry, NODE)[1].state is LeafState.CONFLICT


def test_what_was_unseen_before_is_united_with_what_nobody_has_shown_now() -> None:
    earlier = Sent((form(PROMPT, "z"),), form(PROMPT, "y"), "t0", answered=False)
    former = locked({"name": "A"}, leaves={PROMPT: earlier})
    shown = record(verify_response(changed(former), answer({"name": "A"}), unread={"prompt"}))
    assert shown == Sent((form(PROMPT, "z"), form(PROMPT, "b")), form(PROMPT, "a"), "t1", answered=True)


def test_what_was_not_sent_is_not_judged() -> None:
    declared, stored = {"prompt": "b", "voice": VOICE}, {"prompt": "a", "voice": VOICE | {"speed": 1.0}}
    sent = write(declared, stored, {"voice": VOICE})
    assert verify_response(sent, answer(stored)).dropped == (("voice", "speed"),)
    kept = replace(sent, keep=frozenset({("voice", "speed")}))
    assert verify_response(kept, answer(stored)).dropped == ()


def test_an_edit_beside_what_was_sent_is_drift() -> None:
    """What was not sent is remembered as it was looked at before the request."""
    declared = {"name": "A", "prompt": "b", "sms_template": "x"}
    former = locked({"name": "A", "prompt": "a", "sms_template": "x"})
    sent = write(declared, STORED | {"sms_template": "x"}, {"prompt": "b"}, former)
    after = {"name": "A", "prompt": "b", "sms_template": "edited", "updated_at": "t2"}
    entry = verify_response(sent, answer(after)).entry
    assert entry.leaves["sms_template",] == former.leaves["sms_template",]
    assert [leaf.state for leaf in compare(declared, after, entry, NODE)] == [
        LeafState.IN_SYNC,
        LeafState.IN_SYNC,
        LeafState.DRIFT,
    ]


def test_a_leaf_that_was_not_sent_and_not_seen_stays_so() -> None:
    unseen = Sent((form(("sms_template",), "x"),), form(("sms_template",), "w"), "t0", answered=False)
    former = locked({"name": "A", "prompt": "a"}, leaves={("sms_template",): unseen})
    declared = {"name": "A", "prompt": "b", "sms_template": "w"}
    sent = write(declared, STORED | {"sms_template": "w"}, {"prompt": "b"}, former)
    back = verify_response(sent, answer(STORED | {"prompt": "b", "sms_template": "w"}))
    assert record(back, ("sms_template",)) == unseen, "what was sent may still come, so f = v = before proves nothing"
    arrived = write(declared | {"sms_template": "x"}, STORED | {"sms_template": "x"}, {"prompt": "b"}, former)
    back = verify_response(arrived, answer(STORED | {"prompt": "b", "sms_template": "x"}))
    assert isinstance(record(back, ("sms_template",)), Confirmed)


def test_a_kept_leaf_loses_the_value_before_our_write() -> None:
    pointer = ("voice", "speed")
    known = locked({"voice": VOICE})
    leaves = {**known.leaves, pointer: seen(pointer, 1.1, 1.1, form(pointer, 1.0))}
    former = replace(known, leaves=leaves)
    declared, stored = {"voice": VOICE | {"id": "v2"}}, {"voice": VOICE | {"speed": 1.3}}
    sent = write(declared, stored, {"voice": VOICE | {"id": "v2", "speed": 1.3}}, former, keep=frozenset({pointer}))
    back = verify_response(sent, answer({"voice": VOICE | {"id": "v2", "speed": 1.3}}))
    assert record(back, pointer) == seen(pointer, 1.1, 1.1)
    after = compare(declared, {"voice": VOICE | {"id": "v2", "speed": 1.3}}, back.entry, NODE)
    assert {leaf.pointer for leaf in after if leaf.state is LeafState.DRIFT} == {pointer}, (
        "shown again by the next plan"
    )


GONE = ("voice", "speed")
BARE = {"provider": "cartesia", "id": "v1"}


def without_speed(**fields: Any) -> SentWrite:
    """A request that leaves `voice.speed` out, which the file no longer has."""
    former = locked({"name": "A", "voice": VOICE})
    stored = {"name": "A", "voice": VOICE, "updated_at": "t1"}
    return write({"name": "A", "voice": BARE}, stored, {"voice": BARE}, former, **fields)


def test_a_key_that_went_leaves_the_lock() -> None:
    back = verify_response(without_speed(), answer({"name": "A", "voice": BARE}))
    assert (back.not_unset, GONE in back.entry.leaves) == ((), False)
    null = verify_response(without_speed(), answer({"name": "A", "voice": BARE | {"speed": None}}))
    assert (null.not_unset, GONE in null.entry.leaves) == ((), False)


def test_a_key_that_the_server_has_kept_stays_in_the_lock() -> None:
    sent = without_speed()
    back = verify_response(sent, answer({"name": "A", "voice": VOICE}))
    assert (back.not_unset, back.dropped, back.replaced) == ((GONE,), (), ())
    assert sent.former is not None
    assert record(back, GONE) == sent.former.leaves[GONE]
    states = {leaf.pointer: leaf.state for leaf in compare(sent.declared, {"voice": VOICE}, back.entry, NODE)}
    assert states[GONE] is LeafState.REMOVED, "the next plan sends it again"


def test_a_key_in_which_the_server_has_put_something_else() -> None:
    back = verify_response(without_speed(), answer({"name": "A", "voice": VOICE | {"speed": 1.0}}))
    assert back.not_unset == (GONE,)
    assert record(back, GONE) == Sent(("absent",), form(GONE, 1.1), "t1", answered=True)


def test_a_key_of_which_nobody_has_shown_that_it_went() -> None:
    back = verify_response(without_speed(), answer({"name": "A"}), unread={"voice"})
    assert back.not_unset == ()
    assert record(back, GONE) == Sent(("absent",), form(GONE, 1.1), "t1", answered=True)


# What is sent beside what the file declares; what the answer holds of it; what is lost.
LOST: list[tuple[dict[str, Any], dict[str, Any], list[Pointer]]] = [
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE | {"volume": 0.8}}, []),
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE}, [("voice", "volume")]),
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE | {"volume": None}}, [("voice", "volume")]),
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE | {"volume": 1.0}}, []),
    ({"voice": VOICE | {"volume": None}}, {"voice": VOICE}, []),
    ({"voice": VOICE | {"of_a_later_version": 1}}, {"voice": VOICE}, [("voice", "of_a_later_version")]),
    ({"voice": VOICE | {"later": ["a", "b"]}}, {"voice": VOICE}, [("voice", "later")]),
    (
        {"voice": VOICE | {"later": {"a": 1, "b": [2]}}},
        {"voice": VOICE},
        [("voice", "later", "a"), ("voice", "later", "b")],
    ),
    ({"voice": VOICE | {"later": [], "other": {}}}, {"voice": VOICE}, []),
]


@pytest.mark.parametrize(("body", "after", "lost"), LOST)
def test_what_was_carried_over_and_is_gone_is_told(
    body: dict[str, Any], after: dict[str, Any], lost: list[Pointer]
) -> None:
    back = verify_response(write({"voice": VOICE}, body, body), answer(after))
    assert list(back.lost) == lost
    assert back.dropped == back.replaced == ()
    assert set(back.entry.leaves) == {("voice", key) for key in VOICE}, "what is carried over has no state"


def test_what_nobody_has_shown_is_not_lost() -> None:
    sent = write({"voice": BARE}, {"voice": VOICE}, {"voice": VOICE})
    assert verify_response(sent, answer({"voice": BARE})).lost == (GONE,)
    assert verify_response(sent, answer({}), unread={"voice"}).lost == ()
    both = verify_response(sent, answer({"voice": {"provider": "cartesia"}}))
    assert (both.lost, both.dropped, both.replaced) == ((GONE,), (), (("voice", "id"),))


def test_what_the_file_declares_is_dropped_and_not_lost() -> None:
    back = verify_response(write({"voice": VOICE}, {}, {"voice": VOICE}), answer({"voice": BARE}))
    assert (back.dropped, back.lost) == ((GONE,), ())


def test_tokens_of_both_looks_are_remembered() -> None:
    former = locked({"name": "A", "prompt": "a"}, tokens=Tokens("t0"))
    back = verify_response(changed(former), answer(STORED | {"prompt": "b", "updated_at": "t2"}))
    assert back.entry.tokens == Tokens("t2", ("t1", "t0"))
    bare = verify_response(write({"name": "A"}, {}), answer({"name": "A", "updated_at": "t1"}))
    assert bare.entry.tokens == Tokens("t1")


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(assistants())
def test_an_entry_makes_its_assistant_in_sync(document: dict[str, Any]) -> None:
    declared = wrap_schema_secrets(document, NODE)
    entry = entry_in_sync(declared, Remote("asst_1", document["name"], declared), None)
    assert (entry.id, entry.name) == ("asst_1", document["name"])
    assert {each.state for each in compare(declared, declared, entry, NODE)} <= {LeafState.IN_SYNC}


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(assistants(), assistants())
def test_what_came_back_as_it_was_sent_is_kept(document: dict[str, Any], stored: dict[str, Any]) -> None:
    declared, before = wrap_schema_secrets(document, NODE), wrap_schema_secrets(stored, NODE)
    back = verify_response(write(declared, before), answer({**before, **declared}))
    assert (back.dropped, back.replaced, back.not_unset, back.respelled, back.lost) == ((), (), (), (), ())
    assert back.entry.unseen == frozenset()
    assert {each.state for each in compare(declared, {**before, **declared}, back.entry, NODE)} <= {LeafState.IN_SYNC}


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(assistants(), assistants())
def test_each_leaf_is_kept_dropped_or_replaced(document: dict[str, Any], stored: dict[str, Any]) -> None:
    """With a server that ignores everything, each leaf that was to change is found out, and will be sent again."""
    declared, before = wrap_schema_secrets(document, NODE), wrap_schema_secrets(stored, NODE)
    sent = write(declared, before)
    back = verify_response(sent, answer(before))
    same = {leaf.pointer for leaf in compare(declared, before, None, NODE) if leaf.state is LeafState.IN_SYNC}
    changing = {pointer for pointer, pair in sent.leaves.items() if pair.sent != pair.before and pointer not in same}
    found = {*back.dropped, *back.replaced}
    assert {pointer for pointer in found if pointer in sent.leaves} == changing
    for pointer in changing:
        kept = record(back, pointer)
        assert isinstance(kept, Confirmed)
        assert kept.declared is None, "an update on each run"


def test_kept_leaves_keep_what_the_lock_knows() -> None:
    first = entry_in_sync({"name": "A", "prompt": "a"}, answer({"name": "A", "prompt": "a"}), None)
    declared = {"name": "A", "prompt": "b", "first_sentence": "new"}
    unsettled = frozenset({("prompt",), ("first_sentence",)})
    entry = entry_in_sync(declared, answer({"name": "A", "prompt": "a"}), first, unsettled)
    assert entry.leaves == first.leaves


def test_kept_leaves_lose_the_value_before_our_write() -> None:
    """Else a value that we had before, and that is kept, would be a conflict for ever after our own next write."""
    prompt = seen(PROMPT, "b", "b", form(PROMPT, "a"))
    former = locked({"name": "A"}, leaves={PROMPT: prompt})
    entry = entry_in_sync({"name": "A", "prompt": "b"}, answer(STORED), former, frozenset({PROMPT}))
    assert entry.leaves[PROMPT] == seen(PROMPT, "b", "b")
    assert (
        entry_in_sync({"name": "A", "prompt": "b"}, answer(STORED | {"prompt": "b"}), former).leaves[PROMPT] == prompt
    )


UNSEEN = Sent((form(PROMPT, "b"),), form(PROMPT, "a"), "t0", answered=False)


@pytest.mark.parametrize(("value", "settled"), [("b", True), (" b", True), ("c", True), ("a", False)])
@pytest.mark.parametrize("answered", [True, False])
def test_what_was_unseen_stays_so_where_file_and_server_are_as_before(
    value: str, *, settled: bool, answered: bool
) -> None:
    unseen = UNSEEN._replace(answered=answered)
    former = locked({"name": "A"}, leaves={PROMPT: unseen})
    entry = entry_in_sync({"name": "A", "prompt": value}, answer(STORED | {"prompt": value}), former)
    assert entry.leaves[PROMPT] == (seen(PROMPT, value, value) if settled else unseen)


def test_reading_alone_never_changes_the_lock() -> None:
    former = entry_in_sync({"name": "A", "prompt": "a"}, answer(STORED), None)
    assert former.tokens == Tokens("t1")
    later = answer(STORED | {"updated_at": "t2"})
    assert entry_in_sync({"name": "A", "prompt": "a"}, later, former) == former
    changed_too = entry_in_sync(
        {"name": "A", "prompt": "b"}, answer(STORED | {"prompt": "b", "updated_at": "t2"}), former
    )
    assert changed_too.tokens == Tokens("t2", ("t1",))


def test_secrets_have_no_digest() -> None:
    declared = {"name": "A", "webhook_url": HOOK}
    shown = answer({"name": "A", "webhook_url": "https://a"})
    assert entry_in_sync(declared, shown, None).leaves["webhook_url",] is None
    assert verify_response(write(declared, {}), shown).entry.leaves["webhook_url",] is None
    unread = verify_response(write(declared, {}), answer({"name": "A"}), unread={"webhook_url"})
    assert unread.entry.leaves["webhook_url",] is None, "a secret has a place, and is never sent and not seen"


TOOLS = [{"name": "t", "headers": [{"key": "a", "value": Secret("s", "S")}]}]
HIDDEN = [{"name": "t", "url": Secret("https://s", "S")}]


@pytest.mark.parametrize("tools", [TOOLS, HIDDEN])
def test_a_list_with_a_secret_is_never_sent_and_not_seen(tools: list[dict[str, Any]]) -> None:
    declared = {"name": "A", "custom_tools": tools}
    sent = write(declared, {"name": "A", "custom_tools": []}, {"custom_tools": tools})
    assert ("custom_tools",) not in sent.leaves
    for unread in (set[str](), {"custom_tools"}):
        back = verify_response(sent, answer({"name": "A", "custom_tools": tools}), unread=unread)
        assert back.dropped == back.replaced == ()
        assert back.entry.unseen == frozenset()
        assert back.entry.secrets == frozenset(listed_secrets(declared, NODE))
        assert {place[-1] for place in back.entry.secrets} == ({"url"} if tools is HIDDEN else set())
    ignored = verify_response(sent, answer({"name": "A", "custom_tools": []}))
    assert ignored.dropped == (("custom_tools",),)


def test_the_place_of_a_secret_stays_until_a_look_shows_it_gone() -> None:
    model = {"type": "custom", "api_key": "k"}
    former = locked(wrap_schema_secrets({"llm_model": model, "name": "A"}, NODE))
    assert former.secret_places == {("llm_model", "api_key")}
    declared = {"name": "A", "llm_model": {"type": "dedicated-instance"}}
    stored = wrap_schema_secrets({"name": "A", "llm_model": model}, NODE)
    sent = write(declared, stored, {"llm_model": declared["llm_model"]}, former)
    gone = verify_response(sent, answer({"name": "A", "llm_model": {"type": "dedicated-instance"}}))
    assert gone.entry.secret_places == frozenset()
    unread = verify_response(sent, answer({"name": "A"}), unread={"llm_model"})
    assert unread.entry.secret_places == {("llm_model", "api_key")}


def test_a_secret_is_judged_like_before() -> None:
    """Equal, different or not comparable; what was sent of a list is in the answer, too."""
    declared = {"custom_tools": TOOLS}
    other = [{"name": "t", "headers": [{"key": "a", "value": "other"}]}]
    before = {"custom_tools": other}
    assert verify_response(write(declared, before), answer({"custom_tools": other})).dropped == (("custom_tools",),)
    masked = [{"name": "t", "headers": [{"key": "a", "value": "***"}]}]
    assert verify_response(write(declared, before), answer({"custom_tools": masked})).dropped == ()
    assert value_at({"custom_tools": TOOLS}, ("custom_tools", 0, "name")) == "t"


# What the server had, and has now, of a secret and of the address in an entry; whether it has ignored what was sent.
IGNORED: list[tuple[str, Any, Any, bool]] = [
    ("webhook_url", "https://old", "https://old", True),
    ("webhook_url", "https://old", "https://new", False),
    ("webhook_url", "https://a", "https://a", False),
    ("webhook_url", "***", "***", False),
    ("custom_tools", ("***", "https://u"), None, True),
    ("custom_tools", ("***", "https://u"), ("***", "https://u"), True),
    ("custom_tools", ("***", "https://u"), ("***", "https://w"), False),
    ("custom_tools", ("***", "https://u"), ("***", "https://v"), False),
    ("custom_tools", ("x", "https://u"), ("y", "https://u"), False),
]


def tool(secret: Any, url: str) -> list[dict[str, Any]]:
    return [{"name": "t", "url": url, "headers": [{"key": "a", "value": secret}]}]


@pytest.mark.parametrize(("key", "was", "now", "ignored"), IGNORED)
def test_a_secret_that_the_server_has_ignored(key: str, was: Any, now: Any, *, ignored: bool) -> None:
    declared = {key: HOOK if key == "webhook_url" else tool(Secret("s", "S"), "https://v")}
    before, after = ({key: tool(*value) if isinstance(value, tuple) else value} for value in (was, now))
    former = locked({key: before[key]})
    for unread in (set[str](), {key}):
        sent = write(declared, before, declared, former, sealer=SEALER)
        back = verify_response(sent, answer(after), unread=unread)
        assert back.dropped == (((key,),) if ignored and not unread else ())
        if key == "custom_tools":
            assert (back.entry.leaves == former.leaves) is (ignored or bool(unread)), "then it has what it had"
            assert bool(back.entry.seals) is (not ignored and not unread and "***" in repr(after))


def test_a_list_in_which_one_secret_is_another_is_not_sealed() -> None:
    declared = {"custom_tools": [*tool(Secret("s"), "https://v"), {**tool(Secret("t"), "https://v")[0], "name": "u"}]}
    after = {"custom_tools": [*tool("***", "https://v"), {**tool("other", "https://v")[0], "name": "u"}]}
    assert verify_response(write(declared, {}, sealer=SEALER), answer(after)).entry.seals == {}


SEALED = ("llm_model", "api_key")
SEALER = Sealer(Secret("key"))


def model(secret: Any) -> dict[str, Any]:
    return {"llm_model": {"type": "custom", "api_key": secret}}


# What the server has before, and after a write of `new`; whether that is sealed.
@pytest.mark.parametrize(
    ("was", "now", "sealed"),
    [("***", "***", True), ("***", "new", False), ("***", "other", False), ("old", "old", False), ("old", "***", True)],
)
def test_what_the_server_masks_is_sealed(was: str, now: str, *, sealed: bool) -> None:
    declared = {"name": "A", **model(Secret("new"))}
    former = LockEntry("asst_1", "A", {SEALED: None, ("name",): None}, seals={SEALED: "former", ("name",): "no secret"})
    sent = write(declared, model(was), model(Secret("new")), former, sealer=SEALER)
    shown = answer(model(now))
    seal = SEALER.seal("asst_1", SEALED, Secret("new"), NODE.at(SEALED, {}))
    assert verify_response(sent, shown).entry.seals == ({SEALED: seal} if sealed else {})
    assert verify_response(sent, shown, unread={"llm_model"}).entry.seals == {}
    assert verify_response(replace(sent, sealer=None), shown).entry.seals == {}
    kept = {SEALED: "former"}
    assert verify_response(replace(sent, keep=frozenset({SEALED})), shown).entry.seals == kept
    assert verify_response(replace(sent, body={"name": "A"}), shown).entry.seals == kept
    assert entry_in_sync(declared, shown, former).seals == former.seals
    assert entry_in_sync({"name": "A"}, shown, former).seals == {("name",): "no secret"}


PLACE = ("custom_tools", "t", "url")


def test_places_of_secrets_stay_while_the_server_has_what_it_had() -> None:
    was = {"custom_tools": [{"name": "t", "url": "https://s"}], "name": "A", "webhook_url": "https://hook"}
    former = LockEntry("asst_1", "A", {("webhook_url",): None}, secrets=frozenset({PLACE}))
    declared = {"name": "A", "custom_tools": [{"name": "t", "url": "https://open"}]}
    sent = write(declared, was, {"custom_tools": declared["custom_tools"]}, former)
    hook = {("webhook_url",)}
    assert verify_response(sent, answer({**was, **declared})).entry.secret_places == hook, "the file has it no more"
    assert verify_response(sent, answer(was)).entry.secret_places == {PLACE, *hook}, "it was ignored"
    kept = replace(sent, keep=frozenset({("custom_tools",)}))
    assert verify_response(kept, answer({**was, **declared})).entry.secret_places == {PLACE, *hook}
    assert entry_in_sync(declared, answer(was), former).secret_places == hook
    kept_entry = entry_in_sync(declared, answer(was), former, frozenset({("custom_tools",)}))
    assert kept_entry.secret_places == {PLACE, *hook}
    hidden = {"name": "A", "custom_tools": HIDDEN}
    assert entry_in_sync(hidden, answer(was), None).secrets == frozenset(listed_secrets(hidden, NODE)) != frozenset()


def test_questions_of_callers_are_remembered_while_they_are_there() -> None:
    asked = {"question": "r", "answer": "", "id": "2"}
    faq = {"faq_items": [*FAQ, asked]}
    place = NODE.at(("faq_items",), {})
    assert place is not None
    memory = {("faq_items",): frozenset({value_digest(asked, place.element)})}
    declared = {"name": "A", "faq_items": FAQ}
    former = locked(declared, appended=memory)
    assert entry_in_sync(declared, answer(faq), former).appended == memory
    sent = write(declared, faq, {"name": "A"}, former, appended=memory)
    assert verify_response(sent, answer(faq)).entry.appended == memory
    assert entry_in_sync(declared, answer({"faq_items": FAQ}), former).appended == {}


def test_a_question_that_the_file_has_taken_over_is_kept() -> None:
    """Its mark says that a caller asked it, but the file declares it."""
    asked = {"question": "r", "answer": "x"}
    sent = write({"faq_items": [*FAQ, asked]}, {"faq_items": FAQ})
    back = verify_response(sent, answer({"faq_items": [*FAQ, {**asked, "source": "ai"}]}))
    assert (back.dropped, back.replaced) == ((), ())


def test_what_the_server_puts_in_for_null_on_a_create_is_no_drift_later() -> None:
    limit = ("max_call_duration_secs",)
    sent = write({"name": "A", "max_call_duration_secs": None}, {}, {"name": "A"})
    back = verify_response(sent, answer({"name": "A", "max_call_duration_secs": 600}))
    assert back.entry.leaves[limit] == Confirmed(
        value_digest(None, NODE.at(limit, {})), value_digest(600, NODE.at(limit, {}))
    )


def test_a_null_that_the_server_has_ignored_is_dropped() -> None:
    before = {"first_sentence": "x", "updated_at": "t1"}
    sent = write({"first_sentence": None}, before, former=locked({"first_sentence": "x"}))
    back = verify_response(sent, answer(before | {"updated_at": "t2"}))
    assert (back.dropped, back.not_unset) == ((("first_sentence",),), ())


def test_the_name_is_the_files() -> None:
    shown = Remote("asst_1", "a", {"name": "a"})
    assert verify_response(write({"name": "A"}, {}), shown).entry.name == "A"
    assert verify_response(write({"prompt": "x"}, {}), shown).entry.name == "a", "a snapshot may leave it as it is"


def test_a_key_that_may_yet_go_is_no_known_value() -> None:
    """The answer has the token from before: the request may be carried out later, and the key be put back then."""
    sent = without_speed()
    back = verify_response(sent, answer({"name": "A", "voice": VOICE, "updated_at": "t1"}))
    assert back.not_unset == (GONE,)
    assert record(back, GONE) == Sent(("absent",), form(GONE, 1.1), "t1", answered=False)
    for token, state in (("t1", LeafState.REMOVED), ("t3", LeafState.CONFLICT)):
        server = {"voice": VOICE, "updated_at": token}
        states = {leaf.pointer: leaf.state for leaf in compare(sent.declared, server, back.entry, NODE)}
        assert states[GONE] is state


def test_a_leaf_that_came_back_as_sent_is_digested_once() -> None:
    """An apply spends most of its time on digests, so what is equal to the letter gets no other."""
    declared = {"prompt": "a", "voice": VOICE, "tools": [{"type": "end_call"}], "voicemail_message": "b"}
    sent, digested = write(declared, {}), []

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in {value_digest.__code__, form_digest.__code__}:
            digested.append(frame.f_locals["value"])

    sys.setprofile(watch)
    try:
        verify_response(sent, answer(declared))
    finally:
        sys.setprofile(None)
    assert digested == ["a", *VOICE.values(), declared["tools"], "b"]
