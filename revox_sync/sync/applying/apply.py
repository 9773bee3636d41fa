"""Carries a plan out: creates and updates in parallel, deletes when all of them are through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, Final, TypeVar

from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.sync.applying.context import ApplyContext, ended
from revox_sync.sync.applying.executor import Executor
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action, Change, Plan
from revox_sync.sync.remote_state.match import name_key
from revox_sync.sync.state.recorder import StateRecorder

MOST_PARALLEL: Final = 32
WAKE_SECONDS: Final = 0.2
T = TypeVar("T")
HELD_BACK: Final = "nothing is deleted before everything else has worked"


def apply_plan(  # noqa: PLR0913 - independent settings, all but three by name
    plan: Plan,
    client: Client,
    keeper: StateRecorder,
    *,
    parallelism: int,
    report: Callable[[Outcome], None],
    stop: Event,
    wait: Callable[[float], bool] | None = None,
    now: Callable[[], float] = time.time,
    elsewhere: frozenset[str] = frozenset(),
    notice: Callable[[str], None] = lambda _: None,
) -> Applied:
    """Send every pending change and record the rest in the lock.

    A delete is begun only when every create and update of the plan was applied: an assistant whose file was moved and
    renamed looks like one to create and one to delete, and nobody should answer less calls because half of that failed.

    Args:
        parallelism: requests at once, 1 to 32.
        report: called for each outcome as it comes, by the calling thread.
        stop: once it is set, requests in flight are finished and none is started.
        wait: lets seconds pass and returns whether the run was stopped meanwhile; None: `stop.wait`.
        now: seconds of Unix time.
        elsewhere: ids that other environments hold; their names stand in nobody's way.
        notice: told what takes its time, by the thread that waits.

    Raises:
        RefusedError: before any write: the key belongs to another organisation, or lock and journal cannot be written.
        RemoteError: before any write: the API gave no usable answer.
    """
    listed = _listed(client) if plan.count(Action.CREATE) else []
    _require_organization(plan, listed)
    ours = keeper.ids | elsewhere | {each.id for each in plan.changes if each.id is not None}
    _prepare(plan, keeper)
    run = ApplyContext(
        client=client,
        keeper=keeper,
        known=ours | {str(each["id"]) for each in listed},
        taken=frozenset(name_key(str(each["name"])) for each in listed if each["id"] not in ours),
        restores=plan.restored_from is not None,
        wait=stop.wait if wait is None else wait,
        now=now,
        notice=notice,
    )
    try:
        outcomes = _carried_out(plan, Executor(run, stop), parallelism, report)
    finally:
        unsaved = _finished(keeper)
    return Applied(outcomes, plan.blocked, stop.is_set(), unsaved)


def _listed(client: Client) -> list[dict[str, Any]]:
    # In a thread of its own: waiting for another attempt means waiting for `stop`, which a signal handler sets in this
    # one; it would wait for ever if it came in the middle.
    with ThreadPoolExecutor(1) as pool:
        (done,) = _as_they_come([pool.submit(client.list_assistants)])
        return done.result()


def _require_organization(plan: Plan, listed: Iterable[Mapping[str, Any]]) -> None:
    """Updates name an id, which no other organisation has; a create would go wherever the key leads."""
    for organization_id in {each.get("organization_id") for each in listed} - {None}:
        if plan.organization_id not in {None, organization_id}:
            raise RefusedError(
                f"the plan is for organisation {plan.organization_id}, the key for {organization_id}",
                hint="check the API key and the environment",
            )


def _prepare(plan: Plan, keeper: StateRecorder) -> None:
    """Record what needs no request, and find out before the first one whether lock and journal can be written."""
    for change in plan.complete.changes:
        if change.action is Action.NOOP and change.entry is not None:
            keeper.put(change.address, change.entry, plan.organization_id, change.previous_address)
    for address in plan.dropped:
        keeper.drop(address)
    try:
        if plan.pending:
            keeper.prepare(plan.organization_id)
    except OSError as error:
        raise RefusedError(f"the lock cannot be written: {error.strerror}; nothing was sent") from None


def _finished(keeper: StateRecorder) -> str | None:
    """Write the lock; why that does not work, where it does not."""
    try:
        keeper.finish()
    except OSError as error:
        return error.strerror
    return None


def _carried_out(
    plan: Plan, carrier: Executor, parallelism: int, report: Callable[[Outcome], None]
) -> tuple[Outcome, ...]:
    """Outcomes in plan order."""
    deletes = [each for each in plan.pending if each.action is Action.DELETE]
    others = [each for each in plan.pending if each.action is not Action.DELETE]
    outcomes = _in_parallel(others, carrier, parallelism, report)
    if all(each.result is Result.APPLIED for each in outcomes):
        outcomes += _in_parallel(deletes, carrier, parallelism, report)
    else:
        outcomes += _held_back(deletes, report)
    found = {each.address: each for each in outcomes}
    return tuple(found[each.address] for each in plan.pending)


def _in_parallel(
    changes: Iterable[Change], carrier: Executor, parallelism: int, report: Callable[[Outcome], None]
) -> list[Outcome]:
    with ThreadPoolExecutor(parallelism) as pool:
        futures = [pool.submit(carrier.execute, each) for each in changes]
        try:
            for future in _as_they_come(futures):
                report(future.result())
        except BaseException:
            carrier.halt()  # what has begun is finished, nothing else is begun
            raise
    return [each.result() for each in futures]


def _as_they_come(futures: Sequence[Future[T]]) -> Iterator[Future[T]]:
    """Futures as they are done."""
    done: SimpleQueue[Future[T]] = SimpleQueue()
    for future in futures:
        future.add_done_callback(done.put)
    for _ in futures:
        yield _next(done)


def _next(done: SimpleQueue[T]) -> T:
    while True:
        # A signal that comes just before this thread begins to wait is dealt with when the wait ends: it ends soon.
        with suppress(Empty):
            return done.get(timeout=WAKE_SECONDS)


def _held_back(deletes: Iterable[Change], report: Callable[[Outcome], None]) -> list[Outcome]:
    outcomes = [ended(each, Result.SKIPPED, HELD_BACK) for each in deletes]
    for each in outcomes:
        report(each)
    return outcomes
