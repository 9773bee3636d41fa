"""What a write that failed tells, and when it is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from revox_sync.errors import RejectedError, RemoteError, UnreachableError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.write_outcome import Attempts, create_candidates, judge_intent, sent_leaves
from revox_sync.sync.comparing.leaf_rules import ABSENT, UNSET, SentLeaf, WriteEnd
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry
from revox_sync.sync.model.outcome import Result
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import LEAF, Apply, delete_plan, edited_when, stored, update_plan
from tests.sync.applying.intents import SPEED, VOICE, intended, looked
from tests.sync.records import form
from tests.sync.situations import declared, update


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_is_repeated_after_another_look_only(account: Account, method: str) -> None:
    found = stored(account, "a")
    plan = update_plan(found, "a", first_sentence="Hello")
    if method == "DELETE":
        plan = delete_plan(found)
    edited_when(account, method, status=503, end_of_call_sentence="edited")
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
    for pointer in (LEAF, ("x_unknown",)):
        unset = intended({pointer: SentLeaf(ABSENT, form(pointer, "x"))})
        assert judge_intent(unset, looked({"name": "a"}, "t2")) is WriteEnd.DONE, "every list has all other fields"


def test_what_the_server_has_appended_is_no_evidence() -> None:
    faq, asked = [{"question": "q", "answer": "a"}], {"question": "Open?", "answer": "", "source": "ai"}
    intent = intended({("faq_items",): SentLeaf(form(("faq_items",), faq), UNSET)})
    assert judge_intent(intent, looked({"name": "a", "faq_items": [*faq, asked]})) is WriteEnd.DONE


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
