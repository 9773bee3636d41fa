"""Applies the files, or a saved plan: from what the command line asks for to what became of every assistant."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Protocol

from revox_sync.remote.http.client_settings import RequestSeen
from revox_sync.sync.applying.apply import apply_plan
from revox_sync.sync.applying.context import ApplyContext
from revox_sync.sync.importing.adopt import bound_ids
from revox_sync.sync.model.outcome import Applied, Outcome
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.usecases.apply.api_client import sealer_of
from revox_sync.usecases.apply.approval import (
    LiveApi,
    Reviewer,
    back_up,
    is_saved_plan,
    new_plan,
    require_approval,
    require_digest,
    saved_plan,
)
from revox_sync.usecases.apply.elsewhere import refuse_theirs
from revox_sync.usecases.apply.in_use import refuse_used
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.project.commands import runnable
from revox_sync.usecases.project.settings import THIS_MACHINE, World, say
from revox_sync.values.address import Selection


@dataclass(frozen=True, slots=True)
class ApplyArguments:
    """What an apply is to do.

    Attributes:
        selection: the assistants, or as its one address a saved plan.
        lock_timeout: seconds to wait for another apply on this machine.
        approved: whether a new plan is applied without a question.
        expected_digest: digest of the only plan that may be applied; None: any.
    """

    selection: Selection
    options: PlanOptions
    parallelism: int
    lock_timeout: float = 0.0
    approved: bool = False
    expected_digest: str | None = None


class ProgressListener(Protocol):
    """Somebody who is told how far an apply has come."""

    def outcome(self, outcome: Outcome) -> None:
        """One assistant has ended."""
        ...

    def notice(self, text: str) -> None:
        """Something takes long."""
        ...


class ApplyConsole(Reviewer, Protocol):
    """Somebody who reviews a plan and watches it being applied."""

    def request(self, seen: RequestSeen) -> None:
        """A request has ended."""
        ...

    def progress(self, total: int) -> AbstractContextManager[ProgressListener]:
        """Whom to tell while so many assistants are changed."""
        ...


@dataclass(frozen=True, slots=True)
class RunControl:
    """Time, and what ends an apply early; a test gives it a clock of its own.

    Attributes:
        stop: once it is set, requests in flight are finished and none is started.
        world: its time and its chance.
        interruptible: makes signals set `stop` while the block runs.
    """

    stop: Event = field(default_factory=Event)
    world: World = THIS_MACHINE
    interruptible: Callable[[Event], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """An apply that is over; `lock_name` is the lock's path below the project root where the lock was written."""

    plan: Plan
    applied: Applied
    lock_name: str | None


def apply_files(session: Session, arguments: ApplyArguments, console: ApplyConsole, control: RunControl) -> ApplyResult:
    """Make the API match the files, or carry out a saved plan.

    Raises what its steps raise; once requests are sent, what goes wrong is in the result.
    """
    parallelism, stop, world = arguments.parallelism, control.stop, control.world
    with session.alone(arguments.lock_timeout), session.client(parallelism, stop, console.request) as client:
        settled = session.settle(client)
        if is_saved_plan(arguments.selection, arguments.options):
            ready = saved_plan(session, arguments.selection.addresses[0], settled.unknown, console)
        else:
            api = LiveApi(client, world.wait or stop.wait)
            ready = new_plan(session, api, arguments.selection, arguments.options, console)
        require_digest(ready, arguments.expected_digest)
        require_approval(ready, console, automatic=arguments.approved)
        # Waiting for a yes, or in CI from plan to apply, takes long enough for somebody to give an assistant a number,
        # or another environment's lock its id.
        looked = refuse_used(refuse_theirs(ready.plan, ready.lock, lambda: session.others), ready.lock, client)
        for refusal in sorted(set(looked.refused) - set(ready.plan.refused), key=lambda late: late.address):
            # With `-q`, too: nothing else says why this one is left alone.
            say(runnable(f"{refusal.address}: {refusal.reason}", session.settings))
        ready = replace(ready, plan=looked)
        back_up(session, client, ready, parallelism)
        recorder = session.recorder(ready.lock, settled)
        for address, entry in ready.believed.items():
            recorder.put(address, entry, None)
        # From here on Ctrl-C must not come between two lines: what was sent has to be written down.
        with control.interruptible(stop), console.progress(len(ready.plan.pending)) as progress:
            context = ApplyContext(
                client=client,
                recorder=recorder,
                stop=stop,
                wait=world.wait or stop.wait,
                now=world.now,
                parallelism=parallelism,
                report=progress.outcome,
                notice=progress.notice,
                uniform=world.uniform or random.uniform,
                sealer=sealer_of(session.endpoint),
                facts=session.facts(),
                foreign_ids=frozenset(bound_ids(session.workspace.tree)) | session.others.holders.keys(),
                others=lambda: session.others,
                file_of=session.file_of,
            )
            applied = apply_plan(ready.plan, context)
    return ApplyResult(ready.plan, applied, session.lock_name if settled.changed or recorder.changed else None)
