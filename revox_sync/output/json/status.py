"""How every assistant compares with its file, for programs; the shape is `schemas/status.schema.json`."""

from __future__ import annotations

from revox_sync.output.markup.json import json_document, record
from revox_sync.sync.model.status import Standing, Status


def render(status: Status) -> str:
    """One JSON document."""
    return json_document(
        "status",
        environment=status.environment,
        base_url=status.base_url,
        organization_id=status.organization_id,
        assistants=[record(assistant) for assistant in status.assistants],
        unmanaged=[record(unmanaged) for unmanaged in status.unmanaged],
        notes=status.notes,
        summary={**{state.value: status.count(state) for state in Standing}, "unmanaged": len(status.unmanaged)},
    )
