"""Makes the plan: compares every desired assistant with its match, and sees to orphans. It only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from shlex import quote
from typing import Final

from revox_sync.config import SafetyOptions
from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.differences import differences
from revox_sync.sync.comparing.field_diff import field_changes, impact_of, sent_changes
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.ignored import ignored_differences, managed_entry, managed_value
from revox_sync.sync.comparing.leaf_rules import LeafState, token_of
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.secrets import wrap_known_secrets, wrap_matching_secrets
from revox_sync.sync.comparing.three_way import LeafComparison
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import LockEntry, Sent
from revox_sync.sync.model.plan import Action, Blocked, Change, FieldChange, OnDrift, Plan, PlanOptions, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.orphans import OverLimitError, orphan_notes, plan_orphans, why_not_allowed
from revox_sync.sync.planning.request_body import UndeclaredSecret, patch_body
from revox_sync.sync.planning.shown_change import replaced_value
from revox_sync.sync.remote_state.fetch import State, Unknown
from revox_sync.sync.remote_state.match import Match, MatchKind
from revox_sync.values.address import EVERYTHING, Selection, as_arguments
from revox_sync.values.pointer import Value

_FORGOTTEN: Final = "the API on this machine has forgotten every assistant of its lock; the lock starts anew"
_OUTSIDE: Final = frozenset({LeafState.DRIFT, LeafState.CONFLICT})
_LOCAL: Final = frozenset({LeafState.UPDATE, LeafState.REMOVED})
# States that leave the whole assistant alone, by what is to be done about edits made outside.
_STOPPING: Final = {
    OnDrift.FAIL: _OUTSIDE,
    OnDrift.KEEP: frozenset({LeafState.CONFLICT}),
    OnDrift.REVERT: frozenset(),
}


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan depends on, besides the files and what the API holds.

    Attributes:
        environment: its name.
        options: the command line's.
        safety: the configuration's; by default nothing may be deleted and nothing is protected.
        selection: what the command line means; another orphan is left as it is.
        sealer: knows secrets that have changed since they were sent; None: nobody does.
        merges: the server is known to merge mappings.
    """

    environment: str
    base_url: str
    options: PlanOptions
    safety: SafetyOptions = field(default_factory=SafetyOptions)
    selection: Selection = EVERYTHING
    sealer: Sealer | None = None
    merges: bool = False

    @property
    def max_deletes(self) -> int:
        """The limit of deletes: the command line's, else the configuration's."""
        limit = self.options.max_deletes
        return self.safety.max_deletes if limit is None else limit

    @property
    def options_in_force(self) -> PlanOptions:
        """The options with that limit."""
        return replace(self.options, max_deletes=self.max_deletes)


@dataclass(slots=True)
class _Draft:
    """Collects the parts of a plan."""

    changes: list[Change] = field(default_factory=list)
    drift: list[Blocked] = field(default_factory=list)
    conflicts: list[Blocked] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def make_plan(desired: Sequence[Desired], state: State, context: PlanContext) -> Plan:
    """Compare every desired assistant with its match, and see to the lock entries without a file.

    Raises:
        OverLimitError: the plan would delete more assistants, or create more again, than it may.
    """
    context = replace(context, options=context.options_in_force)
    options, draft = context.options, _Draft()
    matches = {match.address: match for match in state.matches.matches}
    for assistant in sorted(desired, key=lambda assistant: assistant.address):
        _plan_one(assistant, matches[assistant.address], state.unknown.get(assistant.address), context, draft)
    prune = plan_orphans(state, options, context.safety, context.selection)
    recreated = [change.address for change in draft.changes if matches[change.address].kind is MatchKind.MISSING]
    excess = why_not_allowed([change.address for change in prune.deletes], recreated, context.max_deletes)
    draft.notes.extend(orphan_notes(desired, state, prune))
    if state.forgotten:
        draft.notes.append(_FORGOTTEN)
    plan = Plan(
        environment=context.environment,
        base_url=context.base_url,
        organization_id=state.organization_id,
        options=options,
        lock_digest=state.lock_digest,
        lock_forgotten=state.forgotten,
        changes=tuple(sorted((*draft.changes, *prune.deletes), key=lambda change: change.address)),
        drift=tuple(draft.drift),
        conflicts=tuple(draft.conflicts),
        refused=tuple(sorted((*draft.refused, *prune.refused), key=lambda refusal: refusal.address)),
        orphaned=tuple(prune.left),
        dropped=tuple(prune.dropped),
        notes=tuple(draft.notes),
    )
    if excess is not None:
        raise OverLimitError(excess, plan)
    return plan


def _plan_one(desired: Desired, match: Match, unknown: Unknown | None, context: PlanContext, draft: _Draft) -> None:
    reason = unknown.reason if unknown is not None else _why_refused(match, context.options)
    if reason:
        draft.refused.append(Refusal(desired.address, desired.name, reason))
    elif match.remote is None:
        draft.changes.append(_create(desired, match))
        if match.unlisted:
            draft.notes.append(
                f"{desired.address}: the list call hides sub-assistants, so an existing one is not found; "
                f"`revox-sync import {as_arguments(desired.address, 'ID')}` binds it"
            )
    else:
        _plan_known(desired, match, match.remote, context, draft)


def _why_refused(match: Match, options: PlanOptions) -> str | None:
    """Why nothing can be planned for a file, and what to do about it; None where something can."""
    if match.kind is MatchKind.AMBIGUOUS:
        several = (
            "several remote assistants have" if len(match.candidates) > 1 else "several files and one assistant have"
        )
        return (
            f"{several} this name ({', '.join(match.candidates)}); "
            f"`revox-sync import {as_arguments(match.address, 'ID')}` says which one is meant"
        )
    return _why_missing(match, options) if match.kind is MatchKind.MISSING else None


def _why_missing(match: Match, options: PlanOptions) -> str | None:
    """The same for a file whose assistant is gone."""
    lost, locked = match.entry.id if match.entry else "", match.previous_address or match.address
    if not options.recreate:
        return (
            f"{lost} no longer exists on the server; --recreate creates it again (--max-deletes counts it), "
            f"`revox-sync import {as_arguments(match.address, 'ID')}` binds another one, "
            f"`revox-sync forget {as_arguments(locked)}` lets go of it"
        )
    if match.candidates:
        verb, which = ("has", match.candidates[0]) if len(match.candidates) == 1 else ("have", "ID")
        return (
            f"{lost} no longer exists on the server, and {', '.join(match.candidates)} {verb} its name by now; "
            f"`revox-sync import {as_arguments(match.address, which)}` binds it. No second assistant is created of one "
            "name: rename that one, and --recreate creates another"
        )
    return None


def _create(desired: Desired, match: Match) -> Change:
    # A new assistant has nothing that null could clear.
    body = {key: value for key, value in desired.declared.items() if value is not None}
    return Change(
        address=desired.address,
        name=desired.name,
        id=None,
        action=Action.CREATE,
        impact=impact_of(body),
        reason="it was deleted outside" if match.kind is MatchKind.MISSING else None,
        fields=tuple(sent_changes({}, body, assistant_node())),
        declared=desired.declared,
        ignored=desired.ignored,
        body=body,
        previous_address=match.previous_address,
    )


def _plan_known(desired: Desired, match: Match, remote: Remote, context: PlanContext, draft: _Draft) -> None:
    options = context.options
    declared, entry = managed_value(desired.declared, remote.value, desired.ignored), match.entry
    if desired.ignored:
        draft.notes.extend(_ignored_notes(desired, match, remote))
        entry = managed_entry(entry, desired.ignored)
    found = differences(declared, remote.value, entry, assistant_node())
    leaves = [_unsealed(leaf, entry, context.sealer) for leaf in found]
    choice = options.drift_choice(desired.address)
    outside = [leaf for leaf in leaves if leaf.state in _STOPPING[choice]]
    if outside:
        draft.notes.extend(_unseen_notes(desired.address, outside))
        conflict = any(leaf.state is LeafState.CONFLICT for leaf in outside)
        local = [leaf for leaf in leaves if leaf.state in _LOCAL]
        (draft.conflicts if conflict else draft.drift).append(_blocked(desired, remote, outside, local))
        return
    draft.notes.extend(f"{desired.address}: {note}" for note in _leaf_notes(leaves, choice, options))
    sent = list(dict.fromkeys(str(leaf.pointer[0]) for leaf in leaves if _is_sent(leaf, choice, options)))
    keep = frozenset(leaf.pointer for leaf in leaves if leaf.state is LeafState.DRIFT and choice is OnDrift.KEEP)
    try:
        # What the file says of an ignored field is no secret of ours to send back, but it is one.
        current = wrap_matching_secrets(desired.declared, remote.value, assistant_node()) if desired.ignored else None
        body = patch_body(declared, current or remote.value, entry, sent, keep, merges=context.merges)
    except UndeclaredSecret as error:
        draft.refused.append(Refusal(desired.address, desired.name, error.message))
        return
    # A file that moved or was found by its name changes the lock, even where nothing is sent.
    reason = _reason(match, leaves, choice)
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
        ignored=desired.ignored,
        previous_address=match.previous_address,
    )
    if sent:
        draft.changes.append(_update(change, match, remote, body))
    else:
        # Most changes of most plans end here, and whoever only looks at a plan needs neither digest nor entry.
        draft.changes.append(replace(change, completed=partial(_completed, change, declared, entry, match, remote)))


def _update(change: Change, match: Match, remote: Remote, body: Mapping[str, Value]) -> Change:
    node = assistant_node()
    before = wrap_known_secrets(change.declared, remote.value, match.entry, node)
    return replace(
        change,
        impact=impact_of(body),
        fields=tuple(sent_changes(before, body, node)),
        body=body,
        before=replaced_value(before, body),
        fingerprint=fingerprint(remote.value, change.declared, node),
        token=token_of(remote.value),
    )


def _completed(
    change: Change, declared: Mapping[str, Value], former: LockEntry | None, match: Match, remote: Remote
) -> Change:
    entry = entry_in_sync(declared, remote, former, change.keep)
    return replace(
        change,
        fingerprint=fingerprint(remote.value, change.declared, assistant_node()),
        # The same object where it is the same: a plan of many assistants then holds each entry once.
        entry=match.entry if entry == match.entry else entry,
    )


def _blocked(
    desired: Desired, remote: Remote, outside: Iterable[LeafComparison], local: Iterable[LeafComparison]
) -> Blocked:
    updated_at = remote.value.get("updated_at")
    return Blocked(
        address=desired.address,
        name=desired.name,
        id=remote.id,
        fields=_fields(outside),
        updated_at=updated_at if isinstance(updated_at, str) else None,
        local=_fields(local),
    )


def _fields(leaves: Iterable[LeafComparison]) -> tuple[FieldChange, ...]:
    return tuple(
        change for leaf in leaves for change in field_changes(leaf.server, leaf.declared, leaf.node, leaf.path)
    )


def _unseen_notes(address: str, leaves: Iterable[LeafComparison]) -> Iterator[str]:
    """What may have happened to leaves that were sent and never seen, and what settles it."""
    unseen = [f"`{leaf.path}`" for leaf in leaves if isinstance(leaf.record, Sent)]
    if unseen:
        ours = as_arguments(address)
        yield (
            f"{address}: {', '.join(unseen)}: sent by an apply, but nobody has seen it arrive. The server's value may "
            "be an edit made since, or what the server made of ours. "
            f"`revox-sync pull --theirs {ours}` takes the server's value, "
            f"`revox-sync apply --on-drift {quote(address)}=revert {ours}` sends the file's"
        )


def _unsealed(leaf: LeafComparison, entry: LockEntry | None, sealer: Sealer | None) -> LeafComparison:
    """The leaf, as an update where it is a secret that nobody can compare and whose seal shows that it has changed."""
    if leaf.state is not LeafState.UNCOMPARABLE or entry is None or sealer is None or leaf.pointer not in entry.seals:
        return leaf
    seal = sealer.seal(entry.id, leaf.pointer, leaf.declared, leaf.node)
    is_changed = sealer.is_broken(entry.seals[leaf.pointer], seal)
    return leaf._replace(state=LeafState.UPDATE, is_rotated=True) if is_changed else leaf


def _ignored_notes(desired: Desired, match: Match, remote: Remote) -> Iterator[str]:
    """What a reader should know of fields that are left to the dashboard."""
    differing = ignored_differences(desired.declared, remote.value, match.entry, desired.ignored)
    if differing:
        paths = ", ".join(f"`{path}`" for path in differing)
        yield f"{desired.address}: {paths}: the server's value is not the file's; `ignore_changes` leaves it alone"


def _leaf_notes(leaves: Iterable[LeafComparison], choice: OnDrift, options: PlanOptions) -> Iterator[str]:
    """What a reader should know of leaves that nothing is sent for."""
    for leaf in leaves:
        if leaf.state is LeafState.UNMANAGED:
            yield f"`{leaf.path}` is no longer managed; the server keeps its value"
        if leaf.state is LeafState.DRIFT and choice is OnDrift.KEEP:
            yield f"`{leaf.path}` was edited outside; the edit is kept"
        if leaf.state is LeafState.UNCOMPARABLE and not options.resend_secrets:
            yield f"`{leaf.path}` is a secret that cannot be compared; --resend-secrets sends it"


def _is_sent(leaf: LeafComparison, choice: OnDrift, options: PlanOptions) -> bool:
    if leaf.state in _OUTSIDE:
        return choice is OnDrift.REVERT
    if leaf.state is LeafState.UNCOMPARABLE:
        return options.resend_secrets
    return leaf.state in _LOCAL


def _reason(match: Match, leaves: Iterable[LeafComparison], choice: OnDrift) -> str | None:
    """Why an assistant changes, where its fields do not say it."""
    reasons = []
    if match.kind is MatchKind.MOVED:
        reasons.append(f"moved from {match.previous_address}")
    if match.kind is MatchKind.ADOPTED:
        reasons.append("found by its name")
    if any(leaf.is_rotated for leaf in leaves):
        reasons.append("secret changed")
    if choice is OnDrift.REVERT and any(leaf.state in _OUTSIDE for leaf in leaves):
        reasons.append("overwrites edits made outside")
    return ", ".join(reasons) or None
