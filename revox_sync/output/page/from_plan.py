"""The page of a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from revox_sync.output.page.fields import field_views
from revox_sync.output.page.model import Card, Note, Page, RowKind, in_order
from revox_sync.output.page.variables import new_and_gone
from revox_sync.output.text.visible import counted
from revox_sync.sync.model.plan import Action, Blocked, Change, Plan, Refusal

IN_SYNC: Final = "No changes. The API matches the files."
KEPT: Final = "Nothing to send. The edits made outside are kept."
RESTORED: Final = "Nothing to send. What can come back is as it was."
ORPHANS: Final = (
    "Note: in the lock without a file, left as they are; --prune deletes them, "
    "`revox-sync forget ADDRESS` lets go of one:"
)
SIDES: Final = "server → file"
VERBS: Final = {
    Action.CREATE: (RowKind.CREATE, "will be created"),
    Action.UPDATE: (RowKind.UPDATE, "will be updated"),
    Action.DELETE: (RowKind.DELETE, "will be deleted"),
}


def plan_page(plan: Plan, digest: str | None = None) -> Page:
    """What a reader sees of a plan.

    Args:
        digest: the plan's; None: it is of no use to the reader.
    """
    return Page(
        marker=f"plan:{plan.environment}",
        title=f"Plan for {plan.environment}",
        environment=plan.environment,
        cards=plan_cards(plan),
        summary=plan_counts(plan),
        notes=tuple(_notes(plan)),
        quiet=_quiet(plan),
        digest=digest,
        digest_use="revox-sync apply --expect-digest",
    )


def plan_cards(plan: Plan) -> tuple[Card, ...]:
    """A card for each assistant that something is to be said about."""
    return in_order(
        [
            *(_change(each) for each in plan.pending),
            *(_blocked(each, RowKind.CONFLICT, "was edited outside and in the file") for each in plan.conflicts),
            *(_blocked(each, RowKind.DRIFT, "was edited outside") for each in plan.drift),
            *(_refusal(each) for each in plan.refused),
        ]
    )


def plan_counts(plan: Plan) -> str:
    """The counts in one line: `Plan: 2 to create, 1 to update, 0 to delete. 14 unchanged.`."""
    todo = ", ".join(f"{plan.count(each)} to {each}" for each in (Action.CREATE, Action.UPDATE, Action.DELETE))
    text = f"Plan: {todo}. {plan.count(Action.NOOP)} unchanged."
    return text + (f" {plan.blocked} blocked." if plan.blocked else "")


def _change(change: Change) -> Card:
    kind, verb = VERBS[change.action]
    new, gone = new_and_gone(change.fields, change.declared) if kind is not RowKind.DELETE else ((), ())
    return Card(
        kind=kind,
        address=change.address,
        name=change.name,
        verb=verb,
        id=change.id,
        impacts=change.impact,
        reason=change.reason,
        fields=field_views(change.fields),
        new_variables=new,
        gone_variables=gone,
    )


def _blocked(blocked: Blocked, kind: RowKind, verb: str) -> Card:
    return Card(
        kind=kind,
        address=blocked.address,
        name=blocked.name,
        verb=verb,
        id=blocked.id,
        reason=f"updated {blocked.updated_at}" if blocked.updated_at else None,
        sides=SIDES,
        fields=field_views(blocked.fields),
    )


def _refusal(refusal: Refusal) -> Card:
    return Card(RowKind.REFUSED, refusal.address, refusal.name, "cannot be planned", text=refusal.reason)


def _quiet(plan: Plan) -> str | None:
    if not plan.in_sync:
        return None
    kept = any(each.keep for each in plan.changes)
    return RESTORED if plan.restored_from is not None else KEPT if kept else IN_SYNC


def _notes(plan: Plan) -> Iterator[Note]:
    yield from (Note(f"Note: {each}") for each in plan.notes)
    if plan.orphaned:
        yield Note(ORPHANS, tuple((each.address, f'"{each.name}"', each.id) for each in plan.orphaned))
    if plan.drift or plan.conflicts:
        yield Note(_advice(plan))


def _advice(plan: Plan) -> str:
    """What to do about assistants that were edited outside."""
    number = counted(len(plan.drift) + len(plan.conflicts), "assistant")
    keep = ", --on-drift keep keeps the edits and applies the rest" if plan.drift else ""
    theirs = "or `pull --theirs` " if plan.conflicts else ""
    return (
        f"Left alone: {number} edited outside. --on-drift revert lets the files win{keep}; `revox-sync pull` "
        f"{theirs}brings the edits into the files. For one of them: --on-drift ADDRESS=revert."
    )
