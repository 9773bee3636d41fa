"""A plan for programs; the shape is `schemas/plan.schema.json`."""

from __future__ import annotations

from typing import Any

from revox_sync.output.markup.json import filled, json_document, record
from revox_sync.sync.model.plan import Action, Blocked, Change, FieldChange, Plan


def render(plan: Plan, digest: str) -> str:
    """One JSON document; `digest` is the plan's."""
    return json_document(
        "plan",
        environment=plan.environment,
        base_url=plan.base_url,
        organization_id=plan.organization_id,
        changes=[change_document(change) for change in plan.changes],
        drift=[_blocked(blocked) for blocked in plan.drift],
        conflicts=[_blocked(blocked) for blocked in plan.conflicts],
        refused=[record(refusal) for refusal in plan.refused],
        blocked=[{"address": address, "reason": reason} for address, reason in plan.left_alone],
        orphaned=[record(orphan) for orphan in plan.orphaned],
        notes=plan.notes,
        summary={
            **{action: plan.count(action) for action in (Action.CREATE, Action.UPDATE, Action.DELETE)},
            "unchanged": plan.count(Action.NOOP),
            "blocked": plan.blocked,
        },
        digest=digest,
    )


def change_document(change: Change) -> dict[str, Any]:
    """A change as JSON."""
    return {
        "address": change.address,
        "name": change.name,
        **filled(id=change.id),
        "action": change.action,
        "impact": change.impact,
        **filled(reason=change.reason),
        "fields": _fields(change.fields),
    }


def _blocked(blocked: Blocked) -> dict[str, Any]:
    return {
        "address": blocked.address,
        "name": blocked.name,
        "id": blocked.id,
        "updated_at": blocked.updated_at,
        "fields": _fields(blocked.fields),
        "local": _fields(blocked.local),
    }


def _fields(fields: tuple[FieldChange, ...]) -> list[dict[str, Any]]:
    return [
        {"path": field.path, "before": field.before, "after": field.after, "sensitive": field.sensitive}
        for field in fields
    ]
