"""Applying without a command line, with a clock that nobody waits for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from revox_sync.errors import RefusedError, UsageError
from revox_sync.remote.http.client_settings import RequestSeen
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.usecases.apply.apply import ApplyArguments, ApplyResult, RunControl, apply_files
from revox_sync.usecases.apply.session import open_session
from revox_sync.usecases.project.settings import Settings, World
from revox_sync.values.address import EVERYTHING
from tests.account import Account


@dataclass(slots=True)
class Audience:
    """Takes note of what it is shown, and cannot be asked."""

    can_ask: bool = False
    plans: list[Plan] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def ask(self, question: str) -> str:
        raise AssertionError(question)

    def plan(self, plan: Plan) -> None:
        self.plans.append(plan)

    def request(self, seen: RequestSeen) -> None:
        self.requests.append(seen.method)

    @contextmanager
    def progress(self, total: int) -> Iterator[Audience]:
        self.totals.append(total)
        yield self

    def outcome(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)

    def notice(self, text: str) -> None:
        self.notices.append(text)


def applied(account: Account, audience: Audience, control: RunControl | None = None, **arguments: Any) -> ApplyResult:
    settings = Settings(str(account.root), "test", color="never", verbosity=0, timeout=5.0, insecure_http=False)
    asked = ApplyArguments(EVERYTHING, PlanOptions(), parallelism=2, **{"approved": True, **arguments})
    return apply_files(open_session(settings), asked, audience, control or RunControl())


def test_everything_is_shown_once(account: Account) -> None:
    account.declare("a")
    audience = Audience()
    result = applied(account, audience)
    assert (audience.plans, audience.totals) == ([result.plan], [1])
    assert audience.outcomes == list(result.applied.outcomes)
    assert [outcome.result for outcome in audience.outcomes] == [Result.APPLIED]
    assert audience.requests.count("POST") == 1
    assert result.lock_name == str(account.lock_path.relative_to(account.root))


def test_a_lock_that_stays_as_it_is_has_no_name(account: Account) -> None:
    account.declare("a")
    account.applied()
    assert applied(account, Audience()).lock_name is None


def test_time_is_an_argument(account: Account) -> None:
    account.declare("a")
    account.disturb("POST", status=504)
    waits: list[float] = []

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    audience = Audience()
    (outcome,) = applied(account, audience, RunControl(world=World(wait, now=lambda: 1000.0))).applied.outcomes
    assert (outcome.result, waits) == (Result.UNKNOWN, [0.0, 10.0, 20.0])
    assert len(audience.notices) == 1
    assert '"at": 1000.0' in account.journal_path.read_text("ascii")


def test_signals_are_caught_only_while_something_is_sent(account: Account) -> None:
    account.declare("a")
    audience, caught = Audience(), []

    @contextmanager
    def interruptible(stop: Event) -> Iterator[None]:
        caught.append((len(audience.plans), len(audience.outcomes)))
        stop.set()
        yield

    (outcome,) = applied(account, audience, RunControl(interruptible=interruptible)).applied.outcomes
    assert (caught, outcome.result, account.writes) == ([(1, 0)], Result.SKIPPED, [])


@pytest.mark.parametrize(
    ("arguments", "raised"), [({"approved": False}, UsageError), ({"expected_digest": "0" * 32}, RefusedError)]
)
def test_what_nobody_approved_is_not_sent(account: Account, arguments: dict[str, Any], raised: type[Exception]) -> None:
    account.declare("a")
    with pytest.raises(raised):
        applied(account, Audience(), **arguments)
    assert account.writes == []
