"""Apply without a command line; the rest is in tests/cli/test_apply.py."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import Any

import httpx
import pytest

from revox_sync.errors import RefusedError
from revox_sync.sync.apply import apply_plan
from revox_sync.sync.keeper import LockKeeper
from revox_sync.sync.lock import Lock
from revox_sync.sync.outcome import Applied, Outcome, Result
from revox_sync.sync.plan import Plan
from tests.account import Account
from tests.output.samples import Situation, declared


def plan_of(*addresses: str) -> Plan:
    made = Situation()
    for address in addresses:
        made.new(address, declared(address))
    return made.plan()


def carried_out(
    account: Account, plan: Plan, stop: Event | None = None, **options: Any
) -> tuple[Applied, list[Outcome], list[Lock]]:
    reported: list[Outcome] = []
    saved: list[Lock] = []
    with account.client(**options) as client:
        keeper = LockKeeper(Lock("test", account.base_url, None, {}), saved.append)
        applied = apply_plan(
            plan, client, keeper, parallelism=4, report=reported.append, stop=Event() if stop is None else stop
        )
    return applied, reported, [each for each in saved if each.entries]


def test_a_lock_that_cannot_be_written_any_more_stops_the_rest(account: Account) -> None:
    writes: list[Lock] = []

    def save(lock: Lock) -> None:
        writes.append(lock)
        if len(writes) > 1:
            raise OSError(28, "No space left on device")

    with account.client() as client:
        keeper = LockKeeper(Lock("test", account.base_url, None, {}), save)
        plan = replace(plan_of("a", "b", "c"), organization_id=None)
        applied = apply_plan(plan, client, keeper, parallelism=1, report=lambda _: None, stop=Event())
    assert [each.result for each in applied.outcomes] == [Result.FAILED, Result.SKIPPED, Result.SKIPPED]
    assert "No space left" in str(applied.outcomes[0].error)
    assert len(account.store.all()) == 1


def test_outcomes_are_in_plan_order_and_reported_once(account: Account) -> None:
    plan = replace(plan_of("a", "b", "c"), organization_id=None)
    applied, reported, saved = carried_out(account, plan)
    assert [(each.address, each.result) for each in applied.outcomes] == [(each, Result.APPLIED) for each in "abc"]
    assert sorted(each.address for each in reported) == ["a", "b", "c"]
    assert {each.id for each in applied.outcomes} == {each["id"] for each in account.store.all()}
    assert len(saved) == 3
    assert not applied.interrupted


def test_nothing_is_started_after_a_stop(account: Account) -> None:
    stop = Event()
    stop.set()
    applied, reported, saved = carried_out(account, replace(plan_of("a", "b"), organization_id=None), stop)
    assert [each.result for each in applied.outcomes] == [Result.SKIPPED, Result.SKIPPED]
    assert len(reported) == 2
    assert (saved, applied.interrupted) == ([], True)
    assert account.writes == []


def test_a_key_of_another_organisation_creates_nothing(account: Account) -> None:
    account.store.add({"id": "asst_1", "name": "Theirs", "prompt": "x", "organization_id": "org_theirs"})
    with pytest.raises(RefusedError, match="org_theirs"):
        carried_out(account, plan_of("a"))
    assert account.writes == []


def test_a_plan_without_creates_asks_for_no_list(account: Account) -> None:
    account.switchboard.sent.clear()
    applied, _, _ = carried_out(account, plan_of())
    assert applied.outcomes == ()
    assert account.switchboard.sent == []


class Unplugged(httpx.HTTPTransport):
    """A network that goes away when something is to be written."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Refuse the connection for writes."""
        if request.method == "GET":
            return super().handle_request(request)
        raise httpx.ConnectError("connection refused", request=request)


def test_a_request_that_was_never_sent_has_failed(account: Account) -> None:
    applied, _, saved = carried_out(account, replace(plan_of("a", "b"), organization_id=None), transport=Unplugged())
    assert [each.result for each in applied.outcomes] == [Result.FAILED, Result.FAILED]
    assert "no connection" in str(applied.outcomes[0].error)
    assert saved == []


def test_a_request_whose_end_is_unclear_is_unknown(account: Account) -> None:
    account.disturb("POST", status=None, committed=True)
    applied, _, saved = carried_out(account, replace(plan_of("a"), organization_id=None))
    assert [each.result for each in applied.outcomes] == [Result.UNKNOWN]
    assert saved == []
