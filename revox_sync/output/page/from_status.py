"""The page of a status; assistants that are in sync are counted, the others have a card."""

from __future__ import annotations

from typing import Final

from revox_sync.output.page.model import Card, CardKind, Note, Page, in_order
from revox_sync.output.text.status import status_counts, status_details, status_notes
from revox_sync.sync.model.status import AssistantStatus, Standing, Status

SHOWN: Final = {
    Standing.NEW: (CardKind.CREATE, "has no remote assistant yet"),
    Standing.LOCAL_CHANGE: (CardKind.UPDATE, "was changed in its file"),
    Standing.DRIFT: (CardKind.DRIFT, "was edited outside"),
    Standing.CONFLICT: (CardKind.CONFLICT, "was edited outside and in the file"),
    Standing.MISSING: (CardKind.REFUSED, "is missing on the server"),
    Standing.AMBIGUOUS: (CardKind.REFUSED, "could be several remote assistants"),
    Standing.BLOCKED: (CardKind.REFUSED, "cannot be planned"),
    Standing.ORPHANED: (CardKind.ORPHANED, "has no file any more"),
}


def status_page(status: Status) -> Page:
    """What a reader sees of a status."""
    return Page(
        marker=f"status:{status.environment}",
        title=f"Status of {status.environment}",
        environment=status.environment,
        base_url=status.base_url,
        organization_id=status.organization_id,
        cards=in_order(_card(assistant) for assistant in status.assistants if assistant.state in SHOWN),
        summary=status_counts(status),
        notes=tuple(map(Note, status_notes(status))),
    )


def _card(assistant: AssistantStatus) -> Card:
    kind, verb = SHOWN[assistant.state]
    text = "; ".join(status_details(assistant)) or None
    return Card(kind, assistant.address, assistant.name, verb, id=assistant.id, text=text)
