"""Applies a plan: checks that it may be sent, carries it out, and writes the lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.sync.applying.context import ApplyContext, ListedBefore
from revox_sync.sync.applying.executor import Executor, as_they_come
from revox_sync.sync.model.outcome import Applied
from revox_sync.sync.model.plan import Action, Plan
from revox_sync.sync.remote_state.match import name_key
from revox_sync.sync.state.recorder import StateRecorder

MOST_PARALLEL: Final = 32


def apply_plan(plan: Plan, context: ApplyContext) -> Applied:
    """Send every pending change and record the rest in the lock.

    A delete is begun only when every create and update of the plan was applied.

    Raises:
        RefusedError: before any write: the key belongs to another organisation, or lock and journal cannot be written.
        RemoteError: before any write: the API gave no usable answer.
    """
    listed = _listed(context.client) if plan.count(Action.CREATE) else []
    _require_organization(plan, listed)
    before = _before(plan, context, listed)
    _prepare(plan, context.recorder)
    try:
        outcomes = Executor(context, plan, before).execute_all()
    finally:
        unsaved = _finish(context.recorder)
    return Applied(outcomes, plan.blocked, context.stop.is_set(), unsaved)


def _listed(client: Client) -> list[dict[str, Any]]:
    # In a thread of its own: between two attempts the client waits for `stop`, which a signal handler sets in this
    # thread. If this thread waited itself, the handler could come in the middle of the wait and block for ever.
    with ThreadPoolExecutor(1) as pool:
        (answer,) = as_they_come([pool.submit(client.list_assistants)])
        return answer.result()


def _require_organization(plan: Plan, listed: Iterable[Mapping[str, Any]]) -> None:
    # An update names an id, which no other organisation has. A create would go wherever the key leads.
    for organization_id in {assistant.get("organization_id") for assistant in listed} - {None}:
        if plan.organization_id not in {None, organization_id}:
            raise RefusedError(
                f"the plan is for organisation {plan.organization_id}, but the key belongs to {organization_id}",
                hint="check the API key and the environment",
            )


def _before(plan: Plan, context: ApplyContext, listed: Iterable[Mapping[str, Any]]) -> ListedBefore:
    planned = {change.id for change in plan.changes if change.id is not None}
    known = context.recorder.ids | context.foreign_ids | planned
    foreign = {str(assistant["id"]): name_key(str(assistant["name"])) for assistant in listed}
    return ListedBefore(
        ids=known | foreign.keys(),
        foreign_names=frozenset(name for assistant_id, name in foreign.items() if assistant_id not in known),
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
    """Write the lock; the system's reason where that fails. The journal then has what the lock lacks."""
    try:
        recorder.finish()
    except OSError as error:
        return error.strerror
    return None
