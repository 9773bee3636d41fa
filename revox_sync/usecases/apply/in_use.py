"""Asks who uses the assistants that a plan would take away, or would let callers hear something else from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

from revox_sync.remote.client import Client
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Plan
from revox_sync.sync.planning.in_use import is_heard, keep_in_use, may_take_away
from revox_sync.sync.remote_state.usage import fetch_usage


def with_uses(plan: Plan, lock: Lock, client: Callable[[], AbstractContextManager[Client]]) -> Plan:
    """The plan as `keep_in_use` leaves it. The API is asked only where the plan gives a reason to.

    Args:
        lock: in force when the plan was made.
        client: gives one when it is needed.
    """
    former = {address: entry.id for address, entry in lock.entries.items()}
    takes = may_take_away(plan, former)
    if not takes and not is_heard(plan):
        return plan
    with client() as api:
        usage = fetch_usage(api, campaigns=takes)
    return keep_in_use(plan, usage, former, plan.options.even_if_used)


def refuse_used(plan: Plan, lock: Lock, client: Client) -> Plan:
    """The plan right before it is carried out: somebody may have given an assistant a number since it was made."""
    former = {address: entry.id for address, entry in lock.entries.items()}
    if not may_take_away(plan, former):
        return plan
    kept = keep_in_use(plan, fetch_usage(client), former, plan.options.even_if_used)
    # The notes were read with the plan.
    return replace(kept, notes=plan.notes)
