"""The page of a plan, and of an apply: its plan, and what became of each part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from revox_sync.output.page.change_card import change_card
from revox_sync.output.page.field_view import field_views
from revox_sync.output.page.model import Card, CardKind, Note, Page, in_order
from revox_sync.output.text.apply import DONE, counts_line, lock_line
from revox_sync.output.text.visible import counted
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action, Blocked, Plan, Refusal

IN_SYNC: Final = "No changes. The API matches the files."
_EDITS_KEPT: Final = "Nothing to send. The edits made outside are kept."
_RESTORED: Final = "Nothing to send. What can come back is as it was."
_ORPHANS: Final = (
    "Note: in the lock without a file, left as they are; --prune deletes them, "
    "`revox-sync forget ADDRESS` lets go of one:"
)
_CLAIMED: Final = (
    "Note: what would be sent is worked out from this file. What the server holds now, and the notes, are only the "
    "file's word; apply looks, and refuses an assistant for which it is not so."
)
_PLANNED: Final = {
    Action.CREATE: (CardKind.CREATE, "will be created"),
    Action.UPDATE: (CardKind.UPDATE, "will be updated"),
    Action.DELETE: (CardKind.DELETE, "will be deleted"),
}
_NOT_APPLIED: Final = {
    Result.FAILED: (CardKind.FAILED, "failed"),
    Result.REFUSED: (CardKind.REFUSED, "was refused"),
    Result.SKIPPED: (CardKind.SKIPPED, "was not started"),
    Result.UNKNOWN: (CardKind.UNKNOWN, "is in an unknown state"),
}


def plan_page(plan: Plan, digest: str | None = None, *, saved: bool = False) -> Page:
    """What a reader sees of a plan.

    Args:
        digest: the plan's; None where the reader cannot use it.
        saved: whether a file says so, and nobody has looked whether it is true.
    """
    cards = [
        *(change_card(change, *_PLANNED[change.action]) for change in plan.pending),
        *(_blocked(entry, CardKind.CONFLICT, "was edited outside and in the file") for entry in plan.conflicts),
        *(_blocked(entry, CardKind.DRIFT, "was edited outside") for entry in plan.drift),
        *(_refusal(refusal) for refusal in plan.refused),
    ]
    return Page(
        marker=f"plan:{plan.environment}",
        title=f"Plan for {plan.environment}",
        environment=plan.environment,
        base_url=plan.base_url,
        organization_id=plan.organization_id,
        cards=in_order(cards),
        summary=plan_counts(plan),
        notes=(*_notes(plan), *([Note(_CLAIMED)] if saved and _claims(plan) else [])),
        quiet=_quiet(plan),
        digest=digest,
        digest_use="revox-sync apply --expect-digest",
    )


def _claims(plan: Plan) -> bool:
    """Whether a plan says what the server holds."""
    changed = any(change.action is not Action.CREATE for change in plan.pending)
    return changed or bool(plan.drift or plan.conflicts or plan.notes)


def plan_counts(plan: Plan) -> str:
    """The counts in one line: `Plan: 2 to create, 1 to update, 0 to delete. 14 unchanged.`."""
    planned = ", ".join(f"{plan.count(action)} to {action}" for action in _PLANNED)
    text = f"Plan: {planned}. {plan.count(Action.NOOP)} unchanged."
    return text + (f" {plan.blocked} blocked." if plan.blocked else "")


def apply_page(plan: Plan, applied: Applied, lock_path: str | None) -> Page:
    """What a reader sees of an apply.

    Args:
        lock_path: the lock file; None where it did not change.
    """
    planned, outcomes = plan_page(plan), {outcome.address: outcome for outcome in applied.outcomes}
    lock = lock_line(applied, lock_path)
    return replace(
        planned,
        marker=f"apply:{plan.environment}",
        title=f"Apply to {plan.environment}",
        cards=in_order(_ended(card, outcomes.get(card.address)) for card in planned.cards),
        summary=counts_line(applied),
        # A lock that could not be written is news, even where there was nothing to send.
        quiet=None if applied.unsaved else planned.quiet,
        notes=(*planned.notes, *([Note(lock)] if lock is not None else [])),
    )


def _blocked(blocked: Blocked, kind: CardKind, verb: str) -> Card:
    return Card(
        kind=kind,
        address=blocked.address,
        name=blocked.name,
        verb=verb,
        id=blocked.id,
        reason=f"updated {blocked.updated_at}" if blocked.updated_at else None,
        sides="server → file",
        fields=field_views(blocked.fields),
        local=field_views(blocked.local),
    )


def _refusal(refusal: Refusal) -> Card:
    return Card(CardKind.REFUSED, refusal.address, refusal.name, "cannot be planned", text=refusal.reason)


def _quiet(plan: Plan) -> str | None:
    if not plan.in_sync:
        return None
    if plan.restored_from is not None:
        return _RESTORED
    kept = any(change.keep for change in plan.changes)
    return _EDITS_KEPT if kept else IN_SYNC if not plan.left_out else _in_part(plan)


def _in_part(plan: Plan) -> str:
    seen = counted(len(plan.changes), "file")
    were = "was" if len(plan.changes) == 1 else "were"
    return f"No changes. The API matches the {seen} that {were} looked at; {plan.left_out:,} not looked at."


def _notes(plan: Plan) -> Iterator[Note]:
    yield from (Note(f"Note: {text}") for text in plan.notes)
    if plan.orphaned:
        yield Note(_ORPHANS, tuple((orphan.address, f'"{orphan.name}"', orphan.id) for orphan in plan.orphaned))
    if plan.drift or plan.conflicts:
        yield Note(_drift_advice(plan))


def _drift_advice(plan: Plan) -> str:
    number = counted(len(plan.drift) + len(plan.conflicts), "assistant")
    keep = ", --on-drift keep keeps the edits and applies the rest" if plan.drift else ""
    theirs = "or `pull --theirs` " if plan.conflicts else ""
    return (
        f"Left alone: {number} edited outside. --on-drift revert lets the files win{keep}; `revox-sync pull` "
        f"{theirs}brings the edits into the files. For one of them: --on-drift ADDRESS=revert."
    )


def _ended(card: Card, outcome: Outcome | None) -> Card:
    """A card that tells what became of it; what was blocked has no outcome and stays as it is."""
    if outcome is None:
        return card
    details = "; ".join(detail for detail in (outcome.error, *outcome.notes) if detail)
    card = replace(card, id=outcome.id or card.id, text=details or card.text)
    if outcome.result is Result.APPLIED:
        return replace(card, verb=f"was {DONE[outcome.action]}")
    kind, verb = _NOT_APPLIED[outcome.result]
    # Nobody has to fill in a placeholder of a text that did not arrive.
    return replace(card, kind=kind, verb=verb, new_variables=(), gone_variables=())
