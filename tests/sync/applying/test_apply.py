"""Apply without a command line; creates have a module of their own, the rest is in tests/cli/test_apply.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.outcome import Result
from revox_sync.sync.model.plan import Action, Change, Plan
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.recorder import StateRecorder
from tests.account import Account, Fault
from tests.output.samples import Situation, declared
from tests.sync.applying.harness import Apply, plan_of

FULL = OSError(28, "No space left on device")


def stored(account: Account, name: str, **fields: Any) -> dict[str, Any]:
    """An assistant of the account, as the API answers."""
    with account.client() as client:
        answer = client.create_assistant(declared(name, **fields))
    account.switchboard.sent.clear()
    return answer


def deletion(document: dict[str, Any], address: str) -> Change:
    """The delete of an assistant, as planned from what it is now."""
    value = remote_assistant(document).value
    found = fingerprint(value, {}, assistant_node())
    return Change(address, document["name"], document["id"], Action.DELETE, fingerprint=found)


def update(found: dict[str, Any], address: str, **fields: Any) -> Plan:
    """An update of an assistant, as planned from what it is now."""
    made = Situation()
    made.known(address, declared(found["name"], **fields), remote_assistant(found), declared(found["name"]))
    return replace(made.plan(), organization_id=None)


def test_a_journal_that_cannot_be_written_any_more_stops_the_rest(account: Account) -> None:
    left = [1] * 4

    def sync(_: int) -> None:
        if not left:
            raise FULL
        left.pop()

    apply = Apply(account)
    keeper = StateRecorder(apply.lock(), apply.save, JournalFile(apply.journal_path, sync))
    applied = apply.run(plan_of("a", "b", "c"), keeper, parallelism=1)
    assert [each.result for each in applied.outcomes] == [Result.APPLIED, Result.UNKNOWN, Result.SKIPPED]
    assert "No space left" in str(applied.outcomes[1].error)
    assert len(account.store.all()) == 2
    assert sorted(apply.settle().lock.entries) == ["a", "b"]


@pytest.mark.parametrize("parallelism", [1, 8])
def test_what_creates_cost_the_disk(account: Account, parallelism: int) -> None:
    """The disk is asked for the header of the journal and at most twice for each create; the lock is written twice."""
    asked: list[int] = []
    saved: list[Lock] = []
    apply, count = Apply(account), 24

    def save(lock: Lock) -> None:
        saved.append(lock)
        apply.save(lock)

    keeper = StateRecorder(apply.lock(), save, JournalFile(apply.journal_path, asked.append))
    apply.run(plan_of(*(f"a{number}" for number in range(count))), keeper, parallelism=parallelism)
    most = 1 + 2 * count
    assert len(asked) == most if parallelism == 1 else 1 < len(asked) <= most
    assert [len(each.entries) for each in saved] == [0, count]


def test_a_create_asks_the_api_once(account: Account) -> None:
    Apply(account).run(plan_of(*"abcdefgh"), parallelism=4)
    assert sorted(each.method for each in account.switchboard.sent) == ["GET", *["POST"] * 8]


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
    applied = apply.run(plan_of("a", "b"), transport=Unplugged(), timeout=0.3)
    assert [each.result for each in applied.outcomes] == [Result.FAILED, Result.FAILED]
    assert "no connection" in str(applied.outcomes[0].error)
    assert apply.lock().entries == {}
    assert not apply.journal_path.exists()


# What happens to every PATCH, and to every GET after it; the outcome; whether the new value is there, and in the lock.
UPDATES = [
    ({"status": 500}, {}, Result.FAILED, "Hello", False),
    ({"status": 500, "committed": True}, {}, Result.APPLIED, "Hi", True),
    ({"status": None}, {}, Result.FAILED, "Hello", False),
    ({"status": None, "committed": True}, {}, Result.APPLIED, "Hi", True),
    ({"status": None, "committed": True}, {"status": 400}, Result.UNKNOWN, "Hi", True),
    ({"status": None}, {"status": 400}, Result.UNKNOWN, "Hello", False),
    ({"status": 422}, {}, Result.FAILED, "Hello", False),
    ({"status": 404}, {}, Result.REFUSED, "Hello", False),
]


@pytest.mark.parametrize(("patch", "get", "result", "value", "locked"), UPDATES)
def test_every_end_of_an_update(
    account: Account, patch: dict[str, Any], get: dict[str, Any], result: Result, value: str, *, locked: bool
) -> None:
    plan = update(stored(account, "a", first_sentence="Hello"), "a", first_sentence="Hi")
    apply = Apply(account)
    entry = LockEntry(str(plan.changes[0].id), "a", {})
    apply.hold({"a": entry})
    account.disturb("PATCH", **patch)
    if get:
        account.switchboard.faults.append(Fault(lambda sent: sent.method == "GET" and bool(account.writes), **get))
    (outcome,) = apply.run(plan, timeout=0.4).outcomes
    assert (outcome.result, outcome.id) == (result, entry.id)
    assert account.remote("a")["first_sentence"] == value
    assert apply.journal_path.exists() is (result is Result.UNKNOWN)
    account.switchboard.faults.clear()
    settled = apply.settle()
    assert (settled.lock.entries["a"] != entry, settled.unknown) == (locked, {})


def test_an_update_of_what_is_gone_is_explained(account: Account) -> None:
    plan = update(stored(account, "a"), "a", first_sentence="Hi")
    account.store.remove(account.remote("a")["id"])
    (outcome,) = Apply(account).run(plan).outcomes
    assert (outcome.result, outcome.error) == (Result.REFUSED, "it was deleted outside since the plan was made")


# What happens to every DELETE; the outcome; whether the assistant is there, and in the lock.
DELETES: list[tuple[dict[str, Any], Result, bool]] = [
    ({}, Result.APPLIED, False),
    ({"status": 404}, Result.APPLIED, False),
    ({"status": 500}, Result.FAILED, True),
    ({"status": 500, "committed": True}, Result.APPLIED, False),
    ({"status": None, "committed": True}, Result.APPLIED, False),
    ({"status": 200, "body": {"success": False}}, Result.FAILED, True),
    ({"status": 403}, Result.FAILED, True),
]


@pytest.mark.parametrize(("fault", "result", "locked"), DELETES)
def test_every_end_of_a_delete(account: Account, fault: dict[str, Any], result: Result, *, locked: bool) -> None:
    plan = replace(plan_of(), changes=(deletion(stored(account, "a"), "a"),))
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {}), "b": LockEntry("asst_b", "b", {})})
    if fault:
        account.disturb("DELETE", **fault)
    (outcome,) = apply.run(plan, timeout=0.4).outcomes
    assert (outcome.result, outcome.id, "a" in apply.lock().entries) == (result, plan.changes[0].id, locked)
    assert "b" in apply.lock().entries
    assert not apply.journal_path.exists()


def test_what_is_gone_already_needs_no_delete(account: Account) -> None:
    plan = replace(plan_of(), changes=(deletion(stored(account, "a"), "a"),))
    account.store.remove(account.remote("a")["id"])
    apply = Apply(account)
    apply.hold({"a": LockEntry(str(plan.changes[0].id), "a", {})})
    (outcome,) = apply.run(plan).outcomes
    assert (outcome.result, outcome.notes) == (Result.APPLIED, ("it was gone already",))
    assert (apply.lock().entries, account.writes) == ({}, [])


def test_what_was_edited_meanwhile_is_not_deleted(account: Account) -> None:
    plan = replace(plan_of(), changes=(deletion(stored(account, "a"), "a"),))
    account.edit("a", prompt="Other")
    (outcome,) = Apply(account).run(plan).outcomes
    assert (outcome.result, account.writes) == (Result.REFUSED, [])


def test_deletes_come_last(account: Account) -> None:
    plan = plan_of("x", "y", "z")
    plan = replace(plan, changes=(deletion(stored(account, "a"), "a"), *plan.changes))
    applied = Apply(account).run(plan)
    assert [each.address for each in applied.outcomes] == ["a", "x", "y", "z"]
    assert [each.method for each in account.writes] == ["POST", "POST", "POST", "DELETE"]


def test_nothing_is_deleted_after_a_failure(account: Account) -> None:
    plan = plan_of("x", "y")
    plan = replace(plan, changes=(*plan.changes, deletion(stored(account, "a"), "a")))
    account.disturb("POST", named="x", status=422)
    apply = Apply(account)
    applied = apply.run(plan)
    assert [each.result for each in applied.outcomes] == [Result.FAILED, Result.APPLIED, Result.SKIPPED]
    assert "before everything else has worked" in str(applied.outcomes[2].error)
    assert len(apply.reported) == 3
    assert account.remote("a")


def edit_when(account: Account, method: str, **fields: Any) -> None:
    """Somebody edits the assistant while the first request of a method is answered with 503."""

    def matches(sent: Any) -> bool:
        if sent.method != method or any(each.method == method for each in account.switchboard.sent[:-1]):
            return False
        account.edit("a", **fields)
        return True

    account.switchboard.faults.append(Fault(matches, status=503))


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_write_is_repeated_after_another_look_only(account: Account, method: str) -> None:
    found = stored(account, "a")
    plan = update(found, "a", first_sentence="Hello")
    if method == "DELETE":
        plan = replace(plan, changes=(deletion(found, "a"),))
    edit_when(account, method, end_of_call_sentence="edited")
    apply = Apply(account)
    (outcome,) = apply.run(plan).outcomes
    assert outcome.result is Result.REFUSED
    assert outcome.error is not None
    assert "edited outside" in outcome.error
    assert account.remote("a")["end_of_call_sentence"] == "edited"
    assert [each.method for each in account.switchboard.sent] == ["GET", method, "GET"]
    assert apply.journal is None


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_nobody_touched_is_sent_again(account: Account, method: str) -> None:
    found = stored(account, "a")
    plan = update(found, "a", first_sentence="Hello")
    if method == "DELETE":
        plan = replace(plan, changes=(deletion(found, "a"),))
    edit_when(account, method)
    (outcome,) = Apply(account).run(plan).outcomes
    assert outcome.result is Result.APPLIED
    assert [each.method for each in account.switchboard.sent] == ["GET", method, "GET", method]


def test_an_edit_beside_what_is_sent_shows_as_drift(account: Account) -> None:
    account.declare("a", first_sentence="Hello", end_of_call_sentence="Bye")
    account.applied()
    account.declare("a", first_sentence="Hi", end_of_call_sentence="Bye")

    def edited(body: Any) -> Any:
        account.edit("a", end_of_call_sentence="edited")
        return body

    account.disturb("PATCH", rewrite=edited)
    account.applied()
    account.switchboard.faults.clear()
    (drifted,) = account.plan()["drift"]
    assert [each["path"] for each in drifted["fields"]] == ["end_of_call_sentence"]
