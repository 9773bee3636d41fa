"""What a delete makes of every way a request can end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from revox_sync.sync.model.lock import LockEntry, Tokens
from revox_sync.sync.model.outcome import Result
from revox_sync.sync.remote_state.fetch import UNREADABLE
from tests.account import Account, Fault, Sent
from tests.sync.applying.harness import Apply, delete_plan, stored

# What happens to every DELETE; the outcome; whether the assistant is there, and in the lock; how often it is sent, and
# how often it is looked at: before each attempt, and after the last one of which nobody knows the end.
DELETES: list[tuple[dict[str, Any], Result, bool, int, int]] = [
    ({}, Result.APPLIED, False, 1, 1),
    ({"status": 404}, Result.APPLIED, False, 1, 1),
    ({"status": 500}, Result.FAILED, True, 5, 6),
    ({"status": 500, "committed": True}, Result.APPLIED, False, 1, 2),
    ({"status": None, "committed": True}, Result.APPLIED, False, 1, 2),
    ({"status": 200, "body": {"success": False}}, Result.FAILED, True, 5, 6),
    ({"status": 403}, Result.FAILED, True, 1, 1),
    ({"status": 429}, Result.FAILED, True, 50, 50),
]


@pytest.mark.parametrize(("fault", "result", "locked", "sends", "looks"), DELETES)
def test_every_end_of_a_delete(
    account: Account, fault: dict[str, Any], result: Result, *, locked: bool, sends: int, looks: int
) -> None:
    plan = delete_plan(stored(account, "a"))
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {}), "b": LockEntry("asst_b", "b", {})})
    if fault:
        account.disturb("DELETE", **fault)
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, outcome.id, "a" in apply.lock().entries) == (result, plan.changes[0].id, locked)
    assert "b" in apply.lock().entries
    assert not apply.journal_path.exists()
    methods = [each.method for each in account.switchboard.sent]
    assert (methods.count("DELETE"), methods.count("GET")) == (sends, looks)
    assert "DELETE DELETE" not in " ".join(methods), "somebody may have edited it meanwhile"


def test_what_is_gone_already_needs_no_delete(account: Account) -> None:
    plan = delete_plan(stored(account, "a"))
    account.store.remove(account.remote("a")["id"])
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {})})
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, outcome.notes) == (Result.APPLIED, ("it was gone already",))
    assert (apply.lock().entries, account.writes) == ({}, [])


def test_what_is_listed_is_not_gone(account: Account) -> None:
    """Taken out of the lock, it would answer calls and nobody would manage it."""
    plan = delete_plan(stored(account, "a"))
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {})})
    account.switchboard.faults.append(Fault(lambda sent: sent.path != "/assistants", status=404))
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, outcome.error, account.writes) == (Result.REFUSED, UNREADABLE, [])
    assert set(apply.lock().entries) == {"a"}


def test_what_was_edited_meanwhile_is_not_deleted(account: Account) -> None:
    plan = delete_plan(stored(account, "a"))
    account.edit("a", prompt="Other")
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {})})
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, account.writes) == (Result.REFUSED, [])
    assert "edited outside" in str(outcome.error)


def test_what_the_plan_does_not_show_is_not_deleted(account: Account) -> None:
    plan = delete_plan(stored(account, "a", first_sentence="Hello"))
    (change,) = plan.changes
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(change.id), "a", {})})
    less = {key: value for key, value in change.before.items() if key != "first_sentence"}
    (outcome,) = apply.run(replace(plan, changes=(replace(change, before=less),))).outcomes
    assert (outcome.result, account.writes) == (Result.REFUSED, [])


def failing_once(account: Account, status: int, then: Callable[[], object]) -> None:
    """The first DELETE is refused or fails, and something happens meanwhile."""

    def matches(sent: Sent) -> bool:
        if sent.method != "DELETE" or len(account.writes) > 1:
            return False
        then()
        return True

    account.switchboard.faults.append(Fault(matches, status=status))


@pytest.mark.parametrize(("status", "notes"), [(429, ("it was gone already",)), (503, ())])
def test_what_is_gone_before_the_next_attempt_was_deleted_by_somebody(
    account: Account, status: int, notes: tuple[str, ...]
) -> None:
    """By somebody else where the request was refused; by the request itself, for all that is known, where it failed."""
    plan = delete_plan(stored(account, "a"))
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {})})
    failing_once(account, status, lambda: account.store.remove(str(plan.changes[0].id)))
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, outcome.notes, len(account.writes)) == (Result.APPLIED, notes, 1)
    assert (apply.lock().entries, apply.journal_path.exists()) == ({}, False)


def test_what_is_edited_before_the_next_attempt_is_not_deleted(account: Account) -> None:
    plan = delete_plan(stored(account, "a"))
    apply = Apply(account)
    held = {"a": LockEntry(str(plan.changes[0].id), "a", {})}
    apply.hold(held)
    failing_once(account, 503, lambda: account.edit("a", prompt="Other"))
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, len(account.writes)) == (Result.REFUSED, 1)
    assert "edited outside while it was being deleted" in str(outcome.error)
    assert (apply.lock().entries, apply.journal_path.exists()) == (held, False)


def test_after_the_last_attempt_an_edit_makes_no_difference(account: Account) -> None:
    """Nothing is sent any more, so the error is that of the request."""
    plan = delete_plan(stored(account, "a"))
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {})})
    account.disturb("DELETE", status=500)

    def edits(sent: Sent) -> bool:
        looks = [each for each in account.switchboard.sent if each.method == "GET"]
        if sent.method == "GET" and len(looks) == 6:
            account.edit("a", prompt="Other")
        return False

    account.switchboard.faults.append(Fault(edits))
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, len(account.writes)) == (Result.FAILED, 5)


def test_what_an_older_version_shows_is_not_deleted(account: Account) -> None:
    found = stored(account, "a")
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {}, tokens=Tokens("t9", (found["updated_at"],)))})
    (outcome,) = apply.run(delete_plan(found)).outcomes
    assert (outcome.result, account.writes) == (Result.REFUSED, [])
    assert "older version" in str(outcome.error)
