"""The page of where every assistant stands; those that are in sync are counted, the others have a card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from revox_sync.output.page.model import Card, Note, Page, RowKind, in_order
from revox_sync.output.text.status import WAYS_ON, details, status_counts, unmanaged_words
from revox_sync.sync.planning.status import AssistantStatus, Standing, Status

VERBS: Final = {
    Standing.NEW: (RowKind.CREATE, "has no remote assistant yet"),
    Standing.LOCAL_CHANGE: (RowKind.UPDATE, "was changed in its file"),
    Standing.DRIFT: (RowKind.DRIFT, "was edited outside"),
    Standing.CONFLICT: (RowKind.CONFLICT, "was edited outside and in the file"),
    Standing.MISSING: (RowKind.REFUSED, "is missing on the server"),
    Standing.AMBIGUOUS: (RowKind.REFUSED, "could be several remote assistants"),
    Standing.BLOCKED: (RowKind.REFUSED, "cannot be planned"),
    Standing.ORPHANED: (RowKind.ORPHANED, "has no file any more"),
}


def status_page(status: Status) -> Page:
    """What a reader sees of where assistants stand."""
    return Page(
        marker=f"status:{status.environment}",
        title=f"Status of {status.environment}",
        environment=status.environment,
        cards=in_order(_card(each) for each in status.assistants if each.state in VERBS),
        summary=status_counts(status),
        notes=tuple(_notes(status)),
    )


def _card(assistant: AssistantStatus) -> Card:
    kind, verb = VERBS[assistant.state]
    text = "; ".join(details(assistant)) or None
    return Card(kind, assistant.address, assistant.name, verb, id=assistant.id, text=text)


def _notes(status: Status) -> Iterator[Note]:
    yield from (Note(f"Note: {each}") for each in status.notes)
    if status.unmanaged:
        yield Note(unmanaged_words(status))
    yield from (Note(f"{state.words}: {way}") for state, way in WAYS_ON.items() if status.count(state))
