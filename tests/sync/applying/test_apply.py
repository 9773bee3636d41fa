"""Apply without a command line; creates have a module of their own, the rest is in tests/cli/commands/test_apply.py."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import httpx
import pytest

from revox_sync.errors import RefusedError
from revox_sync.sync.applying.apply import Executor
from revox_sync.sync.applying.context import ListedBefore
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.outcome import Result
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.recorder import StateRecorder
from tests.account import Account
from tests.call_counts import call_counts
from tests.sync.applying.harness import Apply, delete_plan, plan_of, stored

FULL = OSError(28, "No space left on device")


def test_a_journal_that_fails_behind_a_request_stops_the_rest(account: Account) -> None:
    """What was done is done: the lock has it, and nothing else is begun."""

    def sync(_: int) -> None:
        if account.writes:
            raise FULL

    apply = Apply(account)
    recorder = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    applied = apply.run(plan_of("a", "b", "c"), recorder, parallelism=1)
    assert applied.outcomes[0].result is Result.APPLIED
    assert {each.result for each in applied.outcomes[1:]} <= {Result.FAILED, Result.SKIPPED}
    assert list(apply.lock().entries) == list(apply.settle().lock.entries) == ["a"]
    assert len(account.store.all()) == 1


@pytest.mark.parametrize("parallelism", [1, 8])
def test_what_creates_cost_the_disk(account: Account, parallelism: int) -> None:
    """The disk is asked for the header of the journal, and once or twice for each create; the lock is written twice."""
    asked: list[int] = []
    saved: list[Lock] = []
    apply, count = Apply(account), 24

    def save(lock: Lock) -> None:
        saved.append(lock)
        apply.save(lock)

    keeper = StateRecorder(apply.lock(), save, JournalFile(apply.journal_path, asked.append))
    apply.run(plan_of(*(f"a{number}" for number in range(count))), keeper, parallelism=parallelism)
    assert 1 + count // parallelism <= len(asked) <= 1 + 2 * count
    assert [len(each.entries) for each in saved] == [0, count]


def test_a_create_asks_the_api_once(account: Account) -> None:
    Apply(account).run(plan_of(*"abcdefgh"), parallelism=4)
    assert sorted(each.method for each in account.switchboard.sent) == ["GET", *["POST"] * 8]


def test_a_create_does_not_go_through_what_was_created_before(account: Account) -> None:
    """Of 10,000 creates the last ones would look at 10,000 ids each."""
    apply, plan = Apply(account), plan_of(*"abcdefgh")
    with account.client() as client:
        recorder = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path))
        recorder.prepare()
        executor = Executor(apply.context(client, recorder), plan, ListedBefore())
        found = call_counts(lambda: [executor.execute(change) for change in plan.changes])
    assert (found["create"], len(account.store.all())) == (8, 8)
    assert found["LockDraft.ids"] == found["LockDraft.lock"] == 0


def test_what_cannot_be_written_down_is_not_sent(account: Account) -> None:
    left = [1] * 1

    def sync(_: int) -> None:
        if not left:
            raise FULL
        left.pop()

    apply = Apply(account)
    keeper = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    applied = apply.run(plan_of("a", "b"), keeper, parallelism=1)
    assert [each.result for each in applied.outcomes] == [Result.FAILED, Result.SKIPPED]
    assert "nothing was sent" in str(applied.outcomes[0].error)
    assert account.writes == []


def test_a_lock_that_cannot_be_written_in_the_end_is_in_the_journal(account: Account) -> None:
    saved: list[Lock] = []

    def save(lock: Lock) -> None:
        if saved:
            raise FULL
        saved.append(lock)
        apply.save(lock)

    apply = Apply(account)
    applied = apply.run(plan_of("a", "b"), StateRecorder(apply.lock(), save, JournalFile(apply.journal_path)))
    assert ({each.result for each in applied.outcomes}, applied.unsaved) == ({Result.APPLIED}, FULL.strerror)
    assert apply.lock().entries == {}
    assert sorted(apply.settle().lock.entries) == ["a", "b"]
    assert len(apply.lock().entries["a"].leaves) == 2


def test_outcomes_are_in_plan_order_and_reported_once(account: Account) -> None:
    apply = Apply(account)
    applied = apply.run(plan_of("a", "b", "c"))
    assert [(each.address, each.result) for each in applied.outcomes] == [(each, Result.APPLIED) for each in "abc"]
    assert sorted(each.address for each in apply.reported) == ["a", "b", "c"]
    assert {each.id for each in applied.outcomes} == {each["id"] for each in account.store.all()}
    assert list(apply.lock().entries) == ["a", "b", "c"]
    assert not applied.interrupted


def test_nothing_is_started_after_a_stop(account: Account) -> None:
    apply = Apply(account)
    apply.stop.set()
    applied = apply.run(plan_of("a", "b"))
    assert [each.result for each in applied.outcomes] == [Result.SKIPPED, Result.SKIPPED]
    assert (len(apply.reported), applied.interrupted) == (2, True)
    assert account.writes == []
    assert not apply.journal_path.exists()


def test_a_report_that_cannot_be_written_stops_the_rest(account: Account) -> None:
    class Closed(list[Any]):
        def append(self, _: Any) -> None:
            raise BrokenPipeError

    apply = Apply(account)
    apply.reported = Closed()
    with pytest.raises(BrokenPipeError):
        apply.run(plan_of(*"abcdefghijklmnop"), parallelism=1)
    assert 0 < len(account.store.all()) < 16
    assert {each.id for each in apply.lock().entries.values()} == {each["id"] for each in account.store.all()}


def test_a_key_of_another_organisation_creates_nothing(account: Account) -> None:
    stored(account, "Theirs")
    apply = Apply(account)
    with pytest.raises(RefusedError, match="org_emulator"):
        apply.run(replace(plan_of("a"), organization_id="org_other"))
    assert account.writes == []
    assert not apply.journal_path.exists()


def test_the_journal_knows_the_organisation_before_the_lock_does(account: Account) -> None:
    stored(account, "x")
    account.disturb("POST", status=504)
    apply = Apply(account)
    apply.run(replace(plan_of("a"), organization_id="org_emulator"))
    journal = apply.journal
    assert journal is not None
    assert (journal.header.organization_id, apply.lock().organization_id) == ("org_emulator", None)


def test_a_plan_without_creates_asks_for_no_list(account: Account) -> None:
    account.switchboard.sent.clear()
    assert Apply(account).run(plan_of()).outcomes == ()
    assert account.switchboard.sent == []


class Unplugged(httpx.HTTPTransport):
    """A network that goes away when something is to be written."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Refuse the connection for writes."""
        if request.method == "GET":
            return super().handle_request(request)
        raise httpx.ConnectError("connection refused", request=request)


def test_a_request_that_was_never_sent_has_failed(account: Account) -> None:
    apply = Apply(account)
    applied = apply.run(plan_of("a", "b"), transport=Unplugged())
    assert [each.result for each in applied.outcomes] == [Result.FAILED, Result.FAILED]
    assert "no connection" in str(applied.outcomes[0].error)
    assert apply.lock().entries == {}
    assert not apply.journal_path.exists()


def test_deletes_come_last(account: Account) -> None:
    plan = plan_of("x", "y", "z")
    (deleted,) = delete_plan(stored(account, "a")).changes
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(deleted.id), "a", {})})
    applied = apply.run(replace(plan, changes=(deleted, *plan.changes)))
    assert [each.address for each in applied.outcomes] == ["a", "x", "y", "z"]
    assert [each.method for each in account.writes] == ["POST", "POST", "POST", "DELETE"]


def test_nothing_is_deleted_after_a_failure(account: Account) -> None:
    plan = plan_of("x", "y")
    plan = replace(plan, changes=(*plan.changes, *delete_plan(stored(account, "a")).changes))
    account.disturb("POST", named="x", status=422)
    apply = Apply(account)
    applied = apply.run(plan)
    assert [each.result for each in applied.outcomes] == [Result.FAILED, Result.APPLIED, Result.SKIPPED]
    assert "before everything else has worked" in str(applied.outcomes[2].error)
    assert len(apply.reported) == 3
    assert account.remote("a")


def test_nobody_is_told_what_is_not_in_the_journal(account: Account) -> None:
    told: dict[str, bool] = {}

    class Told(list[Any]):
        def append(self, outcome: Any) -> None:
            assert apply.journal is not None
            ended, _ = apply.journal.split()
            told[outcome.address] = outcome.address in {intent.address for intent, _ in ended}

    apply = Apply(account)
    apply.reported = Told()
    apply.run(plan_of(*"abcdefgh"), parallelism=3)
    assert told == dict.fromkeys("abcdefgh", True)


def test_the_last_one_waits_for_its_end(account: Account) -> None:
    """No intent follows that would take it to the disk, and whoever reports may be held up."""
    asked: list[threading.Thread] = []
    apply = Apply(account)
    recorder = StateRecorder(
        apply.lock(), apply.save, JournalFile(apply.journal_path, lambda _: asked.append(threading.current_thread()))
    )
    apply.run(plan_of("a", "b", "c"), recorder, parallelism=1)
    assert asked[0] is threading.main_thread()
    assert asked[-1] is not threading.main_thread()
    assert len(asked) >= 1 + 3 + 1
