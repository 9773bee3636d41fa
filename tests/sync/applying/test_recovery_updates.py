"""What became of an update that did not end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.applying.write_outcome import sent_leaves
from revox_sync.sync.comparing.leaf_rules import UNSET, LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import Confirmed, LockEntry, Sent, Tokens
from tests.account import Account
from tests.sync.applying.harness import LEAF, NOW
from tests.sync.applying.unfinished import OLD, crashed, there, updating
from tests.sync.records import form

# What the server has, and its token; whether the update is taken for done; what a file that says so now leads to.
UPDATED = [
    ("Hi", "t2", True, LeafState.UPDATE),
    (" Hi", "t2", True, LeafState.UPDATE),
    ("Hi", None, True, LeafState.UPDATE),
    ("Hello", "t1", False, LeafState.UPDATE),
    ("Hello", "t2", False, LeafState.CONFLICT),
    ("Hello", None, False, LeafState.CONFLICT),
    ("Bonjour", "t2", False, LeafState.CONFLICT),
    ("Bonjour", "t1", False, LeafState.CONFLICT),
    (None, "t2", False, LeafState.CONFLICT),
]


@pytest.mark.parametrize(("value", "token", "done", "state"), UPDATED)
def test_an_update_of_unknown_end(
    account: Account, value: str | None, token: str | None, state: LeafState, *, done: bool
) -> None:
    there(account, "asst_1", "a", first_sentence=value, updated_at=token)
    apply = crashed(account, updating(OLD), a=OLD)
    settled = apply.settle()
    entry = settled.lock.entries["a"]
    record = entry.leaves[LEAF]
    assert (entry, settled.unknown) == (apply.lock().entries["a"], {})
    if done:
        assert isinstance(record, Confirmed)
        assert (record.declared, record.previous) == ("2" * 32, form(LEAF, "Hello"))
    else:
        assert record == Sent((form(LEAF, "Hi"),), form(LEAF, "Hello"), "t1", answered=False)
    assert entry.tokens == Tokens("t1").seen(token)
    (leaf,) = compare({"first_sentence": "Hey"}, account.remote("a"), entry, assistant_node())
    assert leaf.state is state
    assert not apply.journal_path.exists()


def test_an_update_that_adds_a_field_and_is_killed_never_hides_an_edit(account: Account) -> None:
    """Case 1 of the cases of the write path: the field had no record, so an edit of it looked like nothing at all."""
    bare = LockEntry("asst_1", "a", {})
    adding = {"name": "a", "first_sentence": "Hi"}
    leaves = sent_leaves(adding, bare, {"name": "a"}, adding, ["first_sentence"])
    there(account, "asst_1", "a", first_sentence="edited", updated_at="t3")
    apply = crashed(account, updating(bare, leaves=leaves), a=bare)
    entry = apply.settle().lock.entries["a"]
    assert entry.leaves[LEAF] == Sent((form(LEAF, "Hi"),), UNSET, "t1", answered=False)
    (leaf,) = compare({"first_sentence": "Hi"}, account.remote("a"), entry, assistant_node())
    assert leaf.state is LeafState.CONFLICT


def test_a_change_to_and_fro_is_no_sign_that_nothing_was_done(account: Account) -> None:
    """Case 26: applied, killed, edited back to the former text in the dashboard."""
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t3")
    entry = crashed(account, updating(OLD), a=OLD).settle().lock.entries["a"]
    (leaf,) = compare({"first_sentence": "Hi"}, account.remote("a"), entry, assistant_node())
    assert leaf.state is LeafState.CONFLICT


SEEN = replace(OLD, tokens=Tokens("t1", ("t0",)))


def test_a_look_that_shows_an_older_version_settles_nothing(account: Account) -> None:
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(SEEN), a=SEEN)
    apply.stop.set()
    settled = apply.settle()
    assert (settled.lock.entries, list(settled.unknown)) == ({"a": SEEN}, ["a"])
    assert "still shows an older version" in settled.unknown["a"].reason
    assert apply.journal_path.exists()
    account.edit("a", first_sentence="Hi", updated_at="t2")
    settled = apply.settle()
    assert settled.unknown == {}
    assert isinstance(settled.lock.entries["a"].leaves[LEAF], Confirmed)


def test_the_version_before_the_one_that_the_update_was_based_on_is_older(account: Account) -> None:
    known = replace(OLD, tokens=Tokens("t0"))
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(known), a=known)
    apply.stop.set()
    assert list(apply.settle().unknown) == ["a"]


@pytest.mark.parametrize("age", [0.0, 60.0, 86_400.0])
def test_an_older_version_is_believed_after_thirty_seconds_of_it_only(account: Account, age: float) -> None:
    """However long ago the apply was killed: a server that lags behind now shows an older version now."""
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(SEEN, at=NOW - age), a=SEEN)
    settled = apply.settle()
    assert list(settled.unknown) == ["a"] or sum(apply.waits) >= 30
    if not settled.unknown:
        assert settled.lock.entries["a"].tokens == Tokens("t0"), "what was taken for older is forgotten"


def test_an_update_of_what_is_gone_now(account: Account) -> None:
    """If it comes back, it may come back with what was sent."""
    entry = crashed(account, updating(OLD), a=OLD).settle().lock.entries["a"]
    assert entry.leaves == {**OLD.leaves, LEAF: Sent((form(LEAF, "Hi"),), form(LEAF, "Hello"), "t1", answered=False)}


def test_an_update_seen_in_an_older_version_is_waited_for_by_an_apply_only(account: Account) -> None:
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t0")
    apply = crashed(account, updating(SEEN), a=SEEN)
    with account.client() as client:
        assert list(apply.recovery().recall(client).unknown) == ["a"]
    assert apply.waits == []
    apply.hook = lambda _: account.edit("a", first_sentence="Hi", updated_at="t2")
    settled = apply.settle()
    assert (settled.unknown, apply.waits) == ({}, [10])


def test_an_update_of_a_file_that_moved_keeps_what_was_known_of_it(account: Account) -> None:
    known = replace(OLD, leaves={**OLD.leaves, ("prompt",): Confirmed("3" * 32, "3" * 32)})
    there(account, "asst_1", "a", first_sentence="Hello", updated_at="t2")
    settled = crashed(account, updating(known, previous_address="old"), old=known).settle()
    (entry,) = settled.lock.entries.values()
    assert (list(settled.lock.entries), entry.outdated) == (["a"], False)
    assert entry.leaves["prompt",] == known.leaves["prompt",]
