"""Assistants of one account that another environment of the project holds, or may have created: no file takes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from revox_sync.sync.applying.recovery import without_unknown
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Plan
from revox_sync.sync.remote_state.fetch import State, Unknown
from revox_sync.sync.remote_state.match import MatchKind
from revox_sync.sync.state.environments import OtherEnvironments


def without_theirs(state: State, others: OtherEnvironments) -> State:
    """The state in which no file takes what an apply to another environment may have created."""
    if not others.creates:
        return state
    found = {}
    for match in state.matches.matches:
        if match.kind is MatchKind.ADOPTED and match.remote is not None:
            reason = others.doubt((match.remote.id,), match.remote.name)
            if reason is not None:
                found[match.address] = Unknown(match.remote.name, reason)
    free = tuple(remote for remote in state.unmanaged if others.refusal(remote.id, remote.name) is None)
    return replace(state, unknown={**state.unknown, **found}, unmanaged=free)


def refuse_theirs(plan: Plan, lock: Lock, others: Callable[[], OtherEnvironments]) -> Plan:
    """The plan without changes of what another environment holds by now; whatever the lock binds already stays.

    A plan may be old, and one that brings back a snapshot names assistants that the lock let go of long ago.

    Args:
        others: asked only where the plan takes an assistant that the lock does not have.
    """
    own = {entry.id for entry in lock.entries.values()}
    taken = [change for change in plan.changes if change.id is not None and change.id not in own]
    if not taken:
        return plan
    theirs = others()
    reasons = {change.address: theirs.doubt((str(change.id),), change.name) for change in taken}
    unknown = {change.address: Unknown(change.name, why) for change in taken if (why := reasons[change.address])}
    return without_unknown(plan, unknown)
