"""How many changes send something at once, and what the others may do meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace
from threading import Condition, Event
from typing import Any

import httpx
import pytest

from revox_sync.sync.model.outcome import Result
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.recorder import StateRecorder
from tests.account import Account
from tests.sync.applying.harness import Apply, entry_of, plan_of, stored, update_plan

LONG = 10.0
"""Seconds that something may take that happens at once."""
SHORT = 0.2
"""Seconds in which something would have happened."""


class Crowd(httpx.HTTPTransport):
    """A network that lets writes pass once so many of them have come, or when it is opened.

    Attributes:
        most: writes that were under way at once.
    """

    def __init__(self, expected: int) -> None:
        super().__init__()
        self.expected, self.now, self.most = expected, 0, 0
        self.full = Event()
        self.changed = Condition()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        if request.method == "GET":
            return super().handle_request(request)
        with self.changed:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now == self.expected:
                self.full.set()
        self.full.wait(LONG)
        try:
            return super().handle_request(request)
        finally:
            with self.changed:
                self.now -= 1


@pytest.mark.parametrize("parallelism", [1, 2, 4, 7])
def test_as_many_requests_are_under_way_as_were_asked_for(account: Account, parallelism: int) -> None:
    network = Crowd(parallelism)
    applied = Apply(account).run(plan_of(*"abcdefghijklmn"), parallelism=parallelism, transport=network)
    assert {each.result for each in applied.outcomes} == {Result.APPLIED}
    assert (network.full.is_set(), network.most) == (True, parallelism)


def written_down(account: Account, network: Crowd, *, stops: bool) -> tuple[Apply, list[Result]]:
    """Create with two turns; both are taken until a third create is written down."""
    apply, begun = Apply(account), threading.Semaphore(0)

    def sync(_: int) -> None:
        journal = apply.journal
        if journal is not None and len(journal.split()[1]) == 3:
            begun.release()

    def act() -> None:
        if begun.acquire(timeout=LONG):
            if stops:
                apply.stop.set()
            network.full.set()

    acting = threading.Thread(target=act)
    acting.start()
    recorder = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    applied = apply.run(plan_of(*"abcdef"), recorder, parallelism=2, transport=network)
    acting.join()
    return apply, [each.result for each in applied.outcomes]


def test_another_look_at_what_was_created_needs_a_turn_too(account: Account) -> None:
    """Or it takes the connection of an update that has looked at its assistant and is about to change it."""
    account.serve(account.store, "thin-create:first_sentence")

    class Requests(Crowd):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            with self.changed:
                self.now += 1
                self.most = max(self.most, self.now)
                if self.now == self.expected:
                    self.full.set()
            self.full.wait(SHORT)
            try:
                return httpx.HTTPTransport.handle_request(self, request)
            finally:
                with self.changed:
                    self.now -= 1

    network = Requests(expected=3)
    applied = Apply(account).run(plan_of(*"abcdef", first_sentence="Hello"), parallelism=2, transport=network)
    looks = [each for each in account.switchboard.sent if each.method == "GET" and each.path != "/assistants"]
    assert (len(looks), network.most) == (6, 2)
    assert {each.result for each in applied.outcomes} == {Result.APPLIED}


def test_the_disk_is_not_waited_for_in_a_turn(account: Account) -> None:
    """While two creates are under way the next one is written down already."""
    network = Crowd(expected=99)
    apply, results = written_down(account, network, stops=False)
    assert (network.full.is_set(), network.most, results) == (True, 2, [Result.APPLIED] * 6)
    assert sorted(apply.lock().entries) == [*"abcdef"]


def test_what_no_list_shows_is_written_down_in_its_turn(account: Account) -> None:
    """After a kill somebody has to say of each of them whether it exists."""
    network, apply, most = Crowd(expected=2), Apply(account), 0

    def sync(_: int) -> None:
        nonlocal most
        journal = apply.journal
        most = max(most, len(journal.open) if journal is not None else 0)

    recorder = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    plan = plan_of(*"abcdefghij", type="sub-assistant")
    applied = apply.run(plan, recorder, parallelism=2, transport=network)
    assert {each.result for each in applied.outcomes} == {Result.APPLIED}
    assert (network.most, most) == (2, 2)


def test_what_was_written_down_and_not_sent_is_not_begun_after_a_stop(account: Account) -> None:
    network = Crowd(expected=99)
    apply, results = written_down(account, network, stops=True)
    assert (network.full.is_set(), len(account.writes)) == (True, 2)
    assert sorted(results) == [Result.APPLIED] * 2 + [Result.SKIPPED] * 4
    assert len(apply.lock().entries) == len(account.store.all()) == 2
    assert not apply.journal_path.exists(), "the third one is known not to have been sent"


def test_what_was_not_sent_is_not_begun_either_where_the_journal_fails_meanwhile(account: Account) -> None:
    """Its end cannot be written down, and the next apply finds that nothing came of it."""
    apply, refused = Apply(account), Event()

    class OneFirst(httpx.HTTPTransport):
        """Lets one write pass, and the others when the disk has refused."""

        first = threading.Lock()

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            """Send a request."""
            if request.method == "POST" and not self.first.acquire(blocking=False):
                refused.wait(LONG)
            elif request.method == "POST":
                written.acquire(timeout=LONG)
            return super().handle_request(request)

    written = threading.Semaphore(0)

    def sync(_: int) -> None:
        if account.writes:
            refused.set()
            raise OSError(28, "No space left on device")
        journal = apply.journal
        if journal is not None and len(journal.open) == 6:
            written.release()

    recorder = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    applied = apply.run(plan_of(*"abcdef"), recorder, parallelism=4, transport=OneFirst())
    results = [each.result for each in applied.outcomes]
    assert refused.is_set()
    done = results.count(Result.APPLIED) + results.count(Result.UNKNOWN)
    assert len(account.writes) == len(account.store.all()) == done < 6
    assert {each.error for each in applied.outcomes if each.result is Result.SKIPPED} == {None}
    settled = apply.settle().lock
    assert {entry.id for entry in settled.entries.values()} == {each["id"] for each in account.store.all()}


def test_what_waits_for_its_turn_is_not_begun_after_a_stop(account: Account) -> None:
    """Two of three updates are under way, and the third has been given to a thread, when somebody presses Ctrl-C."""
    network, asked = Crowd(expected=2), set()

    class Stop(Event):
        def is_set(self) -> bool:
            found = super().is_set()
            asked.add(threading.get_ident())
            if len(asked) == 3:
                network.full.wait(LONG)
                self.set()
            return found

    found = [stored(account, name, first_sentence="Hello") for name in "abc"]
    plans = [update_plan(each, str(each["name"]), first_sentence="Hi") for each in found]
    apply = Apply(account, stop=Stop())
    apply.hold({str(each["name"]): entry_of(each, first_sentence="Hello") for each in found})
    plan = replace(plans[0], changes=tuple(each.changes[0] for each in plans))
    applied = apply.run(plan, parallelism=2, transport=network)
    assert (network.full.is_set(), len(account.writes)) == (True, 2)
    assert sorted(each.result for each in applied.outcomes) == [Result.APPLIED] * 2 + [Result.SKIPPED]


def test_between_the_look_of_an_update_and_its_request_nobody_else_sends_anything(account: Account) -> None:
    found = [stored(account, name, first_sentence="Hello") for name in "abc"]
    plans = [update_plan(each, str(each["name"]), first_sentence="Hi") for each in found]
    apply = Apply(account)
    apply.hold({str(each["name"]): entry_of(each, first_sentence="Hello") for each in found})
    third = Event()

    class Looks(httpx.HTTPTransport):
        count = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            self.count += request.method == "GET" and not account.writes
            if self.count > 2:
                third.set()
            return super().handle_request(request)

    def sync(_: int) -> None:
        if threading.current_thread() is not threading.main_thread() and not account.writes:
            third.wait(SHORT)

    recorder: Any = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    plan = replace(plans[0], changes=tuple(each.changes[0] for each in plans))
    applied = apply.run(plan, recorder, parallelism=2, transport=Looks())
    assert ([each.result for each in applied.outcomes], third.is_set()) == ([Result.APPLIED] * 3, False)
