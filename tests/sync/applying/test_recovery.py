"""What became of an apply that did not end: journal, lock and API put together."""

from __future__ import annotations

import errno
from dataclasses import replace

import pytest

from revox_sync.errors import RefusedError
from revox_sync.sync.applying.recovery import without_unknown
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action, Plan
from revox_sync.sync.remote_state.fetch import Unknown
from revox_sync.sync.state.environments import OpenCreate, OtherEnvironments
from revox_sync.sync.state.journal import Ending, Intent, JournalStep
from revox_sync.sync.state.lock_file import lock_digest
from tests.account import Account, Fault
from tests.sync.applying.harness import Apply, plan_of
from tests.sync.applying.unfinished import (
    DELETING,
    DONE,
    GONE,
    NEW,
    NOTHING,
    OLD,
    OTHER,
    crashed,
    creating,
    there,
    updating,
)
from tests.sync.situations import blocked, update

# Steps of the journal; the lock's entry of `a`; what the entry is after the replay. Nothing is asked for.
TAKEN: list[tuple[list[JournalStep], LockEntry | None, LockEntry | None]] = [
    ([creating(), DONE], None, NEW),
    ([creating(), DONE], NEW, NEW),
    ([creating(), DONE], OTHER, OTHER),
    ([creating(), NOTHING], None, None),
    ([updating(OLD), DONE], OLD, NEW),
    ([updating(OLD), DONE], NEW, NEW),
    ([updating(OLD), DONE], OTHER, OTHER),
    ([updating(OLD), NOTHING], OLD, OLD),
    ([DELETING, GONE], OLD, None),
    ([DELETING, GONE], None, None),
    ([DELETING, GONE], OTHER, OTHER),
    ([creating(), replace(DONE, entry=OLD), updating(OLD), DONE], None, NEW),
    ([creating(), replace(DONE, entry=OLD), updating(OLD), DONE], NEW, NEW),
    ([DONE], None, None),
]


@pytest.mark.parametrize(("steps", "locked", "expected"), TAKEN)
def test_results_are_taken_as_they_are(
    account: Account, steps: list[JournalStep], locked: LockEntry | None, expected: LockEntry | None
) -> None:
    apply = crashed(account, *steps, **({"a": locked} if locked else {}))
    account.switchboard.sent.clear()
    settled = apply.settle()
    assert (settled.lock.entries.get("a"), apply.lock().entries.get("a")) == (expected, expected)
    assert settled.changed is (locked != expected)
    assert account.switchboard.sent == []
    # What has no place in the lock stays in the journal.
    assert apply.journal_path.exists() is (locked == OTHER and steps[-1] == DONE)


# The step that the lock has no place for; the lock's entry; what is said.
STRAYS: list[tuple[Intent, LockEntry | None, str]] = [
    (creating(), OTHER, "created asst_1 for `a`, but the lock has asst_9 there; delete the one that is not needed"),
    (updating(OLD), OTHER, "changed asst_1 for `a`, but the lock has asst_9 there"),
    (creating(former="1" * 32), None, "created asst_1 for `a`, and the lock has nothing there any more"),
]


@pytest.mark.parametrize(("intent", "locked", "words"), STRAYS)
def test_a_stray_assistant_is_named_until_somebody_decides(
    account: Account, intent: Intent, locked: LockEntry | None, words: str
) -> None:
    apply = crashed(account, intent, DONE, **({"a": locked} if locked else {}))
    for _ in range(2):
        (note,) = apply.settle().notes
        assert f"an interrupted apply {words}" in note
    assert apply.recovery().drop("a")
    assert (apply.settle().notes, apply.journal_path.exists()) == ((), False)


def test_an_open_create_whose_address_has_another_id_by_now(account: Account) -> None:
    """Git has brought a colleague's assistant; ours, which nobody knows of yet, is told all the same."""
    there(account, "asst_1", "a")
    apply = crashed(account, creating(), a=OTHER)
    for _ in range(2):
        settled = apply.settle()
        assert "created asst_1 for `a`, but the lock has asst_9 there" in settled.notes[0]
        assert (settled.unknown, sum(apply.waits), apply.lock().entries) == ({}, 0, {"a": OTHER})


def test_an_open_update_whose_address_has_another_id_by_now(account: Account) -> None:
    there(account, "asst_1", "a")
    apply = crashed(account, updating(OLD), a=OTHER)
    for _ in range(2):
        settled = apply.settle()
        (note,) = settled.notes
        assert "changed asst_1 for `a`, but the lock has asst_9 there" in note
        assert "`revox-sync import a ID` with the other ends this note" in note
        assert (apply.lock().entries, apply.journal_path.exists()) == ({"a": OTHER}, True)


def test_an_open_update_of_what_the_lock_has_anew_is_over(account: Account) -> None:
    apply = crashed(account, updating(OLD), a=NEW)
    settled = apply.settle()
    assert (settled.notes, settled.lock.entries, apply.journal_path.exists()) == ((), {"a": NEW}, False)


def test_an_id_that_git_has_brought_at_another_address(account: Account) -> None:
    apply = crashed(account, creating(), DONE, moved=NEW)
    settled = apply.settle()
    assert (settled.lock.entries, settled.notes, apply.journal_path.exists()) == ({"moved": NEW}, (), False)


def test_a_moved_entry_leaves_its_old_place(account: Account) -> None:
    apply = crashed(account, updating(OLD, previous_address="old"), DONE, old=OLD, b=OTHER)
    assert apply.settle().lock.entries == {"a": NEW, "b": OTHER}


@pytest.mark.parametrize("exists", [True, False])
def test_a_delete_of_unknown_end(account: Account, *, exists: bool) -> None:
    if exists:
        there(account, "asst_1", "a")
    apply = crashed(account, DELETING, a=OLD, b=OTHER)
    assert apply.settle().lock.entries == ({"a": OLD, "b": OTHER} if exists else {"b": OTHER})


def test_recalling_writes_nothing(account: Account) -> None:
    there(account, "asst_1", "a")
    apply = crashed(account, creating(), Intent("b", Action.CREATE, "b", 0.0), Ending("b", happened=True, entry=NEW))
    before = apply.journal_path.read_bytes(), apply.lock_path.read_bytes()
    with account.client() as client:
        recalled = apply.recovery().recall(client)
    assert sorted(recalled.lock.entries) == ["b"]
    assert (apply.journal_path.read_bytes(), apply.lock_path.read_bytes()) == before
    assert lock_digest(recalled.lock) == lock_digest(apply.settle().lock)
    assert account.writes == []


def test_what_another_environment_holds_or_may_have_made_is_not_taken(account: Account) -> None:
    there(account, "asst_1", "a")
    apply = crashed(account, creating())
    held = OtherEnvironments({"asst_1": ("staging", "x")})
    doubtful = OtherEnvironments(creates=(OpenCreate("staging", creating("x", name="a")),))
    with account.client() as client:
        assert list(replace(apply.recovery(), others=lambda: held).recall(client).lock.entries) == []
        (unknown,) = replace(apply.recovery(), others=lambda: doubtful).recall(client).unknown.values()
    assert "staging" in unknown.reason


@pytest.mark.parametrize("organization", ["org_emulator", None])
def test_a_lock_learns_its_organisation_from_what_it_finds(account: Account, organization: str | None) -> None:
    there(account, "asst_8", "b", organization_id="org_emulator")
    there(account, "asst_1", "a", organization_id=organization)
    apply = crashed(account, creating())
    loaded = replace(apply.lock(), organization_id=None)
    with account.client() as client:
        found = replace(apply.recovery(), load=lambda: loaded).recall(client).lock
    assert (list(found.entries), found.organization_id) == (["a"], organization)


def test_an_update_for_another_organisation_is_refused(account: Account) -> None:
    there(account, "asst_1", "a", organization_id="org_other")
    apply = crashed(account, updating(OLD), a=OLD)
    with pytest.raises(RefusedError, match="for organisation org_emulator, but the key belongs to org_other") as caught:
        apply.settle()
    assert caught.value.hint == "check the API key and the environment"


def test_another_organisation_is_refused(account: Account) -> None:
    there(account, "asst_7", "x", organization_id="org_other")
    apply = crashed(account, creating())
    with pytest.raises(RefusedError, match="for organisation org_emulator, but the key belongs to org_other"):
        apply.settle()
    assert apply.journal_path.exists()


def test_a_lock_that_cannot_be_written(account: Account) -> None:
    apply = crashed(account, creating(), DONE)

    def full(_: Lock) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(RefusedError, match="No space left on device; nothing was sent"), account.client() as client:
        replace(apply.recovery(), save=full).settle(client)
    assert apply.journal_path.exists()


def test_a_local_api_may_have_another_port_by_now(account: Account) -> None:
    apply = crashed(account, creating(), DONE)
    moved = replace(apply.recovery(), load=lambda: replace(apply.lock(), base_url="http://127.0.0.1:1/api"))
    with account.client() as client:
        assert replace(moved, any_url=True).recall(client).lock.entries == {"a": NEW}
        with pytest.raises(RefusedError):
            moved.recall(client)


def test_no_journal_asks_nobody(account: Account) -> None:
    apply = Apply(account)
    apply.hold({"a": OLD})
    account.switchboard.faults.append(Fault(lambda _: True, status=500))
    assert apply.settle().lock.entries == {"a": OLD}


def test_what_is_unknown_is_refused() -> None:
    plan: Plan = blocked()
    why = {"drifted": "one", "flow/step": "two", "twins": "three", "elsewhere": "four", "conflicting": "five"}
    unknown = {address: Unknown(address, reason) for address, reason in why.items()}
    left = without_unknown(plan, unknown)
    assert (left.drift, left.conflicts) == ((), ())
    assert "flow/step" not in {each.address for each in left.changes}
    assert left.notes == (*plan.notes, "elsewhere: four"), "nobody would settle what has no file, if nobody named it"
    reasons = {each.address: each.reason for each in left.refused}
    assert len(left.refused) == len(reasons), "each is refused once"
    assert reasons.pop("gone")
    assert reasons == {each: reason for each, reason in why.items() if each != "elsewhere"}
    assert without_unknown(plan, {}) is plan


def test_a_moved_file_is_not_created_again_while_its_create_is_unknown() -> None:
    plan = plan_of("new/place")
    (create,) = plan.changes
    left = without_unknown(plan, {"old/place": Unknown(create.name, "why")})
    assert left.changes == ()
    ((address, reason),) = ((each.address, each.reason) for each in left.refused)
    assert address == "new/place"
    same = {"old/place": Unknown(create.name.upper(), "why")}
    assert without_unknown(plan, same).changes == (), "two names that differ in case only cannot be told apart"
    assert without_unknown(plan, {"old/place": Unknown("Other", "why")}).changes == plan.changes
    assert [each.reason for each in without_unknown(plan, {"new/place": Unknown(create.name, "why")}).refused] == [
        "why"
    ]
    assert without_unknown(updates := update(), {"old": Unknown("Assistant 4", "why")}).changes == updates.changes
    assert "`revox-sync import new/place ID` if it exists" in reason
    assert "`revox-sync forget old/place`" in reason
