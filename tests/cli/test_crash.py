"""A journey: a process dies at any one of its effects; the next apply leaves the same as if nothing had happened."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.account import Account, digests_only
from tests.cli.commands.plans import IN_SYNC, PROMPT, VOICE
from tests.cli.crashing import Crasher, crasher
from tools.soak.fuse import AFTER, BEFORE

pytestmark = pytest.mark.long
MOST_EFFECTS = 200
APPLY = ("apply", "--auto-approve", "--parallelism", "1", "--prune", "--max-deletes", "1")


def before_the_crash(account: Account, number: int) -> None:
    """A project in which one assistant is to be created, one updated, one moved and one deleted."""
    account.root = account.root.with_name(f"project-{number}")
    account.configure()
    for each in account.store.all():
        account.store.remove(each["id"])
    for name in ("updated", "old/moved", "deleted"):
        account.declare(name, voice=VOICE)
    account.applied()
    account.declare("created", first_sentence="Hello", voice=VOICE)
    account.declare("updated", first_sentence="Hi", voice=VOICE | {"speed": 1.1})
    account.declare("new/moved", name="old moved", prompt=PROMPT, voice=VOICE)
    for name in ("old/moved", "deleted"):
        (account.root / f"assistants/{name}.yaml").unlink()


def settled(account: Account) -> tuple[Any, Any]:
    """What the account and the lock hold, ids replaced by names."""
    names = {each["id"]: each["name"] for each in account.store.all()}
    shown = {"id", "created_at", "updated_at"}
    remote = sorted(
        ({key: value for key, value in each.items() if key not in shown} for each in account.store.all()),
        key=lambda each: str(each["name"]),
    )
    entries = digests_only(account.lock)
    return remote, {address: entry | {"id": names[entry["id"]]} for address, entry in entries.items()}


def died(account: Account, crashing: Crasher, effects: int, *arguments: str, moment: str = BEFORE) -> bool:
    return crashing.died(effects, "-C", str(account.root), *(arguments or APPLY), moment=moment)


def recovered(account: Account, expected: tuple[Any, Any], effects: int) -> None:
    """The next apply leaves the same as if nothing had happened."""
    ran = account.run(*APPLY)
    assert (ran.code, effects) == (0, effects), ran.out + ran.err
    # The journal knew it; without one a plan would have to guess.
    assert ("found by its name" in ran.out, effects) == (False, effects)
    assert (settled(account), effects) == (expected, effects)
    assert not account.journal_path.exists()
    assert account.run("plan").told == IN_SYNC
    assert json.loads(account.lock_path.read_text("utf-8"))["organization_id"] == "org_emulator"


def test_before_every_effect(account: Account) -> None:
    with crasher() as crashing:
        before_the_crash(account, 0)
        assert not died(account, crashing, MOST_EFFECTS)
        expected = settled(account)
        assert sorted(expected[1]) == ["created", "new/moved", "updated"]
        for effects in range(MOST_EFFECTS):
            before_the_crash(account, effects + 1)
            if not died(account, crashing, effects):
                break
            recovered(account, expected, effects)
        assert effects > 30


@pytest.mark.parametrize("moment", [BEFORE, AFTER])
def test_recovery_survives_crashes_of_its_own(account: Account, moment: str) -> None:
    """Every apply dies a bit later than the one before, so that most of them die while they put the last one right."""
    with crasher() as crashing:
        before_the_crash(account, 0)
        assert not died(account, crashing, MOST_EFFECTS)
        expected = settled(account)
        for first in range(4, 50, 15):
            before_the_crash(account, first)
            effects = first
            while died(account, crashing, effects, moment=moment):
                effects += 7
            assert effects > first
            recovered(account, expected, first)


def test_pull_and_import_survive(account: Account) -> None:
    with crasher() as crashing:
        before_the_crash(account, 0)
        assert not died(account, crashing, MOST_EFFECTS)
        account.store.add({**account.remote("updated"), "id": "asst_bound", "name": "bound"})
        account.declare("bound", first_sentence="Hi", voice=VOICE | {"speed": 1.1})
        effects = 0
        account.edit("updated", first_sentence="edited")
        while died(account, crashing, effects, "pull", "updated"):
            effects += 1
        assert "edited" in (account.root / "assistants/updated.yaml").read_text("utf-8")
        assert effects > 5
        effects = 0
        while died(account, crashing, effects, "import", "bound", "asst_bound"):
            effects += 1
        assert account.lock["bound"]["id"] == "asst_bound"
        assert effects > 5
        account.applied("--on-drift", "revert")
        assert account.run("plan").told == IN_SYNC
