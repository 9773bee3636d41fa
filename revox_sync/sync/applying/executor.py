"""Carries out the changes of a plan: creates and updates in parallel, deletes once all of them are through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event
from typing import Final, TypeVar

from revox_sync.errors import RefusedError, RemoteError, RevoxSyncError
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
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action, Change, Plan

_ACTIONS: Final[Mapping[Action, Callable[[ChangeRun], Outcome]]] = {
    Action.CREATE: create,
    Action.UPDATE: update,
    Action.DELETE: delete,
}
_HELD_BACK: Final = "nothing is deleted before everything else has worked"
_WAKE_SECONDS: Final = 0.2
_T = TypeVar("_T")


class Executor:
    """Turns the changes of one plan into outcomes; its threads share it."""

    def __init__(self, context: ApplyContext, plan: Plan, listed: ListedBefore) -> None:
        self._context = context
        self._plan = plan
        self._listed = listed
        self._halted = Event()

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
        with ThreadPoolExecutor(self._context.parallelism) as pool:
            futures = [pool.submit(self.execute, change) for change in changes]
            try:
                for future in as_they_come(futures):
                    self._context.report(future.result())
            except BaseException:
                self._halted.set()  # what has begun is finished, nothing else is begun
                raise
        return [future.result() for future in futures]

    def execute(self, change: Change) -> Outcome:
        """Create, update or delete one assistant; whatever goes wrong is in the outcome."""
        if self._context.stop.is_set() or self._halted.is_set():
            return failed(change, Result.SKIPPED, None)
        run = ChangeRun(self._context, change, self._listed, restores=self._plan.restored_from is not None)
        try:
            return _ACTIONS[change.action](run)
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


def as_they_come(futures: Sequence[Future[_T]]) -> Iterator[Future[_T]]:
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
