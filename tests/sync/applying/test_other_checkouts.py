"""A journal on a branch that is not the one of the apply that was interrupted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.sync.applying.other_checkouts import Checkout
from revox_sync.sync.applying.recovery import Recovery
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Intent, load_journal
from tests.account import Account
from tests.sync.applying.harness import Apply
from tests.sync.applying.test_recovery import DONE, NEW, OTHER, crashed, creating

DONE_THERE = replace(DONE, branch="feature")


def there(**fields: Any) -> Intent:
    """A create on the branch `feature`."""
    return creating(**{"branch": "feature", **fields})


def on(apply: Apply, branch: str | None, *, branches: tuple[str, ...] = ("main", "feature")) -> Recovery:
    return replace(apply.recovery(), checkout=lambda: Checkout(branch, branches.__contains__))


@pytest.mark.parametrize(
    ("branch", "branches", "own"),
    [
        ("feature", ("main", "feature"), True),
        ("main", ("main", "feature"), False),
        # Nobody is on a branch that does not exist any more, and without a repository there is none.
        ("main", ("main",), True),
        (None, (), True),
        # A commit, as in the middle of a rebase: its lock may be thrown away in the next moment.
        (None, ("main", "feature"), False),
    ],
)
def test_steps_belong_to_their_branch(account: Account, branch: str, branches: tuple[str, ...], *, own: bool) -> None:
    apply = crashed(account, there(), DONE_THERE)
    with account.client() as client:
        settled = on(apply, branch, branches=branches).settle(client)
    assert (apply.lock().entries == {"a": NEW}, apply.journal_path.exists()) == (own, not own)
    assert bool(settled.unknown) is not own


def test_what_another_branch_did_is_kept_and_named(account: Account) -> None:
    """Until the branch is checked out again; an apply here writes its own steps beside it."""
    apply = crashed(account, there(), DONE_THERE, there(address="b", name="b"))
    before = load_journal(apply.journal_path)
    assert before is not None
    with account.client() as client:
        settled = on(apply, "main").settle(client)
        (note,) = settled.notes
        assert "on branch `feature` did not end; what it did is kept for that branch; it created asst_1 for `a`" in note
        assert {address: unknown.reason.partition(":")[0] for address, unknown in settled.unknown.items()} == {
            "a": "an apply on branch `feature` created asst_1 for it",
            "b": "an apply on branch `feature` did not end and may have created it",
        }
        after = load_journal(apply.journal_path)
        assert after is not None
        assert after.steps == before.steps
        # A lock that has the address knows which assistant is meant.
        apply.hold({"a": OTHER})
        assert set(on(apply, "main").recall(client).unknown) == {"b"}
        apply.hold({})
        back = on(apply, "feature").recall(client)
        assert (back.lock.entries["a"], set(back.unknown)) == (NEW, {"b"})


@pytest.mark.parametrize(("everywhere", "left"), [(False, True), (True, False)])
def test_who_decides_here_decides_for_another_branch_only_if_meant(
    account: Account, *, everywhere: bool, left: bool
) -> None:
    apply = crashed(account, there(), DONE_THERE)
    assert on(apply, "main").drop("a", **({"everywhere": True} if everywhere else {})) is not left
    assert apply.journal_path.exists() is left


def test_an_update_on_another_branch_blocks_nothing(account: Account) -> None:
    intent = replace(there(), action=Action.UPDATE, id="asst_1")
    apply = crashed(account, intent, a=LockEntry("asst_1", "a", {}))
    with account.client() as client:
        settled = on(apply, "main").settle(client)
    assert (settled.unknown, len(settled.notes), account.switchboard.sent) == ({}, 1, [])


def test_a_step_without_branch_is_anybodys() -> None:
    everywhere = Checkout("main", lambda _: True)
    assert everywhere.owns(creating(branch=None))
    assert not everywhere.owns(creating(branch="feature"))
