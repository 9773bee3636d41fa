"""One change on its way to the server: what is written down, and what its lock entry is afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.errors import RejectedError, RemoteError, UnreachableError
from revox_sync.remote.client import Client
from revox_sync.sync.applying.context import ChangeRun, JournalWriteError, ListedBefore, UnknownEndError
from revox_sync.sync.model.lock import Confirmed, LockEntry, Sent, Tokens
from revox_sync.sync.model.plan import Action, Change
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.state.journal import Intent
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.recorder import StateRecorder
from tests.account import Account
from tests.sync.applying.harness import NOW, Apply, stored, update_plan

FORMER = LockEntry("asst_1", "a", {("prompt",): Confirmed("1" * 32, "1" * 32)})
UNCLEAR = UnreachableError("no answer", end="timeout")
REFUSED = RejectedError("no", status=422, words="no")


def run_of(account: Account, client: Client, change: Change, *, restores: bool = False) -> ChangeRun:
    """The run of a change, its journal begun."""
    apply = Apply(account)
    recorder = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path))
    recorder.prepare()
    return ChangeRun(apply.context(client, recorder), change, ListedBefore(), restores=restores)


def changing(**fields: Any) -> Change:
    return replace(Change("a", "a", "asst_1", Action.UPDATE, declared={"name": "a", "prompt": "x"}), **fields)


def intent(assistant_id: str) -> Intent:
    return Intent("a", Action.UPDATE, "a", NOW, id=assistant_id)


def test_the_entry_is_found_where_the_file_was(account: Account) -> None:
    Apply(account).hold({"old": FORMER})
    with account.client() as client:
        assert run_of(account, client, changing()).former is None
        assert run_of(account, client, changing(previous_address="old")).former == FORMER


def test_a_full_disk_is_an_error_of_the_change(account: Account) -> None:
    left = [1]

    def sync(_: int) -> None:
        if not left:
            raise OSError(28, "No space left on device")
        left.pop()

    apply = Apply(account)
    recorder = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    recorder.prepare()
    with account.client() as client:
        run = ChangeRun(apply.context(client, recorder), changing(), ListedBefore())
        with pytest.raises(JournalWriteError, match="No space left on device; nothing was sent"):
            run.begin(intent("asst_1"))


def test_what_was_edited_is_not_fresh(account: Account) -> None:
    answer = stored(account, "a")
    (change,) = update_plan(answer, "a", first_sentence="Hi").changes
    with account.client() as client:
        run = run_of(account, client, change)
        assert run.is_fresh(answer)
        assert not run.is_fresh(answer | {"prompt": "edited"})
        assert run.is_fresh(answer | {"updated_at": "2030-01-01T00:00:00Z"}), "no request could change that"


# How the write ended; whether the assistant can be fetched, and is there; what is raised, or whether it is found.
ENDS: list[tuple[RemoteError, dict[str, Any] | None, type[Exception] | None]] = [
    (UNCLEAR, None, None),
    (UNCLEAR, {"status": 400}, UnknownEndError),
    (REFUSED, None, None),
    (REFUSED, {"status": 400}, RejectedError),
]


@pytest.mark.parametrize(("error", "fault", "raised"), ENDS)
def test_looking_after_a_failed_write(
    account: Account, error: RemoteError, fault: dict[str, Any] | None, raised: type[Exception] | None
) -> None:
    answer = stored(account, "a")
    with account.client() as client:
        run = run_of(account, client, changing())
        begun = run.begin(intent(answer["id"]))
        if fault:
            account.disturb("GET", **fault)
        if raised is None:
            assert run.fetch_after(begun, error, "who knows") == answer
            assert run.fetch_after(replace(begun, id="asst_gone"), error, "who knows") is None
        else:
            with pytest.raises(raised) as caught:
                run.fetch_after(begun, error, "who knows")
            assert caught.value is error or str(caught.value) == "who knows"
        run.context.recorder.settle()
    journal = Apply(account).journal
    assert journal is not None
    assert list(journal.open) == ([] if raised is RejectedError else ["a"]), "what is known is written down"


UNSEEN = replace(FORMER, leaves={("prompt",): Sent(("2" * 32,), "1" * 32, "t1", answered=False)})

# What the lock has; the token of the plan, and of the look before the write; whether that look is good enough.
CURRENT: list[tuple[LockEntry | None, str | None, str | None, bool]] = [
    (None, "t1", "t2", True),
    (FORMER, "t1", "t1", True),
    # something that does not count as an edit has moved it: the values are compared elsewhere
    (FORMER, "t1", "t2", True),
    (FORMER, None, None, True),
    # an older version than the lock has seen
    (replace(FORMER, tokens=Tokens("t1", ("t0",))), "t1", "t0", False),
    (replace(FORMER, tokens=Tokens("t1", ("t0",))), "t1", "t1", True),
    # in doubt the token counts, too: somebody may have edited twice
    (UNSEEN, "t1", "t1", True),
    (UNSEEN, "t1", "t2", False),
    (UNSEEN, "t1", None, False),
    # the plan was made of it, after 30 s of waiting for a newer one
    (replace(UNSEEN, tokens=Tokens("t1", ("t0",))), "t0", "t0", True),
]


@pytest.mark.parametrize(("former", "planned", "found", "current"), CURRENT)
def test_which_look_is_good_enough_to_write(
    account: Account, former: LockEntry | None, planned: str | None, found: str | None, *, current: bool
) -> None:
    Apply(account).hold({"a": former} if former else {})
    with account.client() as client:
        run = run_of(account, client, changing(token=planned))
        assert run.is_current(Remote("asst_1", "a", {"name": "a", "updated_at": found})) is current
