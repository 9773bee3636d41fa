"""What the answer to a write says of each leaf, and what the lock remembers of it."""

from __future__ import annotations

from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.forms import form_digest
from revox_sync.sync.comparing.leaf_rules import UNSET, LeafState
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import entry_in_sync, verify_response
from revox_sync.sync.model.lock import Confirmed, LockEntry, Sent, Tokens
from revox_sync.sync.model.remote import Remote
from revox_sync.values.pointer import Pointer
from tests.call_counts import watched
from tests.strategies import assistants
from tests.sync.comparing.sent_writes import (
    FAQ,
    HOOK,
    NODE,
    PROMPT,
    STORED,
    VOICE,
    answer,
    changed,
    locked,
    record,
    seen,
    write,
)
from tests.sync.records import form


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


def test_tokens_of_both_looks_are_remembered() -> None:
    former = locked({"name": "A", "prompt": "a"}, tokens=Tokens("t0"))
    back = verify_response(changed(former), answer(STORED | {"prompt": "b", "updated_at": "t2"}))
    assert back.entry.tokens == Tokens("t2", ("t1", "t0"))
    bare = verify_response(write({"name": "A"}, {}), answer({"name": "A", "updated_at": "t1"}))
    assert bare.entry.tokens == Tokens("t1")


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


def test_a_leaf_that_came_back_as_sent_is_digested_once() -> None:
    """An apply spends most of its time on digests, so what is equal to the letter gets no other."""
    declared = {"prompt": "a", "voice": VOICE, "tools": [{"type": "end_call"}], "voicemail_message": "b"}
    sent, digested = write(declared, {}), []

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in {value_digest.__code__, form_digest.__code__}:
            digested.append(frame.f_locals["value"])

    watched(lambda: verify_response(sent, answer(declared)), watch)
    assert digested == ["a", *VOICE.values(), declared["tools"], "b"]
