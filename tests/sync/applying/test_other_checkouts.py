"""A journal on a branch that is not the one of the apply that was interrupted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from revox_sync.sync.applying.other_checkouts import Checkout, checkout_of
from revox_sync.sync.applying.recovery import Recovery
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Intent, load_journal
from tests.account import Account
from tests.source.repository import Repository
from tests.sync.applying.harness import Apply
from tests.sync.applying.unfinished import DONE, NEW, OTHER, crashed, creating

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
        ways = [unknown.reason.rpartition("or ")[2] for unknown in settled.unknown.values()]
        assert ways == [f"`revox-sync import {bound}` binds it here, too" for bound in ("a asst_1", "b ID")]
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


@pytest.mark.parametrize("entries", [{"a": LockEntry("asst_1", "a", {})}, {}], ids=["known here", "not known here"])
def test_an_update_on_another_branch_blocks_nothing(account: Account, entries: dict[str, LockEntry]) -> None:
    intent = replace(there(), action=Action.UPDATE, id="asst_1")
    apply = crashed(account, intent, **entries)
    with account.client() as client:
        settled = on(apply, "main").settle(client)
    assert (settled.unknown, len(settled.notes), account.switchboard.sent) == ({}, 1, [])


def test_each_branch_is_told_what_its_applies_created(account: Account) -> None:
    """And nothing of what was not done, was no create, or has no beginning."""
    elsewhere = (creating("b", branch="other"), replace(DONE, address="b", branch="other", entry=OTHER))
    never = (there(address="c"), replace(DONE_THERE, address="c", happened=False, entry=None))
    update = (replace(there(address="d"), action=Action.UPDATE, id="asst_4"), replace(DONE_THERE, address="d"))
    apply = crashed(account, there(), DONE_THERE, *elsewhere, *never, *update, replace(DONE_THERE, address="e"))
    with account.client() as client:
        settled = on(apply, "main", branches=("main", "feature", "other")).settle(client)
    assert [note.partition("; it created ")[2] for note in settled.notes] == ["asst_1 for `a`", "asst_9 for `b`"]
    assert sorted(settled.unknown) == ["a", "b"]


def test_what_git_has_checked_out(tmp_path: Path) -> None:
    assert checkout_of(tmp_path).branch is None
    made = Repository.create(tmp_path)
    (tmp_path / "refs/heads/file").parent.mkdir(parents=True)
    (tmp_path / "refs/heads/file").touch()
    made.commit()
    made.git("branch", "feature/x")
    made.git("tag", "v1")
    checkout = checkout_of(tmp_path)
    assert checkout.branch == "main"
    assert [name for name in ("main", "feature/x", "v1", "file", "gone") if checkout.has_branch(name)] == [
        "main",
        "feature/x",
    ]
    made.git("checkout", "--quiet", "--detach")
    assert checkout_of(tmp_path).branch is None


def test_a_step_without_branch_is_anybodys() -> None:
    everywhere = Checkout("main", lambda _: True)
    assert everywhere.owns(creating(branch=None))
    assert not everywhere.owns(creating(branch="feature"))


def test_without_a_repository_every_step_is_ours(tmp_path: Path) -> None:
    assert checkout_of(tmp_path).owns(creating(branch="feature"))
