"""Makes the plan: compares every desired assistant with its match, and sees to orphans. It only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from shlex import quote
from typing import Final

from revox_sync.config import SafetyOptions
from revox_sync.contract.fields import Node, assistant_node, is_hidden
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.field_diff import field_changes
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.three_way import LeafComparison, LeafState, compare
from revox_sync.sync.comparing.verify_response import new_entry
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action, Blocked, Change, OnDrift, Plan, PlanOptions, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.messages import FORGOTTEN, HIDDEN, leaf_notes, reason_for, why_refused
from revox_sync.sync.planning.orphans import Prune, plan_orphans, replaced_notes, require_allowed, similar_name_notes
from revox_sync.sync.planning.request_body import UndeclaredSecret, overlay
from revox_sync.sync.planning.sent_changes import impact_of, sent_changes, wrap_all_secrets
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.values.pointer import Pointer, Value

DEFAULT_SAFETY: Final = SafetyOptions()
"""The configuration's defaults: nothing may be deleted, nothing is protected."""


@dataclass(slots=True)
class _Draft:
    """Collects the parts of a plan."""

    changes: list[Change] = field(default_factory=list)
    drift: list[Blocked] = field(default_factory=list)
    conflicts: list[Blocked] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def make_plan(  # noqa: PLR0913 - what a plan depends on, each from another source, by name
    *,
    environment: str,
    base_url: str,
    desired: Sequence[Desired],
    state: State,
    options: PlanOptions,
    safety: SafetyOptions = DEFAULT_SAFETY,
    addresses: Sequence[str] = (),
) -> Plan:
    """Compare every desired assistant with its match, and see to the lock entries without a file.

    Args:
        safety: the configuration's; `max_deletes` of the options goes before.
        addresses: the command line's addresses and globs; an orphan they do not name is left as it is.

    Raises RefusedError where the plan would delete more assistants, or create more again, than it may.
    """
    options = _with_limit(options, safety)
    draft = _Draft()
    found = {each.address: each for each in state.matches.matches}
    for each in sorted(desired, key=lambda one: one.address):
        _plan_one(each, found[each.address], options, draft)
    prune = plan_orphans(state, options, safety, addresses)
    _require_allowed(draft, prune, found, options)
    draft.notes.extend(_orphan_notes(desired, found, prune, state))
    if state.forgotten:
        draft.notes.append(FORGOTTEN)
    return Plan(
        environment=environment,
        base_url=base_url,
        organization_id=state.organization_id,
        options=options,
        lock_digest=state.lock_digest,
        lock_forgotten=state.forgotten,
        changes=tuple(sorted((*draft.changes, *prune.deletes), key=lambda each: each.address)),
        drift=tuple(draft.drift),
        conflicts=tuple(draft.conflicts),
        refused=tuple(sorted((*draft.refused, *prune.refused), key=lambda each: each.address)),
        orphaned=prune.left,
        dropped=prune.dropped,
        notes=tuple(draft.notes),
    )


def _with_limit(options: PlanOptions, safety: SafetyOptions) -> PlanOptions:
    """The options with the limit in force: that of the command line, else that of the configuration."""
    return options if options.max_deletes is not None else replace(options, max_deletes=safety.max_deletes)


def _require_allowed(draft: _Draft, prune: Prune, found: Mapping[str, Match], options: PlanOptions) -> None:
    recreated = [each.address for each in draft.changes if found[each.address].kind is MatchKind.MISSING]
    require_allowed([each.address for each in prune.deletes], recreated, options.max_deletes or 0)


def _orphan_notes(desired: Sequence[Desired], found: Mapping[str, Match], prune: Prune, state: State) -> Iterator[str]:
    created = [each for each in desired if found[each.address].kind is MatchKind.CREATE]
    yield from similar_name_notes(created, state.matches.orphaned, state)
    yield from replaced_notes(desired, state)
    for address in prune.dropped:
        id_ = state.lock.entries[address].id
        yield f"{address}: its file is gone, and so is {id_} on the server; only the lock changes"


def _plan_one(desired: Desired, match: Match, options: PlanOptions, draft: _Draft) -> None:
    reason = why_refused(match, options)
    if reason:
        draft.refused.append(Refusal(desired.address, desired.name, reason))
    elif match.remote is None:
        draft.changes.append(_create(desired, match))
        if is_hidden(desired.declared):
            draft.notes.append(HIDDEN.format(address=desired.address, quoted=quote(desired.address)))
    else:
        _plan_known(desired, match, match.remote, options, draft)


def _create(desired: Desired, match: Match) -> Change:
    node = assistant_node()
    body = {key: value for key, value in desired.declared.items() if value is not None}
    return Change(
        address=desired.address,
        name=desired.name,
        id=None,
        action=Action.CREATE,
        impact=impact_of(body),
        reason="it was deleted outside" if match.kind is MatchKind.MISSING else None,
        fields=tuple(sent_changes({}, body, node)),
        declared=desired.declared,
        body=body,
        previous_address=match.previous_address,
    )


def _plan_known(desired: Desired, match: Match, remote: Remote, options: PlanOptions, draft: _Draft) -> None:
    node = assistant_node()
    compared = compare(desired.declared, remote.value, match.entry, node)
    leaves = [each for each in compared if each.state is not LeafState.IN_SYNC]
    choice = options.drift_choice(desired.address)
    outside = _left_alone(leaves, choice)
    if outside:
        conflict = any(each.state is LeafState.CONFLICT for each in outside)
        (draft.conflicts if conflict else draft.drift).append(_blocked(desired, remote, outside, node))
        return
    draft.notes.extend(f"{desired.address}: {each}" for each in leaf_notes(leaves, choice, options))
    sent = list(dict.fromkeys(str(each.pointer[0]) for each in leaves if _is_sent(each, choice, options)))
    keep = frozenset(each.pointer for each in leaves if each.state is LeafState.DRIFT and choice is OnDrift.KEEP)
    try:
        body = patch_body(desired.declared, remote.value, match.entry, sent, keep)
    except UndeclaredSecret as error:
        draft.refused.append(Refusal(desired.address, desired.name, error.message))
        return
    reason = reason_for(match, leaves, choice)
    if reason and not sent:
        draft.notes.append(f"{desired.address}: {reason}; only the lock changes")
    change = Change(
        address=desired.address,
        name=desired.name,
        id=remote.id,
        action=Action.UPDATE if sent else Action.NOOP,
        reason=reason,
        declared=desired.declared,
        keep=keep,
        previous_address=match.previous_address,
    )
    if sent:
        draft.changes.append(_update(change, match, remote, body))
    else:
        draft.changes.append(replace(change, completed=partial(_completed, change, match, remote)))


def _update(change: Change, match: Match, remote: Remote, body: Mapping[str, Value]) -> Change:
    node = assistant_node()
    before = wrap_all_secrets(change.declared, remote.value, match.entry, node)
    return replace(
        change,
        impact=impact_of(body),
        fields=tuple(sent_changes(before, body, node)),
        body=body,
        fingerprint=fingerprint(remote.value, change.declared, node),
    )


def _completed(change: Change, match: Match, remote: Remote) -> Change:
    entry = new_entry(change.declared, remote, match.entry, change.keep)
    return replace(
        change,
        fingerprint=fingerprint(remote.value, change.declared, assistant_node()),
        # The same object where it is the same: a plan of many assistants then holds each entry once.
        entry=match.entry if entry == match.entry else entry,
        completed=None,
    )


def patch_body(
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


def _left_alone(leaves: Iterable[LeafComparison], choice: OnDrift) -> list[LeafComparison]:
    stopping = {
        OnDrift.FAIL: {LeafState.DRIFT, LeafState.CONFLICT},
        OnDrift.KEEP: {LeafState.CONFLICT},
        OnDrift.REVERT: set(),
    }[choice]
    return [each for each in leaves if each.state in stopping]


def _is_sent(leaf: LeafComparison, choice: OnDrift, options: PlanOptions) -> bool:
    if leaf.state in {LeafState.DRIFT, LeafState.CONFLICT}:
        return choice is OnDrift.REVERT
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
