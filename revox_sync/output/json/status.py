"""Where every assistant stands, for programs; the shape is `schemas/status.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from revox_sync.sync.planning.status import AssistantStatus, Standing, Status


def render(status: Status) -> str:
    """One JSON document."""
    document = {
        "format": "revox-sync/status",
        "version": 1,
        "environment": status.environment,
        "assistants": [_assistant(each) for each in status.assistants],
        "unmanaged": [{"id": each.id, "name": each.name} for each in status.unmanaged],
        "notes": list(status.notes),
        "summary": {
            **{each.value: status.count(each) for each in Standing},
            "unmanaged": len(status.unmanaged),
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _assistant(assistant: AssistantStatus) -> dict[str, Any]:
    return {
        "address": assistant.address,
        "name": assistant.name,
        **({"id": assistant.id} if assistant.id else {}),
        "state": assistant.state,
        "fields": list(assistant.fields),
        "grown": assistant.grown,
        **({"reason": assistant.reason} if assistant.reason else {}),
    }
