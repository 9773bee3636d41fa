"""After a write of which nobody has an answer: which look counts, and what the lock says then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.applying.write_outcome import (
    adopted_entry,
    entry_after_end,
    is_stale,
    judge_intent,
    secret_places,
    sent_leaves,
)
from revox_sync.sync.comparing.leaf_rules import ABSENT, UNSET, LeafState, WriteEnd
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent, Tokens
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Intent
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.sync.applying.harness import LEAF, NOW
from tests.sync.applying.intents import SPEED, VOICE, intended, looked
from tests.sync.records import confirmed, form
from tests.sync.situations import declared

NODE = assistant_node()
SMS, PROMPT = ("sms_template",), ("prompt",)
BEFORE = {"name": "a", "prompt": "p", "first_sentence": "Hello", "sms_template": "x"}
AFTER = BEFORE | {"first_sentence": "Hi", "sms_template": "y"}
FORMER = LockEntry("asst_1", "a", confirmed(BEFORE, BEFORE), tokens=Tokens("t0"))
LEAVES = sent_leaves(AFTER, FORMER, BEFORE, AFTER, ["first_sentence", "sms_template"])
PLANNED = LockEntry("asst_1", "a", confirmed(AFTER, AFTER), tokens=Tokens("t1", ("t0",)))


def unseen(pointer: Pointer, sent: Any, before: Any, *, answered: bool) -> Sent:
    return Sent((form(pointer, sent),), form(pointer, before), "t1", answered)


def seen(pointer: Pointer) -> LeafRecord:
    record = PLANNED.leaves[pointer]
    assert isinstance(record, Confirmed)
    return record._replace(previous=form(pointer, BEFORE[str(pointer[0])]))


# What the assistant holds after an update of two leaves; its token; how it ended; the records of both.
ENDS: list[tuple[dict[str, Any], str | None, WriteEnd, LeafRecord, LeafRecord]] = [
    (AFTER, "t2", WriteEnd.DONE, seen(LEAF), seen(SMS)),
    (AFTER, None, WriteEnd.DONE, seen(LEAF), seen(SMS)),
    (AFTER | {"sms_template": "x"}, "t2", WriteEnd.DONE, seen(LEAF), unseen(SMS, "y", "x", answered=True)),
    (AFTER | {"first_sentence": "edited"}, "t3", WriteEnd.DONE, unseen(LEAF, "Hi", "Hello", answered=True), seen(SMS)),
    (
        BEFORE,
        "t1",
        WriteEnd.NOT_DONE,
        unseen(LEAF, "Hi", "Hello", answered=False),
        unseen(SMS, "y", "x", answered=False),
    ),
    (
        BEFORE,
        "t2",
        WriteEnd.UNCLEAR,
        unseen(LEAF, "Hi", "Hello", answered=False),
        unseen(SMS, "y", "x", answered=False),
    ),
    (
        BEFORE | {"first_sentence": "edited"},
        "t2",
        WriteEnd.UNCLEAR,
        unseen(LEAF, "Hi", "Hello", answered=False),
        unseen(SMS, "y", "x", answered=False),
    ),
]


@pytest.mark.parametrize(("value", "token", "end", "first", "sms"), ENDS)
def test_the_entry_after_a_lost_answer(
    value: dict[str, Any], token: str | None, end: WriteEnd, first: LeafRecord, sms: LeafRecord
) -> None:
    intent, found = intended(LEAVES, PLANNED), looked(value, token)
    assert judge_intent(intent, found) is end
    entry = entry_after_end(intent, FORMER, found, end)
    assert (entry.leaves[LEAF], entry.leaves[SMS]) == (first, sms)
    assert entry.leaves[PROMPT] == FORMER.leaves[PROMPT]
    assert entry.tokens == Tokens("t0").seen("t1").seen(token)
    assert entry.outdated is False


def test_the_entry_after_a_lost_answer_of_what_has_none() -> None:
    """An assistant that the lock did not know stays new to it, until the write is seen to be done."""
    intent = intended(LEAVES, PLANNED)
    done = entry_after_end(intent, None, looked(AFTER, "t2"), WriteEnd.DONE)
    assert (done.outdated, done.leaves[LEAF]) == (False, seen(LEAF))
    open_ = entry_after_end(intent, None, looked(BEFORE, "t2"), WriteEnd.UNCLEAR)
    assert (open_.outdated, open_.id, open_.name) == (True, "asst_1", "a")
    states = [leaf.state for leaf in compare(AFTER, BEFORE, open_, NODE)]
    assert states == [LeafState.IN_SYNC, LeafState.IN_SYNC, LeafState.CONFLICT, LeafState.CONFLICT]


def test_a_restore_leaves_what_the_file_said_last() -> None:
    intent = intended(LEAVES, FORMER, restores=True)
    for value, token, end, _, _ in ENDS:
        entry = entry_after_end(intent, replace(FORMER, id="asst_0"), looked(value, token), end)
        assert entry == replace(FORMER, tokens=Tokens("t0").seen("t1").seen(token))


APPENDED: dict[Pointer, frozenset[str]] = {("faq_items",): frozenset({"1" * 32})}


@pytest.mark.parametrize("restores", [False, True])
def test_what_was_planned_holds_once_the_write_is_seen_to_be_done(*, restores: bool) -> None:
    former = replace(FORMER, id="asst_0", seals={("webhook_url",): "seal"})
    sms = {**PLANNED.leaves, ("end_of_call_sentence",): Confirmed("1" * 32, "1" * 32)}
    intent = intended(LEAVES, replace(PLANNED, name="b", leaves=sms, appended=APPENDED), restores=restores)
    done = entry_after_end(intent, former, looked(AFTER, "t2"), WriteEnd.DONE)
    open_ = entry_after_end(intent, former, looked(BEFORE, "t2"), WriteEnd.UNCLEAR)
    assert (done.id, open_.id) == ("asst_1", "asst_1")
    assert (done.appended, open_.appended) == (APPENDED, {})
    assert (done.name, open_.name) == ("a" if restores else "b", "a")
    assert [("end_of_call_sentence",) in entry.leaves for entry in (done, open_)] == [not restores, False]
    assert restores or (done.seals, open_.seals) == ({}, {}), "nobody knows which of two secrets the server has"


def test_a_key_that_is_seen_to_be_gone_leaves_the_lock() -> None:
    former = LockEntry("asst_1", "a", confirmed({"voice": VOICE | {"speed": 1.2}}, {"voice": VOICE | {"speed": 1.2}}))
    before, after = {"voice": VOICE | {"speed": 1.2}}, {"voice": VOICE}
    planned = LockEntry("asst_1", "a", confirmed(after, after))
    intent = intended(sent_leaves(after, former, before, after, ["voice"]), planned)
    assert SPEED not in entry_after_end(intent, former, looked(after, "t2"), WriteEnd.DONE).leaves
    unplanned = replace(intent, entry=replace(planned, leaves={}))
    assert ("voice", "id") in entry_after_end(unplanned, former, looked(after, "t2"), WriteEnd.DONE).leaves
    kept = entry_after_end(intent, former, looked(before, "t2"), WriteEnd.UNCLEAR).leaves[SPEED]
    assert kept == Sent((ABSENT,), form(SPEED, 1.2), "t1", answered=False)


def test_a_field_that_was_set_to_nothing_stays_in_the_lock() -> None:
    after = BEFORE | {"first_sentence": None}
    intent = intended(sent_leaves(after, FORMER, BEFORE, after, ["first_sentence"]), replace(PLANNED, leaves={}))
    assert LEAF not in entry_after_end(intent, FORMER, looked(after, "t2"), WriteEnd.DONE).leaves
    declared_null = replace(intent, entry=replace(PLANNED, leaves=confirmed(after, after)))
    record = entry_after_end(declared_null, FORMER, looked(after, "t2"), WriteEnd.DONE).leaves[LEAF]
    assert isinstance(record, Confirmed)
    assert record.previous == form(LEAF, "Hello")


def test_places_of_secrets_are_those_of_before_and_after() -> None:
    former = replace(FORMER, leaves={**FORMER.leaves, ("webhook_url",): None})
    planned = replace(PLANNED, secrets=frozenset({("custom_tools", "x", "url")}))
    entry = entry_after_end(intended(LEAVES, planned), former, looked(BEFORE, "t2"), WriteEnd.UNCLEAR)
    assert entry.secret_places == {("webhook_url",), ("custom_tools", "x", "url")}


def test_what_a_create_has_made_is_sent_and_not_seen() -> None:
    hook, model = Secret("https://a", "HOOK"), {"type": "custom", "api_key": Secret("k", "K")}
    value = declared("a", webhook_url=hook, llm_model=model, custom_tools=[{"name": "t", "url": Secret("u", "U")}])
    value["x_unknown"] = {"k": Secret("v", "V")}
    leaves = sent_leaves(value, None, {}, value, value)
    intent = Intent("a", Action.CREATE, "a", NOW, leaves=leaves, secrets=secret_places(value))
    entry = adopted_entry(intent, "asst_1")
    assert (entry.id, entry.name, entry.tokens) == ("asst_1", "a", Tokens())
    assert entry.unseen == {("name",), ("prompt",), ("llm_model", "type")}
    assert {entry.leaves[pointer] for pointer in entry.unseen} == {
        Sent((form(pointer, part),), UNSET, None, answered=False)
        for pointer, part in {("name",): "a", ("prompt",): value["prompt"], ("llm_model", "type"): "custom"}.items()
    }
    assert {("webhook_url",), ("llm_model", "api_key"), ("x_unknown", "k")} <= entry.secret_places
    assert {place[0] for place in entry.secrets} == {"custom_tools"}
    listed = {key: part for key, part in value.items() if key != "custom_tools"}
    states = {leaf.path: leaf.state for leaf in compare(listed, {**listed, "prompt": "edited"}, entry, NODE)}
    assert states["prompt"] is LeafState.CONFLICT
    assert states["llm_model.api_key"] is states["webhook_url"] is states["name"] is LeafState.IN_SYNC


def test_what_brings_back_a_snapshot_keeps_what_the_file_said_last() -> None:
    intent = Intent("a", Action.CREATE, "a", NOW, entry=FORMER, leaves=LEAVES)
    assert adopted_entry(intent, "asst_9") == replace(FORMER, id="asst_9")


# The tokens of the lock; that of the look the request was based on; that of this look; whether it is stale.
STALE = [
    (Tokens("t1"), "t1", "t1", False),
    (Tokens("t0"), "t1", "t1", False),
    (Tokens("t0"), "t1", "t0", True),
    (Tokens("t1", ("t0",)), "t1", "t0", True),
    (Tokens("t1"), "t1", "t2", False),
    (Tokens("t1"), "t1", None, False),
    (None, "t1", "t0", False),
]


@pytest.mark.parametrize(("tokens", "based_on", "token", "stale"), STALE)
def test_a_look_after_a_request_that_shows_an_older_version(
    tokens: Tokens | None, based_on: str, token: str | None, *, stale: bool
) -> None:
    former = replace(FORMER, tokens=tokens) if tokens is not None else None
    assert is_stale(intended(LEAVES, token=based_on), former, looked(BEFORE, token)) is stale
