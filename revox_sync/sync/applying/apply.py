"""Applies a plan: checks that it may be sent, sends creates and updates in parallel, then deletes; writes the lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext, suppress
from queue import Empty, SimpleQueue
from threading import Event, Semaphore
from typing import Any, Final, TypeVar

from revox_sync.errors import RefusedError, RemoteError, RevoxSyncError
from revox_sync.remote.client import Client
from revox_sync.remote.http.listing import AssistantList
from revox_sync.sync.applying.context import (
    ApplyContext,
    ChangeRun,
    JournalWriteError,
    ListedBefore,
    UnknownEndError,
    failed,
)
from revox_sync.sync.applying.create import create
from revox_sync.sync.applying.delete import delete
from revox_sync.sync.applying.update import update
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action, Change, Plan
from revox_sync.sync.state.recorder import StateRecorder
from revox_sync.values.loose_name import loose_name

_ACTIONS: Final[Mapping[Action, Callable[[ChangeRun], Outcome]]] = {
    Action.CREATE: create,
    Action.UPDATE: update,
    Action.DELETE: delete,
}
_HELD_BACK: Final = "nothing is deleted before everything else has worked"
_WAKE_SECONDS: Final = 0.2
_PATIENCE_SECONDS: Final = 0.05
"""So soon another change mostly has its intent on disk, and with it the end of the one before."""
_T = TypeVar("_T")


def apply_plan(plan: Plan, context: ApplyContext) -> Applied:
    """Send every pending change and record the rest in the lock.

    A delete is begun only when every create and update of the plan was applied.

    Raises:
        RefusedError: before any write: the key belongs to another organisation, or lock and journal cannot be written.
        RemoteError: before any write: the API gave no usable answer.
    """
    listed = _listed(context.client) if plan.count(Action.CREATE) else AssistantList([])
    _require_organization(plan, listed.assistants)
    before = _before(plan, context, listed)
    _prepare(plan, context.recorder)
    try:
        outcomes = Executor(context, plan, before).execute_all()
    finally:
        unsaved = _finish(context.recorder)
    return Applied(outcomes, plan.blocked, context.stop.is_set(), unsaved)


def _listed(client: Client) -> AssistantList:
    # In a thread of its own: between two attempts the client waits for `stop`, which a signal handler sets in this
    # thread. If this thread waited itself, the handler could come in the middle of the wait and block for ever.
    with ThreadPoolExecutor(1) as pool:
        (answer,) = _as_they_come([pool.submit(client.listing)])
        return answer.result()


def _require_organization(plan: Plan, listed: Iterable[Mapping[str, Any]]) -> None:
    # An update names an id, which no other organisation has. A create would go wherever the key leads.
    for organization_id in {assistant.get("organization_id") for assistant in listed} - {None}:
        if plan.organization_id not in {None, organization_id}:
            raise RefusedError(
                f"the plan is for organisation {plan.organization_id}, but the key belongs to {organization_id}",
                hint="check the API key and the environment",
            )


def _before(plan: Plan, context: ApplyContext, listed: AssistantList) -> ListedBefore:
    planned = {change.id for change in plan.changes if change.id is not None}
    known = context.recorder.ids | context.foreign_ids | planned
    foreign = {str(assistant["id"]): loose_name(str(assistant["name"])) for assistant in listed.assistants}
    return ListedBefore(
        ids=known | foreign.keys() | {entry.id for entry in listed.unreadable if entry.id is not None},
        foreign_names=frozenset(name for assistant_id, name in foreign.items() if assistant_id not in known),
        unreadable=tuple(entry for entry in listed.unreadable if entry.id not in known),
    )


def _prepare(plan: Plan, recorder: StateRecorder) -> None:
    """Record what needs no request, and find out before the first one whether lock and journal can be written."""
    for change in plan.complete.changes:
        if change.action is Action.NOOP and change.entry is not None:
            recorder.put(change.address, change.entry, plan.organization_id, change.previous_address)
    for address in plan.dropped:
        recorder.drop(address)
    try:
        if plan.pending:
            recorder.prepare(plan.organization_id)
    except OSError as error:
        raise RefusedError(f"the lock cannot be written: {error.strerror}; nothing was sent") from None


def _finish(recorder: StateRecorder) -> str | None:
    """Write the lock; the reason where that fails. The journal then has what the lock lacks."""
    try:
        recorder.finish()
    except OSError as error:
        return error.strerror
    except RefusedError as error:
        return error.message
    return None


class Executor:
    """Turns the changes of one plan into outcomes; its threads share it."""

    def __init__(self, context: ApplyContext, plan: Plan, listed: ListedBefore) -> None:
        self._context = context
        self._plan = plan
        self._listed = listed
        self._halted = Event()
        self._turns = Semaphore(context.parallelism)

    def execute_all(self) -> tuple[Outcome, ...]:
        """Carry out every pending change; outcomes in plan order."""
        deletes = [change for change in self._plan.pending if change.action is Action.DELETE]
        outcomes = self._in_parallel([change for change in self._plan.pending if change.action is not Action.DELETE])
        if all(outcome.result is Result.APPLIED for outcome in outcomes):
            outcomes += self._in_parallel(deletes)
        else:
            # An assistant whose file was moved and renamed looks like one to create and one to delete. If the create
            # failed, deleting the other one would leave nobody to answer the calls.
            held_back = [failed(change, Result.SKIPPED, _HELD_BACK) for change in deletes]
            for outcome in held_back:
                self._context.report(outcome)
            outcomes += held_back
        by_address = {outcome.address: outcome for outcome in outcomes}
        return tuple(by_address[change.address] for change in self._plan.pending)

    def _in_parallel(self, changes: Sequence[Change]) -> list[Outcome]:
        at_once = self._context.parallelism
        # More than have a turn: the others wait for the disk, or work out what an answer says.
        workers = at_once + at_once // 2
        with ThreadPoolExecutor(workers) as pool:
            goes_on = len(changes) - workers
            futures = [
                pool.submit(self.execute, change, is_last=number >= goes_on) for number, change in enumerate(changes)
            ]
            try:
                for future in _as_they_come(futures):
                    self._settle(_PATIENCE_SECONDS)
                    self._context.report(future.result())
            except BaseException:
                self._halted.set()  # what has begun is finished, nothing else is begun
                raise
        return [future.result() for future in futures]

    def _settle(self, patience: float = 0.0) -> None:
        """Have the ends of what was done on disk, before anybody is told of it."""
        try:
            self._context.recorder.settle(patience)
        except OSError:
            # What was done is done, and `finish` puts it into the lock.
            self._halted.set()

    def execute(self, change: Change, *, is_last: bool = False) -> Outcome:
        """Create, update or delete one assistant; whatever goes wrong is in the outcome.

        Args:
            is_last: no change may follow whose intent takes the end of this one to the disk.
        """
        if self._is_ending():
            return failed(change, Result.SKIPPED, None)
        outcome = self._executed(change)
        if is_last:
            self._settle()
        return outcome

    def _is_ending(self) -> bool:
        return self._context.stop.is_set() or self._halted.is_set()

    def _executed(self, change: Change) -> Outcome:
        restores = self._plan.restored_from is not None
        run = ChangeRun(self._context, change, self._listed, restores, self._turns, self._is_ending)
        try:
            # Between the look of an update or a delete and what it sends nobody else's request may come.
            with nullcontext() if change.action is Action.CREATE else run.turn:
                # Asked again, because the turn may have been waited for.
                return failed(change, Result.SKIPPED, None) if self._is_ending() else _ACTIONS[change.action](run)
        except (RevoxSyncError, OSError) as error:
            if isinstance(error, JournalWriteError | OSError):
                self._halted.set()  # what cannot be written down is not done
            return _failure(change, error)


def _failure(change: Change, error: RevoxSyncError | OSError) -> Outcome:
    """The outcome of a change that ended with an error."""
    match error:
        case UnknownEndError():
            return failed(change, Result.UNKNOWN, error.message, error.candidates)
        case RefusedError():
            return failed(change, Result.REFUSED, error.message)
        case RemoteError() if error.interrupted:
            return failed(change, Result.SKIPPED, error.message)
        case RevoxSyncError():
            return failed(change, Result.FAILED, error.message)
        case _:
            problem = f"the answer cannot be written down: {error.strerror}; the next apply asks the server again"
            return failed(change, Result.UNKNOWN, problem)


def _as_they_come(futures: Sequence[Future[_T]]) -> Iterator[Future[_T]]:
    """Futures in the order in which they are done; a signal handler runs soon even while none is."""
    done: SimpleQueue[Future[_T]] = SimpleQueue()
    for future in futures:
        future.add_done_callback(done.put)
    for _ in futures:
        yield _next(done)


def _next(done: SimpleQueue[_T]) -> _T:
    while True:
        # A signal that comes just before this thread begins to wait is only dealt with when the wait ends. So no wait
        # is long; `concurrent.futures.as_completed` would wait until the next request is through.
        with suppress(Empty):
            return done.get(timeout=_WAKE_SECONDS)
