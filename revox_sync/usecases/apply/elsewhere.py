"""Assistants of one account that another environment of the project holds, or may have created: no file takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from revox_sync.sync.applying.recovery import without_unknown
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action, Plan
from revox_sync.sync.remote_state.fetch import State, Unknown
from revox_sync.sync.remote_state.match import MatchKind
from revox_sync.sync.state.environments import OtherEnvironments

_LOST: Final = (
    "`{name}.lock.json` in .revox has assistants of this account for {addresses}, and revox-sync.yaml has no "
    "environment `{name}`: if that is the name this one had, rename the file and the `environment` in it, or they are "
    "created again"
)
_MOST_NAMED: Final = 8
"""A note about too many assistants names so many."""


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
        elif match.kind is MatchKind.MISSING and match.entry is not None:
            # Nobody may bind what has its name by now, either.
            reason = others.doubt(match.candidates, match.entry.name)
            if reason is not None:
                found[match.address] = Unknown(
                    match.entry.name, f"{match.entry.id} no longer exists on the server, and {reason}"
                )
    free = tuple(remote for remote in state.unmanaged if others.refusal(remote.id, remote.name) is None)
    return replace(state, unknown={**state.unknown, **found}, unmanaged=free)


def with_lost_environments(plan: Plan, others: Callable[[], OtherEnvironments]) -> Plan:
    """The plan with a note for each environment that has a lock and no place in revox-sync.yaml any more.

    Under its new name an environment has no lock: without the note it would create all of its assistants again.

    Args:
        others: asked only where the plan creates something.
    """
    created = {change.address for change in plan.changes if change.action is Action.CREATE}
    if not created:
        return plan
    theirs = others()
    held = {
        name: [address for owner, address in theirs.holders.values() if owner == name and address in created]
        for name in sorted(theirs.unknown)
    }
    notes = (_LOST.format(name=name, addresses=_listed(found)) for name, found in held.items() if found)
    return replace(plan, notes=(*plan.notes, *notes))


def _listed(addresses: Sequence[str]) -> str:
    named, more = ", ".join(f"`{address}`" for address in addresses[:_MOST_NAMED]), len(addresses) - _MOST_NAMED
    return f"{named} and {more} more" if more > 0 else named


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
