"""What an update makes of an answer that was lost, and of what others do meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.model.lock import Confirmed, LockEntry, Sent, Tokens
from revox_sync.sync.model.outcome import Outcome
from revox_sync.sync.model.plan import Action, OnDrift
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.values.secret import Secret
from tests.account import Account, Fault
from tests.sync.applying.harness import (
    FAILED,
    LEAF,
    UNKNOWN,
    WANTED,
    Apply,
    edited_when,
    entry_of,
    states,
    stored,
    update_plan,
)
from tests.sync.records import form
from tests.sync.situations import Situation, declared


def lost(account: Account, *, committed: bool, **fault: Any) -> tuple[Apply, Outcome]:
    """An update from Hello to Hi whose answers are lost."""
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    account.disturb("PATCH", status=None, committed=committed, **fault)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    account.switchboard.faults.clear()
    return apply, outcome


def test_what_was_never_done_is_an_update_again(account: Account) -> None:
    apply, outcome = lost(account, committed=False)
    assert (outcome.result, len(account.writes) > 1) == (FAILED, True)
    assert states(account, WANTED, apply.lock().entries["a"]) == {"first_sentence": LeafState.UPDATE}
    account.edit("a", sms_template="something else")
    assert states(account, WANTED, apply.lock().entries["a"]) == {"first_sentence": LeafState.CONFLICT}


def test_an_edit_after_a_lost_answer_is_never_overwritten(account: Account) -> None:
    apply, _ = lost(account, committed=False)
    account.edit("a", first_sentence="edited")
    assert states(account, WANTED, apply.lock().entries["a"]) == {"first_sentence": LeafState.CONFLICT}
    account.edit("a", first_sentence="Hi")  # or it came late
    assert states(account, WANTED, apply.lock().entries["a"]) == {}
    assert states(account, declared("a", first_sentence="Hey"), apply.lock().entries["a"]) == {
        "first_sentence": LeafState.UPDATE
    }


# What somebody does while the PATCH fails; the record of what was sent.
@pytest.mark.parametrize(
    "edit", [{"sms_template": "x"}, {"first_sentence": "edited"}, {}], ids=["another field", "the field", "no field"]
)
@pytest.mark.parametrize("status", [503, None])
def test_an_edit_while_the_answer_is_lost(account: Account, edit: dict[str, Any], status: int | None) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    edited_when(account, "PATCH", status=status, **edit)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, [each.method for each in account.writes]) == (UNKNOWN, ["PATCH"])
    assert "the next plan shows whether it was applied" in str(outcome.error)
    entry = apply.lock().entries["a"]
    assert entry.leaves[LEAF] == Sent((form(LEAF, "Hi"),), form(LEAF, "Hello"), found["updated_at"], answered=False)
    assert entry.tokens.last == account.remote("a")["updated_at"]
    assert found["updated_at"] in entry.tokens.older
    assert states(account, WANTED, entry) == {"first_sentence": LeafState.CONFLICT}
    assert not apply.journal_path.exists()


def test_one_leaf_that_arrived_shows_that_the_write_was_done(account: Account) -> None:
    """The others are remembered as sent and answered: dropped, or edited since; nobody can tell."""
    found = stored(account, "a", first_sentence="Hello", sms_template="x")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello", sms_template="x")})
    plan = update_plan(found, "a", first_sentence="Hi", sms_template="y")

    def both(sent: Any) -> bool:
        if sent.method != "PATCH":
            return False
        account.edit("a", first_sentence="Hi")
        return True

    account.switchboard.faults.append(Fault(both, status=None))
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, len(account.writes)) == (UNKNOWN, 1)
    assert "`sms_template` may have been dropped by the server, or edited since" in str(outcome.error)
    entry = apply.lock().entries["a"]
    assert entry.unseen == {("sms_template",)}
    assert isinstance(entry.leaves[LEAF], Confirmed)
    wanted = declared("a", first_sentence="Hi", sms_template="y")
    assert states(account, wanted, entry) == {"sms_template": LeafState.CONFLICT}


def test_what_a_first_attempt_left_open_is_not_forgotten_when_the_second_is_refused(account: Account) -> None:
    """The first request may still be carried out: the lock must not say that nothing was sent."""
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    count = 0

    def first(sent: Any) -> bool:
        nonlocal count
        count += sent.method == "PATCH"
        return bool(sent.method == "PATCH" and count == 1)

    account.switchboard.faults.append(Fault(first, status=504))
    account.disturb("PATCH", status=422)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, count) == (FAILED, 2)
    record = apply.lock().entries["a"].leaves[LEAF]
    assert record == Sent((form(LEAF, "Hi"),), form(LEAF, "Hello"), found["updated_at"], answered=False)


@pytest.mark.parametrize("applied", ["Hi", "Hello"], ids=["drift", "conflict"])
def test_an_edit_that_was_overwritten_is_none_of_our_values(account: Account, applied: str) -> None:
    """If it is still there after a lost answer, the next run has to be told, too."""
    found = stored(account, "a", first_sentence="edited")
    made = Situation()
    made.known("a", WANTED, remote_assistant(found), declared("a", first_sentence=applied))
    apply = Apply(account)
    apply.hold({"a": entry_of(found | {"first_sentence": applied}, first_sentence=applied)})
    account.disturb("PATCH", status=None)
    apply.run(replace(made.plan(on_drift=OnDrift.REVERT), organization_id=None))
    account.switchboard.faults.clear()
    entry = apply.lock().entries["a"]
    assert entry.leaves[LEAF] == Sent((form(LEAF, "Hi"),), form(LEAF, "edited"), None, answered=False)
    assert states(account, WANTED, entry) == {"first_sentence": LeafState.CONFLICT}


def test_what_is_gone_after_a_lost_answer_is_unknown(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})

    def gone(sent: Any) -> bool:
        if sent.method == "PATCH":
            account.store.remove(found["id"])
        return bool(sent.method == "PATCH")

    account.switchboard.faults.append(Fault(gone, status=None))
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, len(account.writes), apply.journal_path.exists()) == (UNKNOWN, 1, True)
    assert "the next plan shows whether it was applied" in str(outcome.error)


# What an edit in the dashboard changes while the answer is lost; the token before and after; how often it is sent.
@pytest.mark.parametrize(
    ("edit", "before", "after", "writes"),
    [({}, None, None, 1), ({}, "t1", "t1", 5), ({"sms_template": "x"}, "t1", "t1", 1)],
)
def test_only_what_has_provably_not_changed_is_sent_again(
    account: Account, edit: dict[str, Any], before: str | None, after: str | None, writes: int
) -> None:
    stored(account, "a", first_sentence="Hello")
    account.edit("a", updated_at=before)
    found = account.remote("a")
    apply = Apply(account)
    apply.hold({"a": entry_of(found, first_sentence="Hello")})
    edited_when(account, "PATCH", status=None, updated_at=after, **edit)
    account.disturb("PATCH", status=None)
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, len(account.writes)) == (FAILED if after else UNKNOWN, writes)


def test_a_look_at_an_older_version_leaves_the_journal_open(account: Account) -> None:
    found = stored(account, "a", first_sentence="Hello")
    apply = Apply(account)
    held = entry_of(found, first_sentence="Hello")
    held = replace(held, tokens=Tokens(found["updated_at"], ("t0",)))
    apply.hold({"a": held})
    old = found | {"updated_at": "t0"}
    account.disturb("PATCH", status=None, committed=True)
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == "GET" and bool(account.writes), status=200, body=old)
    )
    (outcome,) = apply.run(update_plan(found, "a", first_sentence="Hi")).outcomes
    assert (outcome.result, len(account.writes)) == (UNKNOWN, 1)
    assert apply.lock().entries["a"] == held
    assert apply.journal_path.exists()
    account.switchboard.faults.clear()
    record = apply.settle().lock.entries["a"].leaves[LEAF]
    assert isinstance(record, Confirmed)


@pytest.mark.parametrize("token", ["t1", None])
@pytest.mark.parametrize("committed", [True, False])
def test_a_secret_alone_is_never_said_to_have_arrived(account: Account, token: str | None, *, committed: bool) -> None:
    """There is no digest of it, so no look can tell what became of it, and it is sent again: that changes nothing."""
    hook = Secret("https://hooks.example.com/new", "HOOK")
    stored(account, "a", webhook_url="https://hooks.example.com/old")
    account.edit("a", updated_at=token)
    found = account.remote("a")
    made, before = Situation(), declared("a", webhook_url=Secret("https://hooks.example.com/old", "HOOK"))
    made.known("a", declared("a", webhook_url=hook), remote_assistant(found), before)
    plan = replace(made.plan(), organization_id=None)
    assert [change.action for change in plan.changes] == [Action.UPDATE]
    apply = Apply(account)
    apply.hold({"a": LockEntry(found["id"], "a", {("webhook_url",): None}, tokens=Tokens(token))})
    account.disturb("PATCH", status=None, committed=committed)
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, len(account.writes)) == (UNKNOWN, 5)
    assert "the next plan shows whether it was applied" in str(outcome.error)
