"""What a write that failed tells, and when it is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from revox_sync.errors import RejectedError, RemoteError, UnreachableError
from revox_sync.sync.applying.write_outcome import (
    Attempts,
    Verdict,
    changed_leaves,
    create_candidates,
    is_finished,
    judge_write,
)
from revox_sync.sync.model.lock import LeafDigests, LockEntry
from revox_sync.sync.model.outcome import Result
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import Apply, delete_plan, stored, update_plan
from tests.sync.situations import declared, update


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
    assert outcome.result is Result.REFUSED
    assert outcome.error is not None
    assert "edited outside" in outcome.error
    assert account.remote("a")["end_of_call_sentence"] == "edited"
    assert [each.method for each in account.switchboard.sent] == ["GET", method, "GET"]
    assert apply.journal is None


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_nobody_touched_is_sent_again(account: Account, method: str) -> None:
    found = stored(account, "a")
    plan = update_plan(found, "a", first_sentence="Hello")
    if method == "DELETE":
        plan = delete_plan(found)
    edit_when(account, method)
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {})})
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is Result.APPLIED
    assert [each.method for each in account.switchboard.sent] == ["GET", method, "GET", method]


def test_secrets_are_no_evidence() -> None:
    value = declared("a", webhook_url=Secret("https://a.example.com/canary", "HOOK"), voicemail_message="x")
    changed = changed_leaves(value, None, declared("a"), value, ["webhook_url", "voicemail_message"])
    assert list(changed) == [("voicemail_message",)]
    assert judge_write({}, value) is Verdict.UNCLEAR


def test_a_key_that_is_taken_out_is_evidence() -> None:
    voice = {"provider": "cartesia", "id": "v"}
    entry = LockEntry("asst_1", "a", {("voice", "speed"): LeafDigests("1", "1")})
    before, after = declared("a", voice=voice | {"speed": 1.2}), declared("a", voice=voice)
    changed = changed_leaves(after, entry, before, after, ["voice"])
    assert list(changed) == [("voice", "speed")]
    assert (judge_write(changed, after), judge_write(changed, before)) == (Verdict.DONE, Verdict.NOT_DONE)


def test_every_planned_update_leaves_evidence() -> None:
    for change in update().pending:
        changed = changed_leaves(change.declared, None, declared(change.name), change.declared, change.body)
        assert judge_write(changed, change.declared) is Verdict.DONE


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
    ("error", "finished"),
    [(rejected(500), True), (rejected(503), True), (rejected(502), False), (rejected(408), False), (LOST, False)],
)
def test_after_which_ends_nothing_follows(error: RemoteError, *, finished: bool) -> None:
    assert is_finished(error) is finished


# Names by id, in an account that held asst_1 before; what a create of "Anna  Bell" may have made.
CANDIDATES: list[tuple[dict[str, str], list[str]]] = [
    ({}, []),
    ({"asst_1": "Anna  Bell"}, []),
    ({"asst_2": "Anna"}, []),
    ({"asst_2": "Anna  Bell"}, ["asst_2"]),
    ({"asst_2": "Anna Bell"}, ["asst_2"]),
    ({"asst_2": "Anna Bell", "asst_3": "Anna  Bell"}, ["asst_3"]),
    ({"asst_3": " Anna Bell", "asst_2": "Anna Bell "}, ["asst_2", "asst_3"]),
    ({"asst_3": "anna bell"}, []),
]


@pytest.mark.parametrize(("names", "found"), CANDIDATES)
def test_what_a_create_may_have_made(names: dict[str, str], found: list[str]) -> None:
    listed = [{"id": assistant_id, "name": name} for assistant_id, name in names.items()]
    assert create_candidates(listed, "Anna  Bell", {"asst_1"}) == found


def test_composed_letters_make_no_other_name() -> None:
    assert create_candidates([{"id": "asst_2", "name": "Zoe\u0301"}], "Zo\u00e9", set()) == ["asst_2"]
