"""Applying a plan that brings back a snapshot: the server follows the snapshot, the lock still the files."""

from __future__ import annotations

import pytest

from tests.account import Account, digests_only
from tests.cli.commands.plans import VOICE


@pytest.fixture
def changed(account: Account) -> Account:
    """`a` has changed since a snapshot was taken, `b` is gone."""
    account.declare("a", first_sentence="Hello", voice=VOICE)
    account.declare("b", first_sentence="Hello")
    account.applied()
    assert account.run("plan", "--save-snapshot", str(account.root / "snapshot.json")).code == 0
    account.declare("a", first_sentence="Hi", voice=VOICE | {"speed": 1.1})
    account.applied()
    account.store.remove(account.remote("b")["id"])
    return account


def restored(account: Account, *addresses: str) -> None:
    """Apply the plan that brings the snapshot back."""
    saved = str(account.root / "restore.json")
    ran = account.run("restore", str(account.root / "snapshot.json"), *addresses, "--save", saved)
    assert ran.code == 0, ran.err
    ran = account.run("apply", saved)
    assert ran.code == 0, ran.out + ran.err


def test_an_update_comes_back_and_shows_as_an_edit(changed: Account) -> None:
    former = changed.lock
    restored(changed, "a")
    assert changed.remote("a")["first_sentence"] == "Hello"
    assert changed.remote("a")["voice"]["speed"] == VOICE["speed"]
    assert digests_only(changed.lock)["a"] == digests_only(former)["a"]
    (drift,) = changed.plan()["drift"]
    assert [each["path"] for each in drift["fields"]] == ["first_sentence", "voice.speed"]
    changed.declare("a", first_sentence="Hello", voice=VOICE)
    assert changed.run("plan", "a", "--detailed-exitcode").code == 0


def test_a_deleted_one_comes_back_under_a_new_id(changed: Account) -> None:
    former = digests_only(changed.lock)["b"]
    restored(changed, "b")
    assert digests_only(changed.lock)["b"] == former | {"id": changed.remote("b")["id"]}
    assert changed.lock["b"]["id"] != former["id"]
    assert changed.run("plan", "b", "--detailed-exitcode").code == 0


def test_a_lost_answer_is_found(changed: Account) -> None:
    former = digests_only(changed.lock)["b"]
    changed.disturb("POST", status=500, committed=True)
    restored(changed, "b")
    assert digests_only(changed.lock)["b"] == former | {"id": changed.remote("b")["id"]}
