"""The words of a plan: why an assistant cannot be planned, why it changes, and what else a reader should know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from shlex import quote
from typing import Final

from revox_sync.sync.comparing.three_way import LeafComparison, LeafState
from revox_sync.sync.model.plan import OnDrift, PlanOptions
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.values.pointer import dotted

FORGOTTEN: Final = "the API on this machine has forgotten every assistant of its lock; the lock starts anew"
HIDDEN: Final = (
    "{address}: the list call hides sub-assistants, so an existing one is not found; "
    "`revox-sync import {quoted} ID` binds it"
)


def why_refused(match: Match, options: PlanOptions) -> str | None:
    """Why nothing can be planned for a file, and what to do about it; None where something can."""
    if match.kind is MatchKind.AMBIGUOUS:
        ids = ", ".join(match.candidates)
        several = (
            "several remote assistants have" if len(match.candidates) > 1 else "several files and one assistant have"
        )
        return f"{several} this name ({ids}); `revox-sync import {quote(match.address)} ID` says which one is meant"
    if match.kind is MatchKind.MISSING and not options.recreate:
        lost, locked = match.entry.id if match.entry else "", match.previous_address or match.address
        return (
            f"{lost} no longer exists on the server; --recreate creates it again (--max-deletes counts it), "
            f"`revox-sync import {quote(match.address)} ID` binds another one, "
            f"`revox-sync forget {quote(locked)}` lets go of it"
        )
    return None


def leaf_notes(leaves: Iterable[LeafComparison], choice: OnDrift, options: PlanOptions) -> Iterator[str]:
    """What a reader should know of leaves that nothing is sent for. `choice` is about edits made outside."""
    for leaf in leaves:
        path = dotted(leaf.pointer)
        if leaf.state is LeafState.UNMANAGED:
            yield f"`{path}` is no longer managed; the server keeps its value"
        if leaf.state is LeafState.DRIFT and choice is OnDrift.KEEP:
            yield f"`{path}` was edited outside; the edit is kept"
        if leaf.state is LeafState.UNCOMPARABLE and not options.resend_secrets:
            yield f"`{path}` is a secret that cannot be compared; --resend-secrets sends it"


def reason_for(match: Match, leaves: Iterable[LeafComparison], choice: OnDrift) -> str | None:
    """Why an assistant changes, where its fields do not say it."""
    reasons = []
    if match.kind is MatchKind.MOVED:
        reasons.append(f"moved from {match.previous_address}")
    if match.kind is MatchKind.ADOPTED:
        reasons.append("found by its name")
    outside = any(each.state in {LeafState.DRIFT, LeafState.CONFLICT} for each in leaves)
    if outside and choice is OnDrift.REVERT:
        reasons.append("overwrites edits made outside")
    return ", ".join(reasons) or None
