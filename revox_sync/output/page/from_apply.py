"""The page of an apply: its plan, and what became of each part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from revox_sync.output.page.from_plan import plan_page
from revox_sync.output.page.model import Card, Note, Page, RowKind, in_order
from revox_sync.output.text.apply import DONE, summary_line
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Plan

VERBS: Final = {
    Result.FAILED: (RowKind.FAILED, "failed"),
    Result.REFUSED: (RowKind.REFUSED, "was refused"),
    Result.SKIPPED: (RowKind.SKIPPED, "was not started"),
    Result.UNKNOWN: (RowKind.UNKNOWN, "is in an unknown state"),
}


def apply_page(plan: Plan, applied: Applied, lock_path: str | None) -> Page:
    """What a reader sees of an apply.

    Args:
        lock_path: the lock file, when it changed.
    """
    planned, outcomes = plan_page(plan), {each.address: each for each in applied.outcomes}
    return replace(
        planned,
        marker=f"apply:{plan.environment}",
        title=f"Apply to {plan.environment}",
        cards=in_order(_done(each, outcomes.get(each.address)) for each in planned.cards),
        summary=summary_line(applied),
        quiet=None if applied.unsaved else planned.quiet,
        notes=(*planned.notes, *_lock(applied, lock_path)),
    )


def _done(card: Card, outcome: Outcome | None) -> Card:
    """A card that tells what became of it; what was blocked has no outcome and stays as it is."""
    if outcome is None:
        return card
    said = "; ".join(each for each in (outcome.error, *outcome.notes) if each)
    told = replace(card, id=outcome.id or card.id, text=said or card.text)
    if outcome.result is Result.APPLIED:
        return replace(told, verb=f"was {DONE[outcome.action]}")
    kind, verb = VERBS[outcome.result]
    # Nobody has to fill in a placeholder of a text that is not there.
    return replace(told, kind=kind, verb=verb, new_variables=(), gone_variables=())


def _lock(applied: Applied, lock_path: str | None) -> Iterator[Note]:
    if applied.unsaved:
        yield Note(f"Lock not written: {applied.unsaved}; the next apply takes it from the journal")
    elif lock_path:
        yield Note(f"Lock written: {lock_path}")
