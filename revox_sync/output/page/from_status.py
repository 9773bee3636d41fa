"""The page of where every assistant stands; those that are in sync are counted, the others have a card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from revox_sync.output.page.model import Card, Kind, Note, Page, in_order
from revox_sync.output.text.status import WAYS_ON, counts, details, unmanaged_words
from revox_sync.sync.planning.status import AssistantStatus, Standing, Status

VERBS: Final = {
    Standing.NEW: (Kind.CREATE, "has no remote assistant yet"),
    Standing.LOCAL_CHANGE: (Kind.UPDATE, "was changed in its file"),
    Standing.DRIFT: (Kind.DRIFT, "was edited outside"),
    Standing.CONFLICT: (Kind.CONFLICT, "was edited outside and in the file"),
    Standing.MISSING: (Kind.REFUSED, "is missing on the server"),
    Standing.AMBIGUOUS: (Kind.REFUSED, "could be several remote assistants"),
    Standing.BLOCKED: (Kind.REFUSED, "cannot be planned"),
    Standing.ORPHANED: (Kind.ORPHANED, "has no file any more"),
}


def status_page(status: Status) -> Page:
    """What a reader sees of where assistants stand."""
    return Page(
        marker=f"status:{status.environment}",
        title=f"Status of {status.environment}",
        environment=status.environment,
        cards=in_order(_card(each) for each in status.assistants if each.state in VERBS),
        summary=counts(status),
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
