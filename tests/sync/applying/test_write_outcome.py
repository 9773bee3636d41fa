"""What a write that failed tells, and when it is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RejectedError, RemoteError, UnreachableError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.write_outcome import (
    Attempts,
    adopted_entry,
    create_candidates,
    entry_after_end,
    is_stale,
    judge_intent,
    secret_places,
    sent_leaves,
)
from revox_sync.sync.comparing.leaf_rules import ABSENT, UNSET, LeafState, SentLeaf, WriteEnd
from revox_sync.sync.comparing.three_way import compare, place_form
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent, Tokens
from revox_sync.sync.model.outcome import Result
from revox_sync.sync.model.plan import Action
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.state.journal import Intent
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import NOW, Apply, delete_plan, stored, update_plan
from tests.sync.records import confirmed
from tests.sync.situations import declared, update

NODE = assistant_node()


def edit_when(account: Account, method: str, **fields: Any) -> None:
    """Somebody edits the assistant while the first request of a method is answered with 503."""

    def matches(sent: Any) -> bool:
        if sent.method != method or any(each.method == method for each in account.switchboard.sent[:-1]):
            return False
        account.edit("a", **fields)
        return True

    account.switchboard.faults.append(Fault(matches, status=503))


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_is_repeated_after_another_look_only(account: Account, method: str) -> None:
    found = stored(account, "a")
    plan = update_plan(found, "a", first_sentence="Hello")
    if method == "DELETE":
        plan = delete_plan(found)
    edit_when(account, method, end_of_call_sentence="edited")
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {})})
    (outcome,) = apply.run(plan).outcomes
    # Of a delete we know that it was not done: the assistant is there. An update may still be carried out.
    assert outcome.result is (Result.REFUSED if method == "DELETE" else Result.UNKNOWN)
    assert outcome.error is not None
    assert ("edited outside" if method == "DELETE" else "the next plan shows whether it was applied") in outcome.error
    assert account.remote("a")["end_of_call_sentence"] == "edited"
    assert [each.method for each in account.switchboard.sent] == ["GET", method, "GET"]
    assert apply.journal is None


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_nobody_touched_is_sent_again(account: Account, method: str) -> None:
    found = stored(account, "a")
    plan = update_plan(found, "a", first_sentence="Hello")
    if method == "DELETE":
        plan = delete_plan(found)
    once = [503]
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == method and bool(once and once.pop()), status=503)
    )
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {})})
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is Result.APPLIED
    assert [each.method for each in account.switchboard.sent] == ["GET", method, "GET", method]


def form(pointer: Pointer, value: Any) -> str:
    return place_form(value, NODE.at(pointer, {}))


def looked(value: Any, token: str | None = "t1") -> Remote:  # noqa: S107 — a version token
    return Remote("asst_1", "a", {**value, "updated_at": token})


def intended(leaves: dict[Pointer, SentLeaf], planned: LockEntry | None = None, **fields: Any) -> Intent:
    """An update that was based on a look with the token t1."""
    intent = Intent("a", Action.UPDATE, "a", NOW, id="asst_1", entry=planned, leaves=leaves, token="t1")  # noqa: S106
    return replace(intent, **fields)


def test_secrets_are_no_evidence() -> None:
    value = declared("a", webhook_url=Secret("https://a.example.com/canary", "HOOK"), voicemail_message="x")
    sent = sent_leaves(value, None, declared("a"), value, ["webhook_url", "voicemail_message"])
    assert list(sent) == [("voicemail_message",)]
    assert judge_intent(intended({}), looked(value)) is WriteEnd.UNCLEAR


# The lock's places of secrets; what is sent of a list that holds, or held, one: nothing is known of its digests.
@pytest.mark.parametrize(
    ("value", "hidden"),
    [
        ([{"name": "t", "url": Secret("https://canary", "TOOL")}], frozenset()),
        ([{"name": "t", "headers": [{"key": "a", "value": Secret("canary")}]}], frozenset()),
        ([{"name": "t", "url": "https://a"}], frozenset({("custom_tools", "x", "url")})),
    ],
)
def test_lists_with_secrets_are_no_evidence(value: Any, hidden: frozenset[Pointer]) -> None:
    entry = LockEntry("asst_1", "a", {}, secrets=hidden)
    assert sent_leaves({"custom_tools": value}, entry, {}, {"custom_tools": value}, ["custom_tools"]) == {}


# What the server has, and what is sent; what is remembered of each leaf of the field.
SENT: list[tuple[Any, Any, dict[Pointer, SentLeaf]]] = [
    ({}, {"first_sentence": "x"}, {("first_sentence",): SentLeaf(form(("first_sentence",), "x"), UNSET)}),
    (
        {"first_sentence": "y"},
        {"first_sentence": "x"},
        {("first_sentence",): SentLeaf(form(("first_sentence",), "x"), form(("first_sentence",), "y"))},
    ),
    (
        {"max_call_duration_secs": 600},
        {"max_call_duration_secs": 60},
        {("max_call_duration_secs",): SentLeaf(form(("max_call_duration_secs",), 60), UNSET)},
    ),
    (
        {"max_call_duration_secs": 600},
        {"max_call_duration_secs": 600.0},
        {
            ("max_call_duration_secs",): SentLeaf(
                form(("max_call_duration_secs",), 600), form(("max_call_duration_secs",), 600)
            )
        },
    ),
    (
        {"first_sentence": "y"},
        {"first_sentence": None},
        {("first_sentence",): SentLeaf(ABSENT, form(("first_sentence",), "y"))},
    ),
    (
        {"first_sentence": "x "},
        {"first_sentence": "x"},
        {("first_sentence",): SentLeaf(form(("first_sentence",), "x"), form(("first_sentence",), "x"))},
    ),
    ({"prompt": "y"}, {"first_sentence": "x"}, {("first_sentence",): SentLeaf(form(("first_sentence",), "x"), UNSET)}),
    (
        {"faq_items": [{"question": "Open?", "answer": "", "source": "ai"}]},
        {"faq_items": [{"question": "q", "answer": "a"}, {"question": "Open?", "answer": "", "source": "ai"}]},
        {("faq_items",): SentLeaf(form(("faq_items",), [{"question": "q", "answer": "a"}]), form(("faq_items",), []))},
    ),
]


@pytest.mark.parametrize(("before", "body", "expected"), SENT)
def test_what_is_remembered_of_a_request(before: Any, body: Any, expected: dict[Pointer, SentLeaf]) -> None:
    value = {
        key: [each for each in part if "source" not in each] if isinstance(part, list) else part
        for key, part in body.items()
    }
    assert sent_leaves({"name": "a", **value}, None, before, {**before, **body}, body) == expected


VOICE = {"provider": "cartesia", "id": "v"}
SPEED = ("voice", "speed")


def test_a_key_that_is_taken_out_is_evidence() -> None:
    entry = LockEntry("asst_1", "a", {SPEED: Confirmed("1", "1")})
    before, after = declared("a", voice=VOICE | {"speed": 1.2}), declared("a", voice=VOICE)
    sent = sent_leaves(after, entry, before, after, ["voice"])
    assert {pointer for pointer, pair in sent.items() if pair.sent != pair.before} == {SPEED}
    assert sent[SPEED] == SentLeaf(ABSENT, form(SPEED, 1.2))
    intent = intended(sent)
    assert judge_intent(intent, looked(after, "t2")) is WriteEnd.DONE
    assert judge_intent(intent, looked(before)) is WriteEnd.NOT_DONE
    assert judge_intent(intent, looked(before, "t2")) is WriteEnd.UNCLEAR
    assert judge_intent(intent, looked(declared("a", voice=VOICE | {"speed": 1.3}))) is WriteEnd.UNCLEAR


def test_a_key_that_is_not_there_any_more_needs_no_evidence() -> None:
    entry = LockEntry("asst_1", "a", {SPEED: Confirmed("1", "1")})
    value = declared("a", voice=VOICE)
    assert SPEED not in sent_leaves(value, entry, value, value, ["voice"])


# A leaf of the lock that the file no longer has; what the lock knows of it; whether taking it out is evidence.
LEFT_OUT: list[tuple[Pointer, LeafRecord | None, dict[str, Any], bool]] = [
    (SPEED, Confirmed("1", "1"), {"voice": VOICE}, True),
    (SPEED, None, {"voice": VOICE}, False),
    (("slack", "outcomes"), Confirmed("1", "1"), {"slack": {"channel_id": "c"}}, False),  # may have held a secret
    (("first_sentence",), Confirmed("1", "1"), {}, False),  # nothing is sent for it
    (("webhook_url",), Confirmed("1", "1"), {"webhook_url": Secret("https://canary", "HOOK")}, False),
]


@pytest.mark.parametrize(("pointer", "record", "after", "evidence"), LEFT_OUT)
def test_what_is_taken_out_of_a_mapping(
    pointer: Pointer, record: LeafRecord | None, after: dict[str, Any], *, evidence: bool
) -> None:
    held = {"slack": {"outcomes": ["none"]}, "voice": VOICE | {"speed": 1.2}, "first_sentence": "x", "webhook_url": "u"}
    sent = sent_leaves(after, LockEntry("asst_1", "a", {pointer: record}), held, {**held, **after}, after)
    assert (pointer in sent) is evidence


def test_every_planned_update_leaves_evidence() -> None:
    for change in update().pending:
        sent = sent_leaves(change.declared, None, declared(change.name), change.declared, change.body)
        assert judge_intent(intended(sent), looked(change.declared, "t2")) is WriteEnd.DONE


def test_what_a_list_leaves_out_is_no_look() -> None:
    """A listed object lacks `faq_items`: that is not the same as having none."""
    faq = [{"question": "q", "answer": "a"}]
    intent = intended({("faq_items",): SentLeaf(form(("faq_items",), faq), UNSET)})
    assert judge_intent(intent, looked({"name": "a", "faq_items": faq})) is WriteEnd.DONE
    assert judge_intent(intent, looked({"name": "a"})) is WriteEnd.UNCLEAR
    assert judge_intent(intent, looked({"name": "a", "faq_items": []})) is WriteEnd.UNCLEAR, "a token says nothing here"
    emptied = intended({("faq_items",): SentLeaf(ABSENT, form(("faq_items",), faq))})
    assert judge_intent(emptied, looked({"name": "a"}, "t2")) is WriteEnd.UNCLEAR
    assert judge_intent(emptied, looked({"name": "a", "faq_items": []}, "t2")) is WriteEnd.DONE
    for pointer in (FIRST, ("x_unknown",)):
        unset = intended({pointer: SentLeaf(ABSENT, form(pointer, "x"))})
        assert judge_intent(unset, looked({"name": "a"}, "t2")) is WriteEnd.DONE, "every list has all other fields"


def test_what_the_server_has_appended_is_no_evidence() -> None:
    faq, asked = [{"question": "q", "answer": "a"}], {"question": "Open?", "answer": "", "source": "ai"}
    intent = intended({("faq_items",): SentLeaf(form(("faq_items",), faq), UNSET)})
    assert judge_intent(intent, looked({"name": "a", "faq_items": [*faq, asked]})) is WriteEnd.DONE


FIRST, SMS, PROMPT = ("first_sentence",), ("sms_template",), ("prompt",)
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
    (AFTER, "t2", WriteEnd.DONE, seen(FIRST), seen(SMS)),
    (AFTER, None, WriteEnd.DONE, seen(FIRST), seen(SMS)),
    (AFTER | {"sms_template": "x"}, "t2", WriteEnd.DONE, seen(FIRST), unseen(SMS, "y", "x", answered=True)),
    (AFTER | {"first_sentence": "edited"}, "t3", WriteEnd.DONE, unseen(FIRST, "Hi", "Hello", answered=True), seen(SMS)),
    (
        BEFORE,
        "t1",
        WriteEnd.NOT_DONE,
        unseen(FIRST, "Hi", "Hello", answered=False),
        unseen(SMS, "y", "x", answered=False),
    ),
    (
        BEFORE,
        "t2",
        WriteEnd.UNCLEAR,
        unseen(FIRST, "Hi", "Hello", answered=False),
        unseen(SMS, "y", "x", answered=False),
    ),
    (
        BEFORE | {"first_sentence": "edited"},
        "t2",
        WriteEnd.UNCLEAR,
        unseen(FIRST, "Hi", "Hello", answered=False),
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
    assert (entry.leaves[FIRST], entry.leaves[SMS]) == (first, sms)
    assert entry.leaves[PROMPT] == FORMER.leaves[PROMPT]
    assert entry.tokens == Tokens("t0").seen("t1").seen(token)
    assert entry.outdated is False


def test_the_entry_after_a_lost_answer_of_what_has_none() -> None:
    """An assistant that the lock did not know stays new to it, until the write is seen to be done."""
    intent = intended(LEAVES, PLANNED)
    done = entry_after_end(intent, None, looked(AFTER, "t2"), WriteEnd.DONE)
    assert (done.outdated, done.leaves[FIRST]) == (False, seen(FIRST))
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
    assert FIRST not in entry_after_end(intent, FORMER, looked(after, "t2"), WriteEnd.DONE).leaves
    declared_null = replace(intent, entry=replace(PLANNED, leaves=confirmed(after, after)))
    assert isinstance(
        entry_after_end(declared_null, FORMER, looked(after, "t2"), WriteEnd.DONE).leaves[FIRST], Confirmed
    )


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


def rejected(status: int) -> RejectedError:
    return RejectedError("no", status=status, words="")


LOST = UnreachableError("no answer", end="timeout")
NEVER_SENT = UnreachableError("no connection", end="never-sent")

# The errors of one write, one after the other; after which of them it is tried again; the seconds waited for.
ATTEMPTS: list[tuple[Sequence[RemoteError], list[bool], list[float]]] = [
    ([rejected(422)], [False], []),
    ([rejected(500)] * 5, [True] * 4 + [False], [0.5, 1.0, 2.0, 4.0]),
    ([LOST, NEVER_SENT, rejected(503)], [True, True, True], [0.5, 1.0, 2.0]),
    ([rejected(429)] * 3 + [rejected(500)], [True] * 4, [0.5]),
    ([rejected(429)] * 50, [True] * 49 + [False], []),
]


@pytest.mark.parametrize(("errors", "again", "waited"), ATTEMPTS)
def test_how_often_a_write_is_tried(errors: Sequence[RemoteError], again: list[bool], waited: list[float]) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    attempts = Attempts(wait, lambda _, longest: longest)
    assert ([attempts.another(error) for error in errors], waits) == (again, waited)


def test_who_stops_the_run_gets_no_other_attempt() -> None:
    assert not Attempts(lambda _: True, lambda low, _: low).another(rejected(500))


@pytest.mark.parametrize(
    ("error", "unclear"),
    [
        *((rejected(status), True) for status in (302, 303, 307, 408, 500, 502, 503, 504, 520)),
        *((rejected(status), False) for status in (400, 401, 404, 409, 422, 429)),
        (LOST, True),
        (NEVER_SENT, False),
    ],
)
def test_after_which_ends_the_request_may_have_been_done(error: RemoteError, *, unclear: bool) -> None:
    assert is_unclear(error) is unclear


# Names by id, in an account that held asst_1 before; what a create of "Anna  Bell" may have made.
CANDIDATES: list[tuple[dict[str, str], list[str]]] = [
    ({}, []),
    ({"asst_1": "Anna  Bell"}, []),
    ({"asst_2": "Anna"}, []),
    ({"asst_2": "Anna  Bell"}, ["asst_2"]),
    ({"asst_2": "Anna Bell"}, ["asst_2"]),
    ({"asst_2": "Anna Bell", "asst_3": "Anna  Bell"}, ["asst_2", "asst_3"]),
    ({"asst_3": " Anna Bell", "asst_2": "Anna Bell "}, ["asst_2", "asst_3"]),
    ({"asst_3": "anna bell"}, ["asst_3"]),
    ({"asst_3": "ANNA\u00a0BELL"}, ["asst_3"]),
    ({"asst_3": "Annabell"}, []),
]


@pytest.mark.parametrize(("names", "found"), CANDIDATES)
def test_what_a_create_may_have_made(names: dict[str, str], found: list[str]) -> None:
    listed = [{"id": assistant_id, "name": name} for assistant_id, name in names.items()]
    assert create_candidates(listed, "Anna  Bell", {"asst_1"}) == found


def test_composed_letters_make_no_other_name() -> None:
    assert create_candidates([{"id": "asst_2", "name": "Zoe\u0301"}], "Zo\u00e9", set()) == ["asst_2"]
    assert create_candidates([{"id": "asst_2", "name": "\u201cZoe\u201d"}], '"Zoe"', set()) == ["asst_2"]
