"""A plan for programs; the shape is `schemas/plan.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from revox_sync.sync.model.field_change import FieldChange
from revox_sync.sync.model.plan import Action, Blocked, Change, Plan


def render(plan: Plan, digest: str) -> str:
    """One JSON document; `digest` is the plan's."""
    document = {
        "format": "revox-sync/plan",
        "version": 1,
        "environment": plan.environment,
        "changes": [change_document(each) for each in plan.changes],
        "drift": [_blocked(each) for each in plan.drift],
        "conflicts": [_blocked(each) for each in plan.conflicts],
        "refused": [{"address": each.address, "name": each.name, "reason": each.reason} for each in plan.refused],
        "orphaned": [{"address": each.address, "name": each.name, "id": each.id} for each in plan.orphaned],
        "notes": list(plan.notes),
        "summary": {
            "create": plan.count(Action.CREATE),
            "update": plan.count(Action.UPDATE),
            "delete": plan.count(Action.DELETE),
            "unchanged": plan.count(Action.NOOP),
            "blocked": plan.blocked,
        },
        "digest": digest,
    }
    return json.dumps(document, indent=2) + "\n"


def change_document(change: Change) -> dict[str, Any]:
    """A change as JSON."""
    return {
        "address": change.address,
        "name": change.name,
        **({"id": change.id} if change.id else {}),
        "action": change.action,
        "impact": list(change.impact),
        **({"reason": change.reason} if change.reason else {}),
        "fields": [_field(each) for each in change.fields],
    }


def _blocked(blocked: Blocked) -> dict[str, Any]:
    return {
        "address": blocked.address,
        "name": blocked.name,
        "id": blocked.id,
        "updated_at": blocked.updated_at,
        "fields": [_field(each) for each in blocked.fields],
    }


def _field(field: FieldChange) -> dict[str, Any]:
    return {"path": field.path, "before": field.before, "after": field.after, "sensitive": field.sensitive}
