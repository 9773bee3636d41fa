"""Files for which nothing can be planned although they have no errors, each for itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.remote_state.fetch import State, Unknown
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.values.address import as_arguments

_MOST_LISTED: Final = 4
"""Files of one name that are listed; of more, only the number is told."""


def unplannable(desired: Sequence[Desired], state: State) -> dict[str, Unknown]:
    """Why nothing can be planned for some of the files, by address; the other files are planned all the same."""
    matches = {match.address: match for match in state.matches.matches}
    found = ((wish, unset_variables(wish) or _namesake(wish, matches[wish.address], state.lock)) for wish in desired)
    reasons = {wish.address: (wish, reason) for wish, reason in found if reason}
    by_address = {wish.address: wish for wish in desired} if reasons else {}
    return {
        address: Unknown(wish.name, reason + _stopped_move(wish, by_address))
        for address, (wish, reason) in reasons.items()
    }


def unset_variables(desired: Desired) -> str:
    """Which environment variables have no value; empty if all have one."""
    if not desired.unset:
        return ""
    listed = ", ".join(f"`{name}`" for name in desired.unset)
    return f"environment variables are not set or empty: {listed}; set them, or write them into .env"


def _namesake(desired: Desired, match: Match, lock: Lock) -> str:
    """Why another file of the same name leaves open which assistant is meant; empty if it does not."""
    # A lock entry says it, whatever the names are. For an ambiguous match the plan has the ids to choose from.
    if not desired.namesakes or match.kind in {MatchKind.LOCKED, MatchKind.UNREADABLE, MatchKind.AMBIGUOUS}:
        return ""
    ours = as_arguments(desired.address)
    if match.entry is not None and match.kind is MatchKind.MISSING:
        return f"{match.entry.id} no longer exists on the server, and {_never_twice(desired, ours)}"
    free = sorted(desired.namesakes - lock.entries.keys())
    if free:
        return (
            f"{have_this_name(free)}, and the lock has neither: choose another name, or "
            f"`revox-sync import {ours} ID` says which assistant is meant"
        )
    if match.remote is not None:
        return ""  # the only assistant of this name that is not bound
    return _never_twice(desired, ours)


def _stopped_move(desired: Desired, by_address: Mapping[str, Desired]) -> str:
    """What to add where another file says the same, as after a `mv` that was killed; empty where none does."""
    known = (by_address[address] for address in sorted(desired.namesakes) if address in by_address)
    same = next((wish.address for wish in known if wish.declared == desired.declared), None)
    if same is None:
        return ""
    return f". `{same}` says the same in everything: if a `mv` was stopped, the same `mv` again ends it"


def _never_twice(desired: Desired, ours: str) -> str:
    # After a lost answer nobody could tell a new assistant of this name from the one that is there.
    return (
        f"{have_this_name(sorted(desired.namesakes))}, and no second assistant is created of one name: "
        f"choose another name, or `revox-sync import {ours} ID` binds one that exists"
    )


def have_this_name(addresses: Sequence[str]) -> str:
    """Which files have the name that is spoken of, as the beginning of a sentence; of many the first ones."""
    listed = ", ".join(f"`{address}`" for address in addresses[:_MOST_LISTED])
    more = len(addresses) - _MOST_LISTED
    named = f"{listed} and {more:,} more" if more > 0 else listed
    return f"{named} {'has' if len(addresses) == 1 else 'have'} this name, too"
