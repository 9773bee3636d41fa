"""The outcome of an apply for programs; the shape is `schemas/apply.schema.json`."""

from __future__ import annotations

from typing import Any

from revox_sync.output.markup.json import filled, json_document
from revox_sync.output.text.apply import apply_counts
from revox_sync.sync.model.outcome import Applied, Outcome
from revox_sync.sync.model.plan import Plan


def render(plan: Plan, applied: Applied, lock_path: str | None) -> str:
    """One JSON document; `lock_path` is None where the lock file did not change."""
    return json_document(
        "apply",
        environment=plan.environment,
        base_url=plan.base_url,
        organization_id=plan.organization_id,
        outcomes=[_outcome(outcome) for outcome in applied.outcomes],
        summary={
            **apply_counts(applied),
            "blocked": applied.blocked,
            "interrupted": applied.interrupted,
            "lock": lock_path,
            "lock_error": applied.unsaved,
        },
    )


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "address": outcome.address,
        "action": outcome.action,
        **filled(id=outcome.id),
        "outcome": outcome.result,
        **filled(error=outcome.error, candidates=outcome.candidates, notes=outcome.notes),
    }
