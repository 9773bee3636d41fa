"""What an update makes of every way a request can end."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.outcome import Result
from tests.account import Account, Fault
from tests.sync.applying.harness import Apply, stored, update_plan

# What happens to every PATCH, and to every GET after it; the outcome; whether the new value is there, and in the lock.
UPDATES = [
    ({"status": 500}, {}, Result.FAILED, "Hello", False),
    ({"status": 500, "committed": True}, {}, Result.APPLIED, "Hi", True),
    ({"status": None}, {}, Result.FAILED, "Hello", False),
    ({"status": None, "committed": True}, {}, Result.APPLIED, "Hi", True),
    ({"status": None, "committed": True}, {"status": 400}, Result.UNKNOWN, "Hi", True),
    ({"status": None}, {"status": 400}, Result.UNKNOWN, "Hello", False),
    ({"status": 422}, {}, Result.FAILED, "Hello", False),
    ({"status": 404}, {}, Result.REFUSED, "Hello", False),
]


@pytest.mark.parametrize(("patch", "get", "result", "value", "locked"), UPDATES)
def test_every_end_of_an_update(
    account: Account, patch: dict[str, Any], get: dict[str, Any], result: Result, value: str, *, locked: bool
) -> None:
    plan = update_plan(stored(account, "a", first_sentence="Hello"), "a", first_sentence="Hi")
    apply = Apply(account)
    entry = LockEntry(str(plan.changes[0].id), "a", {})
    apply.hold({"a": entry})
    account.disturb("PATCH", **patch)
    if get:
        account.switchboard.faults.append(Fault(lambda sent: sent.method == "GET" and bool(account.writes), **get))
    (outcome,) = apply.run(plan, timeout=0.4).outcomes
    assert (outcome.result, outcome.id) == (result, entry.id)
    assert account.remote("a")["first_sentence"] == value
    assert apply.journal_path.exists() is (result is Result.UNKNOWN)
    account.switchboard.faults.clear()
    settled = apply.settle()
    assert (settled.lock.entries["a"] != entry, settled.unknown) == (locked, {})


def test_an_update_of_what_is_gone_is_explained(account: Account) -> None:
    plan = update_plan(stored(account, "a"), "a", first_sentence="Hi")
    account.store.remove(account.remote("a")["id"])
    (outcome,) = Apply(account).run(plan).outcomes
    assert (outcome.result, outcome.error) == (Result.REFUSED, "it was deleted outside since the plan was made")


def test_an_edit_beside_what_is_sent_shows_as_drift(account: Account) -> None:
    account.declare("a", first_sentence="Hello", end_of_call_sentence="Bye")
    account.applied()
    account.declare("a", first_sentence="Hi", end_of_call_sentence="Bye")

    def edited(body: Any) -> Any:
        account.edit("a", end_of_call_sentence="edited")
        return body

    account.disturb("PATCH", rewrite=edited)
    account.applied()
    account.switchboard.faults.clear()
    (drifted,) = account.plan()["drift"]
    assert [each["path"] for each in drifted["fields"]] == ["end_of_call_sentence"]
