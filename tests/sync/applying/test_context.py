"""One change on its way to the server: what is written down, and what its lock entry is afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.errors import RejectedError, RemoteError, UnreachableError
from revox_sync.remote.client import Client
from revox_sync.sync.applying.context import ChangeRun, JournalWriteError, ListedBefore, UnknownEndError
from revox_sync.sync.model.lock import LeafDigests, LockEntry
from revox_sync.sync.model.plan import Action, Change
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.state.journal import Intent
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.recorder import StateRecorder
from tests.account import Account
from tests.sync.applying.harness import NOW, Apply, stored, update_plan

FORMER = LockEntry("asst_1", "a", {("prompt",): LeafDigests("1" * 32, "1" * 32)})
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
    journal = Apply(account).journal
    assert journal is not None
    assert list(journal.open) == ([] if raised is RejectedError else ["a"]), "what is known is written down"


def test_entries_of_a_restore_keep_what_the_file_said(account: Account) -> None:
    Apply(account).hold({"a": FORMER})
    answer = Remote("asst_2", "a", {"name": "a", "prompt": "restored"})
    with account.client() as client:
        restore = run_of(account, client, changing(), restores=True)
        assert restore.entry_without_digests("asst_2") == replace(FORMER, id="asst_2")
        assert restore.entry_after(answer, frozenset(), {}) == replace(FORMER, id="asst_2")
        usual = run_of(account, client, changing())
        assert usual.entry_without_digests("asst_2") == LockEntry("asst_2", "a", {})
        assert usual.entry_after(answer, frozenset(), {}).leaves["prompt",] != FORMER.leaves["prompt",]


def test_a_restored_assistant_without_entry_is_compared_as_new(account: Account) -> None:
    with account.client() as client:
        run = run_of(account, client, changing(), restores=True)
        assert run.entry_without_digests("asst_2") == LockEntry("asst_2", "a", {}, outdated=True)
