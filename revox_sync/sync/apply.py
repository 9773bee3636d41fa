"""Carries a plan out: creates and updates in parallel, the lock written after each.

POST is not idempotent (api/README): a create is never repeated here; one whose end is unclear is `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from typing import Final

from revox_sync.contract import assistant_node
from revox_sync.errors import RefusedError, RejectedError, RemoteError, UnreachableError
from revox_sync.pointer import Value, dotted
from revox_sync.remote.client import Client
from revox_sync.sync.compare import missing_fields
from revox_sync.sync.fingerprint import fingerprint
from revox_sync.sync.keeper import LockKeeper
from revox_sync.sync.match import Remote
from revox_sync.sync.outcome import Applied, Outcome, Result
from revox_sync.sync.plan import Action, Change, Plan
from revox_sync.sync.planner import request_body
from revox_sync.sync.readback import new_entry, read_back
from revox_sync.sync.state import remote

MOST_PARALLEL: Final = 32


def apply_plan(  # noqa: PLR0913 - independent settings, all but three by name
    plan: Plan,
    client: Client,
    keeper: LockKeeper,
    *,
    parallelism: int,
    report: Callable[[Outcome], None],
    stop: Event,
) -> Applied:
    """Send every pending change and record the rest in the lock.

    Args:
        stop: once it is set, requests in flight are finished and none is started.
        parallelism: requests at once, 1 to 32.
        report: called for each outcome as it comes, by the calling thread.

    Raises:
        RefusedError: before any write: the key belongs to another organisation, or the lock cannot be written.
        RemoteError: before any write: the API gave no usable answer.
    """
    taken = _taken_names(plan, client, keeper)
    _prepare_lock(plan, keeper)
    worker = _Worker(client, keeper, taken, stop)
    with ThreadPoolExecutor(parallelism) as pool:
        futures = [pool.submit(worker.carry_out, each) for each in plan.pending]
        for future in as_completed(futures):
            report(future.result())
    return Applied(tuple(each.result() for each in futures), plan.blocked, stop.is_set())


def _taken_names(plan: Plan, client: Client, keeper: LockKeeper) -> frozenset[str]:
    """Names of assistants nobody here knows, right before the creates: a create is fresh when its name is not there.

    Updates name an id, which no other organisation has; a create would go wherever the key leads.
    """
    if not plan.count(Action.CREATE):
        return frozenset()
    listed = client.list_assistants()
    for organization_id in {each.get("organization_id") for each in listed} - {None}:
        if plan.organization_id not in {None, organization_id}:
            raise RefusedError(
                f"the plan is for organisation {plan.organization_id}, the key for {organization_id}",
                hint="check the API key and the environment",
            )
    known = keeper.ids | {each.id for each in plan.changes}
    return frozenset(str(each["name"]) for each in listed if each["id"] not in known)


def _prepare_lock(plan: Plan, keeper: LockKeeper) -> None:
    """Record what needs no request, and find out before the first one whether the lock can be written at all."""
    try:
        if plan.pending:
            keeper.rewrite()
        for change in plan.changes:
            if change.action is Action.NOOP and change.entry:
                keeper.put(change.address, change.entry, plan.organization_id, change.previous_address)
    except OSError as error:
        raise RefusedError(f"the lock cannot be written: {error.strerror}; nothing was sent") from None


class _Worker:
    """Carries out one change after the other; shared by all threads."""

    def __init__(self, client: Client, keeper: LockKeeper, taken: frozenset[str], stop: Event) -> None:
        self._client = client
        self._keeper = keeper
        self._taken = taken
        self._stop = stop
        self._forgetful = Event()

    def carry_out(self, change: Change) -> Outcome:
        """Create or update one assistant; whatever goes wrong is in the outcome."""
        if self._stop.is_set() or self._forgetful.is_set():
            return Outcome(change.address, change.action, change.id, Result.SKIPPED)
        try:
            return self._create(change) if change.action is Action.CREATE else self._update(change)
        except RefusedError as error:
            return _ended(change, Result.REFUSED, error.message)
        except RemoteError as error:
            return _ended(change, Result.FAILED, error.message)
        except OSError as error:
            self._forgetful.set()  # what cannot be remembered is not done
            return _ended(change, Result.FAILED, f"the server has the change, the lock has not: {error.strerror}")

    def _create(self, change: Change) -> Outcome:
        if change.name in self._taken:
            raise RefusedError(f"a remote assistant named `{change.name}` has appeared since the plan was made")
        try:
            answer = remote(self._client.create_assistant({key: change.declared[key] for key in change.body}))
        except (UnreachableError, RejectedError) as error:
            if not _may_have_happened(error):
                raise
            advice = "it may exist all the same: plan again, an assistant of this name is then found"
            return _ended(change, Result.UNKNOWN, f"{error.message}; {advice}")
        return self._settle(change, {}, answer)

    def _update(self, change: Change) -> Outcome:
        assistant_id = str(change.id)
        answer = self._client.get_assistant(assistant_id)
        if answer is None:
            raise RefusedError("it was deleted outside since the plan was made")
        current = remote(answer).value
        if fingerprint(current, change.declared, assistant_node()) != change.fingerprint:
            raise RefusedError("it was edited outside since the plan was made; plan again")
        entry = self._keeper.entry(change.previous_address or change.address)
        body = request_body(change.declared, current, entry, change.body, change.keep)
        try:
            updated = remote(self._client.update_assistant(assistant_id, body))
        except UnreachableError as error:
            if error.never_sent:
                raise
            return _ended(change, Result.UNKNOWN, f"{error.message}; the next plan shows whether it was applied")
        return self._settle(change, current, updated)

    def _settle(self, change: Change, before: Mapping[str, Value], answer: Remote) -> Outcome:
        """Record what the server made of it, then judge it."""
        whole, unread = self._completed(change, answer)
        judged = [key for key in change.body if key not in unread]
        back = read_back(change.declared, before, whole.value, judged, change.keep)
        unsettled = change.keep | set(back.dropped) | {(key,) for key in unread}
        address = change.previous_address or change.address
        entry = new_entry(change.declared, whole, self._keeper.entry(address), unsettled)
        organization_id = whole.value.get("organization_id")
        self._keeper.put(change.address, entry, organization_id, change.previous_address)
        notes = tuple(f"the server changed `{dotted(each)}`; its form is accepted" for each in back.normalised)
        if back.dropped:
            listed = ", ".join(f"`{dotted(each)}`" for each in back.dropped)
            return Outcome(
                change.address, change.action, whole.id, Result.FAILED, f"the server ignored {listed}", notes
            )
        return Outcome(change.address, change.action, whole.id, Result.APPLIED, None, notes)

    def _completed(self, change: Change, answer: Remote) -> tuple[Remote, set[str]]:
        """The answer, fetched again where it lacks declared fields, and the fields that could not be read.

        A field that the fetched object lacks, too, is read: the server has dropped it.
        """
        missing = missing_fields(change.declared, answer.value, assistant_node())
        if not missing:
            return answer, set()
        try:
            whole = self._client.get_assistant(answer.id)
        except RemoteError:  # the write itself is done: what cannot be read is left for the next plan
            return answer, missing
        return (remote(whole), set()) if whole else (answer, missing)


def _ended(change: Change, result: Result, error: str) -> Outcome:
    return Outcome(change.address, change.action, change.id, result, error)


def _may_have_happened(error: UnreachableError | RejectedError) -> bool:
    """Whether a POST that ended so may have created something: all but a refusal of the request itself."""
    if isinstance(error, UnreachableError):
        return not error.never_sent
    return error.status == 408 or error.status >= 500
