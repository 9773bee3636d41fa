"""Binding a file to a remote assistant that somebody names."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.importing.bind import Binding, bind
from revox_sync.sync.model.lock import Confirmed, Lock, LockEntry, Sent
from revox_sync.sync.model.remote import Remote
from revox_sync.values.secret import Secret

VALUE: dict[str, Any] = {"name": "A", "prompt": "Hi.", "voice": {"provider": "cartesia", "id": "v1"}}
ENTRIES = {
    "bound": LockEntry("asst_1", "Bound", {}),
    "former": LockEntry("asst_2", "Former", {("prompt",): Confirmed("1" * 32, "2" * 32)}),
    "lost": LockEntry("asst_3", "Lost", {}),
}
FILES = {"bound", "lost", "a"}
MODEL = {"type": "custom", "api_url": "https://llm.example.com", "model_name": "m", "api_key": Secret("k", "K")}


def bound(address: str, assistant_id: str, organization_id: str | None = "org_1", **server: Any) -> Binding:
    value = VALUE | {"id": assistant_id, "organization_id": organization_id} | server
    lock = Lock("test", "https://api", "org_1", ENTRIES)
    remote = Remote(assistant_id, str(value["name"]), value)
    return bind(Desired(address, "A", VALUE), remote, lock, FILES, {"asst_3"})


def states(entry: LockEntry, **server: Any) -> set[LeafState]:
    return {each.state for each in compare(VALUE, VALUE | server, entry, assistant_node())}


def test_equal_sides_get_digests() -> None:
    made = bound("a", "asst_9")
    entry = made.lock.entries["a"]
    assert (entry.id, entry.name, entry.outdated, made.differing) == ("asst_9", "A", False, ())
    assert states(entry) == {LeafState.IN_SYNC}
    assert LeafState.DRIFT in states(entry, prompt="Edited.")


@pytest.mark.parametrize(
    ("server", "paths"),
    [
        ({"prompt": "Other."}, ("prompt",)),
        ({"name": "Renamed", "voice": {"provider": "cartesia", "id": "v2"}}, ("name", "voice.id")),
    ],
)
def test_sides_that_differ_stay_a_conflict(server: dict[str, Any], paths: tuple[str, ...]) -> None:
    made = bound("a", "asst_9", **server)
    entry = made.lock.entries["a"]
    assert (entry, made.differing) == (LockEntry("asst_9", "A", {}, outdated=True), paths)
    assert states(entry, **server) == {LeafState.CONFLICT, LeafState.IN_SYNC}
    assert states(entry, **server, first_sentence="Hi") == {LeafState.CONFLICT, LeafState.IN_SYNC}


@pytest.mark.parametrize(("key", "differing"), [("k", ()), ("****", ()), ("other", ("llm_model.api_key",))])
def test_secrets_have_no_digest(key: str, differing: tuple[str, ...]) -> None:
    server = {**VALUE, "id": "asst_9", "llm_model": MODEL | {"api_key": Secret(key)}}
    wanted = Desired("a", "A", VALUE | {"llm_model": MODEL})
    made = bind(wanted, Remote("asst_9", "A", server), Lock("test", "https://api", None, {}), {"a"}, set())
    entry = made.lock.entries["a"]
    assert made.differing == differing
    assert entry.leaves.get(("llm_model", "api_key")) is None


@pytest.mark.parametrize(("prompt", "states_then"), [("Hi.", {LeafState.IN_SYNC}), ("Other.", {LeafState.CONFLICT})])
def test_what_was_sent_and_not_seen_is_decided_anew(prompt: str, states_then: set[LeafState]) -> None:
    """Whoever binds again what is bound says that the entry is not to be trusted any more."""
    unseen = LockEntry("asst_1", "A", {("prompt",): Sent(("1" * 32,), "2" * 32, None, answered=True)})
    server = VALUE | {"id": "asst_1", "prompt": prompt}
    lock = Lock("test", "https://api", None, {"a": unseen})
    made = bind(Desired("a", "A", VALUE), Remote("asst_1", "A", server), lock, {"a"}, set())
    entry = made.lock.entries["a"]
    assert (made.changed, entry.unseen) == (True, frozenset())
    assert states(entry, prompt=prompt) - {LeafState.IN_SYNC} == states_then - {LeafState.IN_SYNC}


def test_the_other_entries_stay() -> None:
    made = bound("a", "asst_9")
    assert {key: made.lock.entries[key] for key in ENTRIES} == ENTRIES


def test_what_is_bound_already_stays() -> None:
    made = bound("bound", "asst_1", prompt="Other.")
    assert made.changed is False
    assert made.lock.entries == ENTRIES


def test_an_entry_without_file_moves_with_its_digests() -> None:
    made = bound("a", "asst_2")
    assert made.lock.entries == {"bound": ENTRIES["bound"], "lost": ENTRIES["lost"], "a": ENTRIES["former"]}
    assert (made.moved_from, made.differing) == ("former", ())


def test_a_missing_assistant_is_replaced() -> None:
    made = bound("lost", "asst_9")
    assert made.lock.entries["lost"].id == "asst_9"
    assert made.replaced == "asst_3"


def test_a_missing_assistant_is_replaced_by_a_moved_entry() -> None:
    made = bound("lost", "asst_2")
    assert made.lock.entries == {"bound": ENTRIES["bound"], "lost": ENTRIES["former"]}
    assert (made.moved_from, made.replaced) == ("former", "asst_3")


@pytest.mark.parametrize(
    ("address", "assistant_id", "organization_id", "words"),
    [
        ("a", "asst_1", "org_1", "asst_1 is bound to `bound`"),
        ("bound", "asst_9", "org_1", "`bound` is bound to asst_1"),
        ("bound", "asst_2", "org_1", "`bound` is bound to asst_1"),
        ("a", "asst_3", "org_1", "asst_3 is bound to `lost`"),
        ("a", "asst_9", "org_2", "asst_9 belongs to organisation org_2, the lock of `test` to org_1"),
    ],
)
def test_refusals(address: str, assistant_id: str, organization_id: str, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        bound(address, assistant_id, organization_id)
    assert caught.value.message == words
    assert caught.value.hint


@pytest.mark.parametrize(
    ("locked", "remote", "expected"), [(None, "org_2", "org_2"), ("org_1", None, "org_1"), (None, None, None)]
)
def test_the_lock_learns_its_organisation(locked: str | None, remote: str | None, expected: str | None) -> None:
    value = VALUE | {"id": "asst_9", "organization_id": remote}
    lock = Lock("test", "https://api", locked, {})
    made = bind(Desired("a", "A", VALUE), Remote("asst_9", "A", value), lock, {"a"}, set())
    assert made.lock.organization_id == expected
