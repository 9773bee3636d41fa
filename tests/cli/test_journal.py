"""A journey: what users see of an apply that did not end, in the commands after it."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack

import pytest

from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Header, Intent, JournalStep
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.process_lock import hold_process_lock
from tests.account import Account
from tests.cli.commands.plans import IN_SYNC

CREATING = Intent("a", Action.CREATE, "a", 0.0, known=frozenset())
HIDDEN = Intent("a", Action.CREATE, "a", 0.0, known=frozenset(), hidden=True)


def left_behind(
    account: Account, *steps: JournalStep, environment: str = "test", organization: str | None = None
) -> None:
    """A journal beside the lock."""
    file = JournalFile(account.journal_path)
    file.start(Header(environment, account.base_url, organization, "0" * 32))
    for step in steps:
        file.append(step)
    file.close()


def stored(account: Account, assistant_id: str, name: str) -> None:
    account.store.add({"id": assistant_id, "name": name, "prompt": "x", "organization_id": "org_emulator"})


@pytest.fixture
def twins(account: Account) -> Account:
    """Two assistants of which either may be what a lost create made."""
    account.declare("a")
    account.declare("b")
    left_behind(account, CREATING)
    stored(account, "asst_1", "a")
    stored(account, "asst_2", "a")
    return account


def test_what_is_unknown_blocks_its_address_only(twins: Account) -> None:
    plan = twins.plan()
    (refused,) = plan["refused"]
    assert refused["address"] == "a"
    assert "asst_1, asst_2" in refused["reason"]
    assert "`revox-sync import a ID`" in refused["reason"]
    ran = twins.apply()
    assert ran.code == 4
    assert [each.body["name"] for each in twins.writes] == ["b"]
    assert list(twins.lock) == ["b"]
    assert twins.journal_path.exists()


def test_plan_writes_nothing_and_says_why_it_asks(twins: Account) -> None:
    done = Ending("b", happened=True, entry=LockEntry("asst_2", "b", {}))
    left_behind(twins, CREATING, Intent("b", Action.CREATE, "b", 0.0), done)
    before = twins.journal_path.read_bytes()
    ran = twins.run("plan")
    assert "note: an apply is running or did not end (.revox/local/test.journal.jsonl); asking the API" in ran.err
    assert (twins.journal_path.read_bytes(), twins.lock_path.exists(), twins.writes) == (before, False, [])
    assert "note" not in twins.run("-q", "plan").err


def test_one_candidate_is_taken_over(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    left_behind(account, CREATING)
    stored(account, "asst_1", "a")
    # Nobody has seen what the create has made of the file: what differs may be somebody's edit.
    (conflict,) = account.plan()["conflicts"]
    assert (conflict["address"], conflict["id"]) == ("a", "asst_1")
    assert account.apply().code == 4
    assert account.writes == []
    account.applied("--on-drift", "revert")
    assert [each.method for each in account.writes] == ["PATCH"]
    assert account.run("plan").told == IN_SYNC


def test_a_plan_saved_meanwhile_can_be_applied(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    left_behind(account, CREATING)
    stored(account, "asst_1", "a")
    saved = str(account.root / "plan.json")
    account.run("plan", "--on-drift", "revert", "--save", saved)
    assert account.run("apply", saved).code == 0
    assert account.remote("a")["first_sentence"] == "Hello"


def test_a_saved_plan_creates_nothing_that_may_be_there(account: Account) -> None:
    account.declare("a", type="sub-assistant")
    saved = str(account.root / "plan.json")
    account.run("plan", "--save", saved)
    left_behind(account, HIDDEN)
    assert account.run("apply", saved).code == 4
    assert account.writes == []


def test_the_lock_is_named_when_only_the_journal_changed_it(account: Account) -> None:
    account.declare("a")
    account.applied()
    entry = LockEntry(account.lock["a"]["id"], "a", {})
    account.lock_path.unlink()
    left_behind(account, CREATING, Ending("a", happened=True, entry=entry))
    ran = account.applied()
    assert "Lock written: .revox/local/test.lock.json" in ran.out
    assert list(account.lock) == ["a"]


@pytest.mark.parametrize("command", [("import", "a", "asst_1"), ("forget", "a")])
def test_the_user_settles_what_nobody_else_can(twins: Account, command: tuple[str, ...]) -> None:
    ran = twins.run(*command)
    assert ran.code == 0, ran.err
    assert not twins.journal_path.exists()
    assert twins.writes == []
    assert all("did not end well" not in each["reason"] for each in twins.plan()["refused"])


def test_show_says_that_it_does_not_look(account: Account) -> None:
    account.declare("a")
    saved = str(account.root / "plan.json")
    account.run("plan", "--save", saved)
    assert account.run("show", saved).err == ""
    left_behind(account, CREATING)
    assert account.run("show", saved).err == (
        "note: an apply to `test` is running or did not end (.revox/local/test.journal.jsonl); not looked at here\n"
    )
    assert account.run("-q", "show", saved).err == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"garbage\n{}\n", "line 1 is no JSON mapping"),
        (b'{"format": "revox-sync/journal", "version": 9}\n', "its version 9 is not known"),
    ],
)
@pytest.mark.parametrize("command", [("plan",), ("apply", "--auto-approve")])
def test_a_journal_that_cannot_be_used(account: Account, content: bytes, words: str, command: tuple[str, ...]) -> None:
    account.declare("a")
    account.journal_path.parent.mkdir(parents=True)
    account.journal_path.write_bytes(content)
    ran = account.run(*command)
    assert ran.code == 4
    assert words in ran.err
    assert "move " in ran.err
    assert account.writes == []


@pytest.mark.parametrize("settings", [{"environment": "other"}, {"organization": "org_other"}])
def test_a_journal_of_something_else(account: Account, settings: dict[str, str]) -> None:
    account.declare("a")
    account.applied()
    left_behind(account, CREATING, **settings)
    assert account.apply().code == 4
    assert account.run("plan").code == 4
    assert account.writes == []


def test_another_apply_is_waited_for(account: Account) -> None:
    account.declare("a")
    with ExitStack() as held:
        held.enter_context(hold_process_lock(account.lock_path.with_name("test.apply"), "test"))
        timer = threading.Timer(0.3, held.pop_all().close)
        timer.start()
        ran = account.apply("--lock-timeout", "10")
        timer.join()
    assert ran.code == 0
    assert "waiting up to 10 s" in ran.err


def test_another_apply_is_not_waited_for_for_ever(account: Account) -> None:
    account.declare("a")
    with hold_process_lock(account.lock_path.with_name("test.apply"), "test"):
        started = time.monotonic()
        ran = account.apply("--lock-timeout", "0.3")
        assert time.monotonic() - started >= 0.3
    assert ran.code == 4
    assert "another apply to `test` is running here (process " in ran.err
    assert account.writes == []
