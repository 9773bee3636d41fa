"""Makes the plan: compares every desired assistant with its match. It only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from revox_sync.contract import Node, assistant_node, is_hidden
from revox_sync.pointer import Pointer, Value, dotted
from revox_sync.sync.compare import LeafComparison, LeafState, compare
from revox_sync.sync.desired import Desired
from revox_sync.sync.diff import field_changes
from revox_sync.sync.fingerprint import fingerprint
from revox_sync.sync.lock import LockEntry
from revox_sync.sync.match import Match, MatchKind, Remote
from revox_sync.sync.overlay import UndeclaredSecret, overlay
from revox_sync.sync.plan import IMPACTS, Action, Blocked, Change, OnDrift, Plan, PlanOptions, Refusal
from revox_sync.sync.readback import new_entry
from revox_sync.sync.sent import sent_changes, veiled
from revox_sync.sync.state import State


@dataclass(slots=True)
class _Draft:
    """Collects the parts of a plan."""

    changes: list[Change] = field(default_factory=list)
    drift: list[Blocked] = field(default_factory=list)
    conflicts: list[Blocked] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def make_plan(
    *, environment: str, base_url: str, desired: Sequence[Desired], state: State, options: PlanOptions
) -> Plan:
    """Compare every desired assistant with its match."""
    draft = _Draft()
    found = {each.address: each for each in state.matches.matches}
    for each in sorted(desired, key=lambda one: one.address):
        _plan_one(each, found[each.address], options, draft)
    if state.forgotten:
        draft.notes.append("the API on this machine has forgotten every assistant of its lock; the lock starts anew")
    return Plan(
        environment=environment,
        base_url=base_url,
        organization_id=state.organization_id,
        options=options,
        lock_digest=state.lock_digest,
        lock_forgotten=state.forgotten,
        changes=tuple(draft.changes),
        drift=tuple(draft.drift),
        conflicts=tuple(draft.conflicts),
        refused=tuple(draft.refused),
        orphaned=state.matches.orphaned,
        notes=tuple(draft.notes),
    )


def _plan_one(desired: Desired, match: Match, options: PlanOptions, draft: _Draft) -> None:
    reason = _why_refused(match, options)
    if reason:
        draft.refused.append(Refusal(desired.address, desired.name, reason))
    elif match.remote is None:
        draft.changes.append(_create(desired, match))
        if is_hidden(desired.declared):
            draft.notes.append(
                f"{desired.address}: the list call hides sub-assistants, so an existing one is not found"
            )
    else:
        _plan_known(desired, match, match.remote, options, draft)


def _why_refused(match: Match, options: PlanOptions) -> str | None:
    if match.kind is MatchKind.AMBIGUOUS:
        return f"several remote assistants have this name: {', '.join(match.candidates)}; rename all but one of them"
    if match.kind is MatchKind.MISSING and not options.recreate:
        lost = match.entry.id if match.entry else ""
        return f"{lost} no longer exists on the server; --recreate creates it again"
    return None


def _create(desired: Desired, match: Match) -> Change:
    node = assistant_node()
    body = {key: value for key, value in desired.declared.items() if value is not None}
    return Change(
        address=desired.address,
        name=desired.name,
        id=None,
        action=Action.CREATE,
        impact=_impact(body, node),
        reason="it was deleted outside" if match.kind is MatchKind.MISSING else None,
        fields=tuple(sent_changes({}, body, node)),
        declared=desired.declared,
        body=body,
        previous_address=match.previous_address,
    )


def _plan_known(desired: Desired, match: Match, remote: Remote, options: PlanOptions, draft: _Draft) -> None:
    node = assistant_node()
    leaves = compare(desired.declared, remote.value, match.entry, node)
    outside = _left_alone(leaves, options)
    if outside:
        conflict = any(each.state is LeafState.CONFLICT for each in outside)
        (draft.conflicts if conflict else draft.drift).append(_blocked(desired, remote, outside, node))
        return
    draft.notes.extend(f"{desired.address}: {each}" for each in _notes(leaves, options))
    sent = list(dict.fromkeys(str(each.pointer[0]) for each in leaves if _is_sent(each, options)))
    keep = frozenset(
        each.pointer for each in leaves if each.state is LeafState.DRIFT and options.on_drift is OnDrift.KEEP
    )
    try:
        body = request_body(desired.declared, remote.value, match.entry, sent, keep)
    except UndeclaredSecret as error:
        draft.refused.append(Refusal(desired.address, desired.name, error.message))
        return
    reason = _reason(match, leaves, options)
    if reason and not sent:
        draft.notes.append(f"{desired.address}: {reason}; only the lock changes")
    before = veiled(desired.declared, remote.value, match.entry, node)
    draft.changes.append(
        Change(
            address=desired.address,
            name=desired.name,
            id=remote.id,
            action=Action.UPDATE if sent else Action.NOOP,
            impact=_impact(body, node),
            reason=reason,
            fields=tuple(sent_changes(before, body, node)),
            declared=desired.declared,
            body=body,
            keep=keep,
            fingerprint=fingerprint(remote.value, desired.declared, node),
            previous_address=match.previous_address,
            entry=None if sent else new_entry(desired.declared, remote, match.entry, keep),
        )
    )


def request_body(
    declared: Mapping[str, Value],
    current: Mapping[str, Value],
    entry: LockEntry | None,
    sent: Iterable[str],
    keep: frozenset[Pointer],
) -> dict[str, Value]:
    """The PATCH body for some top-level fields, laid over the server's object. Raises UndeclaredSecret."""
    root = assistant_node()
    body = {}
    for key in sent:
        node = root.child(key)
        if node is not None:
            body[key] = overlay(declared[key], current.get(key), entry, node, (key,), keep)
    return body


def _left_alone(leaves: Iterable[LeafComparison], options: PlanOptions) -> list[LeafComparison]:
    stopping = {
        OnDrift.FAIL: {LeafState.DRIFT, LeafState.CONFLICT},
        OnDrift.KEEP: {LeafState.CONFLICT},
        OnDrift.REVERT: set(),
    }[options.on_drift]
    return [each for each in leaves if each.state in stopping]


def _is_sent(leaf: LeafComparison, options: PlanOptions) -> bool:
    if leaf.state in {LeafState.DRIFT, LeafState.CONFLICT}:
        return options.on_drift is OnDrift.REVERT
    if leaf.state is LeafState.UNCOMPARABLE:
        return options.resend_secrets
    return leaf.state in {LeafState.UPDATE, LeafState.REMOVED}


def _blocked(desired: Desired, remote: Remote, leaves: Iterable[LeafComparison], node: Node) -> Blocked:
    fields = [
        change
        for leaf in leaves
        for change in field_changes(leaf.server, leaf.declared, node.at(leaf.pointer, desired.declared), leaf.pointer)
    ]
    updated_at = remote.value.get("updated_at")
    return Blocked(
        desired.address, desired.name, remote.id, tuple(fields), updated_at if isinstance(updated_at, str) else None
    )


def _notes(leaves: Iterable[LeafComparison], options: PlanOptions) -> Iterator[str]:
    for leaf in leaves:
        path = dotted(leaf.pointer)
        if leaf.state is LeafState.UNMANAGED:
            yield f"`{path}` is no longer managed; the server keeps its value"
        if leaf.state is LeafState.DRIFT and options.on_drift is OnDrift.KEEP:
            yield f"`{path}` was edited outside; the edit is kept"
        if leaf.state is LeafState.UNCOMPARABLE and not options.resend_secrets:
            yield f"`{path}` is a secret that cannot be compared; --resend-secrets sends it"


def _reason(match: Match, leaves: Iterable[LeafComparison], options: PlanOptions) -> str | None:
    reasons = []
    if match.kind is MatchKind.MOVED:
        reasons.append(f"moved from {match.previous_address}")
    if match.kind is MatchKind.ADOPTED:
        reasons.append("found by its name")
    outside = any(each.state in {LeafState.DRIFT, LeafState.CONFLICT} for each in leaves)
    if outside and options.on_drift is OnDrift.REVERT:
        reasons.append("overwrites edits made outside")
    return ", ".join(reasons) or None


def _impact(fields: Iterable[str], node: Node) -> tuple[str, ...]:
    found = {place.impact for key in fields if (place := node.child(key)) is not None}
    return tuple(each for each in IMPACTS if each in found)
