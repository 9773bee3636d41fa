"""The outcome of an apply for programs; the shape is `schemas/apply.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action


def render(applied: Applied, lock_path: str | None) -> str:
    """One JSON document."""
    document = {
        "format": "revox-sync/apply",
        "version": 1,
        "outcomes": [_outcome(each) for each in applied.outcomes],
        "summary": {
            "created": applied.count(Result.APPLIED, Action.CREATE),
            "updated": applied.count(Result.APPLIED, Action.UPDATE),
            "deleted": applied.count(Result.APPLIED, Action.DELETE),
            **{each.value: applied.count(each) for each in Result if each is not Result.APPLIED},
            "blocked": applied.blocked,
            "interrupted": applied.interrupted,
            "lock": lock_path,
            "lock_error": applied.unsaved,
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "address": outcome.address,
        "action": outcome.action,
        **({"id": outcome.id} if outcome.id else {}),
        "outcome": outcome.result,
        **({"error": outcome.error} if outcome.error else {}),
        **({"candidates": list(outcome.candidates)} if outcome.candidates else {}),
        **({"notes": list(outcome.notes)} if outcome.notes else {}),
    }
