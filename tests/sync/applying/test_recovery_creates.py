"""What became of a create that did not end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RemoteError
from revox_sync.sync.comparing.leaf_rules import UNSET, LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import LockEntry, Sent
from revox_sync.sync.state.journal import entry_digest
from tests.account import Account
from tests.sync.applying.harness import NOW, Apply
from tests.sync.applying.unfinished import OLD, OTHER, crashed, creating, there
from tests.sync.records import form

ADOPTED = LockEntry(
    "asst_1",
    "a",
    {
        ("name",): Sent((form(("name",), "a"),), UNSET, None, answered=False),
        ("prompt",): Sent((form(("prompt",), "x"),), UNSET, None, answered=False),
    },
)

# A create without end: what the account has by id; the entry after the replay; whether it stays unknown.
CREATED: list[tuple[dict[str, str], LockEntry | None, bool]] = [
    ({}, None, False),
    ({"asst_1": "a"}, ADOPTED, False),
    ({"asst_1": " a\n"}, ADOPTED, False),
    ({"asst_1": "A"}, ADOPTED, False),
    ({"asst_1": "A", "asst_2": " a"}, None, True),
    ({"asst_1": "b"}, None, False),
    ({"asst_8": "a"}, None, False),
    ({"asst_8": "a", "asst_1": "a"}, ADOPTED, False),
    ({"asst_2": "a", "asst_1": "a"}, None, True),
    ({"asst_1": "a", "asst_2": "a "}, None, True),
]


@pytest.mark.parametrize(("remote", "expected", "unknown"), CREATED)
def test_a_create_of_unknown_end(
    account: Account, remote: dict[str, str], expected: LockEntry | None, *, unknown: bool
) -> None:
    for assistant_id, name in remote.items():
        there(account, assistant_id, name)
    apply = crashed(account, creating(), b=OTHER)
    settled = apply.settle()
    assert settled.lock.entries.get("a") == expected
    never_done = expected is None and not unknown
    assert (list(settled.unknown), sum(apply.waits)) == (["a"] if unknown else [], 30 if never_done else 0)
    assert apply.journal_path.exists() is unknown
    assert apply.settle().unknown == settled.unknown


def test_an_edit_of_what_a_killed_create_has_made_is_a_conflict(account: Account) -> None:
    """Case 3 of the cases of the write path."""
    there(account, "asst_1", "a", prompt="edited")
    entry = crashed(account, creating()).settle().lock.entries["a"]
    leaves = compare({"name": "a", "prompt": "x"}, account.remote("a"), entry, assistant_node())
    assert [leaf.state for leaf in leaves] == [LeafState.IN_SYNC, LeafState.CONFLICT]


def test_what_brings_back_a_snapshot_keeps_its_digests(account: Account) -> None:
    there(account, "asst_1", "a")
    old = replace(OLD, id="asst_0")
    apply = crashed(account, creating(entry=old, former=entry_digest(old)), a=old)
    assert apply.settle().lock.entries == {"a": OLD}


def test_what_the_lock_has_is_no_candidate(account: Account) -> None:
    there(account, "asst_9", "a")
    assert crashed(account, creating(), b=OTHER).settle().lock.entries == {"b": OTHER}


# Keys of an entry of the list that cannot be read; whether it may be what the create has made.
BROKEN: list[tuple[dict[str, Any], bool]] = [({}, True), ({"name": "a "}, True), ({"name": "b"}, False)]


BROKEN += [({"id": "asst_8"}, False), ({"id": "asst_7"}, True)]


@pytest.mark.parametrize(("entry", "doubtful"), BROKEN)
def test_an_entry_that_cannot_be_read_may_be_it(account: Account, entry: dict[str, Any], *, doubtful: bool) -> None:
    apply = crashed(account, creating())
    account.disturb("GET", body={"assistants": [entry]})
    settled = apply.settle()
    assert ("a" in settled.unknown, apply.journal_path.exists()) == (doubtful, doubtful)
    assert bool(apply.waits) is not doubtful, "no time makes it readable"
    assert all("may be it: `revox-sync import a ID`" in each.reason for each in settled.unknown.values())


def test_several_are_named_with_the_way_on(account: Account) -> None:
    there(account, "asst_1", "a")
    there(account, "asst_2", "a")
    apply = crashed(account, creating())
    (unknown,) = apply.settle().unknown.values()
    assert "asst_1, asst_2" in unknown.reason
    assert "`revox-sync import a ID`" in unknown.reason
    assert apply.recovery().drop("a")
    assert not apply.recovery().drop("a")
    assert apply.settle().unknown == {}


def test_one_address_is_dropped_alone(account: Account) -> None:
    apply = crashed(account, creating(hidden=True), creating("b", hidden=True))
    assert list(apply.settle().unknown) == ["a", "b"]
    assert apply.recovery().drop("a")
    assert list(apply.settle().unknown) == ["b"]


def test_a_sub_assistant_stays_unknown(account: Account) -> None:
    apply = crashed(account, creating(hidden=True))
    assert "the API does not list sub-assistants" in apply.settle().unknown["a"].reason
    assert (apply.waits, apply.journal_path.exists()) == ([], True)
    there(account, "asst_1", "a")  # one that is listed is another one
    settled = apply.settle()
    assert (settled.lock.entries, list(settled.unknown)) == ({}, ["a"])


@pytest.mark.parametrize("age", [1.0, 29.0, 60.0, 86_400.0, -9999.0])
def test_a_create_was_never_done_after_two_looks_thirty_seconds_apart(account: Account, age: float) -> None:
    """By one's own elapsed time: the clock may have been set, and a list may lag behind whenever it is asked."""
    apply = crashed(account, creating(at=NOW - age))
    apply.hook = passing(apply)
    account.switchboard.sent.clear()
    settled = apply.settle()
    assert (settled.lock.entries, settled.unknown) == ({}, {})
    assert (sum(apply.waits), apply.lists()) == (30, len(apply.waits) + 1)
    assert not apply.journal_path.exists()


def test_a_list_that_cannot_be_read_is_no_look(account: Account) -> None:
    apply = crashed(account, creating())
    account.disturb("GET", status=400)
    with pytest.raises(RemoteError):
        apply.settle()
    assert apply.journal_path.exists()


def test_planning_never_waits(account: Account) -> None:
    apply = crashed(account, creating(), creating("b"))
    there(account, "asst_1", "b")
    with account.client() as client:
        recalled = apply.recovery().recall(client)
    assert (apply.waits, list(recalled.unknown), list(recalled.lock.entries)) == ([], ["a"], ["b"])
    assert "no assistant of this name has appeared so far" in recalled.unknown["a"].reason
    assert apply.journal_path.exists()


def passing(apply: Apply) -> Callable[[float], None]:
    """A clock that goes on while somebody waits."""

    def wait(seconds: float) -> None:
        apply.now += seconds

    return wait


def test_it_comes_meanwhile(account: Account) -> None:
    apply = crashed(account, creating(at=NOW))
    apply.hook = lambda _: there(account, "asst_1", "a")
    assert (apply.settle().lock.entries, apply.waits) == ({"a": ADOPTED}, [10])


def test_who_does_not_wait_does_not_know(account: Account) -> None:
    apply = crashed(account, creating(at=NOW))
    apply.stop.set()
    assert list(apply.settle().unknown) == ["a"]
    assert apply.journal_path.exists()


def test_a_sub_assistant_beside_another_create_is_left_for_the_user(account: Account) -> None:
    apply = crashed(account, creating(hidden=True), creating("b"))
    settled = apply.settle()
    assert list(settled.unknown) == ["a"]
    assert "the API does not list sub-assistants" in settled.unknown["a"].reason


def test_a_server_that_is_known_to_lag_is_waited_for_longer(account: Account) -> None:
    apply = crashed(account, creating())
    with account.client() as client:
        replace(apply.recovery(), looks=(40.0, 50.0)).settle(client)
    assert apply.waits == [40.0, 50.0]
