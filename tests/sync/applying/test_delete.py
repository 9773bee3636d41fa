"""What a delete makes of every way a request can end."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.model.lock import LockEntry, Tokens
from revox_sync.sync.model.outcome import Result
from revox_sync.sync.remote_state.fetch import UNREADABLE
from tests.account import Account, Fault
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
    (outcome,) = Apply(account).run(plan).outcomes
    assert (outcome.result, account.writes) == (Result.REFUSED, [])


def test_what_an_older_version_shows_is_not_deleted(account: Account) -> None:
    found = stored(account, "a")
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {}, tokens=Tokens("t9", (found["updated_at"],)))})
    (outcome,) = apply.run(delete_plan(found)).outcomes
    assert (outcome.result, account.writes) == (Result.REFUSED, [])
    assert "older version" in str(outcome.error)
