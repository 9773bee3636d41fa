"""Where the assistants of one environment stand, as plain values: for renderers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from revox_sync.sync.model.usage import Usage


class Standing(StrEnum):
    """How a file and its remote assistant compare; listed as a summary lists them."""

    IN_SYNC = "in_sync"
    NEW = "new"  # a file without remote assistant
    LOCAL_CHANGE = "local_change"
    DRIFT = "drift"
    CONFLICT = "conflict"
    MISSING = "missing"  # its lock entry names an assistant that is gone
    AMBIGUOUS = "ambiguous"  # several remote assistants could be meant
    BLOCKED = "blocked"  # nothing can be planned for another reason
    ORPHANED = "orphaned"  # a lock entry without a file

    @property
    def words(self) -> str:
        """For people: `local change`."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class AssistantStatus:
    """Where one assistant stands.

    Attributes:
        name: the file's; of an orphan, the server's, or that of its lock entry.
        id: the remote assistant, or the one that is missing; None where none is known.
        fields: paths of what differs; empty for a new assistant, of which everything does.
        local: of an assistant that was edited outside: paths of what was edited in the file only.
        grown: how many entries the server added by itself to lists that the file declares; they are no difference.
        reason: why nothing can be planned, or what is special about a change.
        answers: phone numbers whose callers reach it.
    """

    address: str
    name: str
    id: str | None
    state: Standing
    fields: tuple[str, ...] = ()
    grown: int = 0
    local: tuple[str, ...] = ()
    reason: str | None = None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """A remote assistant that no file manages."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Status:
    """Where the assistants of one environment stand.

    Attributes:
        assistants: sorted by address, orphans included.
        unmanaged: remote assistants without a file and without a lock entry, in the server's order; empty where
            addresses were named.
        notes: those of the plan.
        base_url: of the API.
        organization_id: None where no answer names one.
    """

    environment: str
    assistants: tuple[AssistantStatus, ...]
    unmanaged: tuple[Unmanaged, ...] = ()
    notes: tuple[str, ...] = ()
    base_url: str = ""
    organization_id: str | None = None

    @property
    def in_sync(self) -> bool:
        """Whether every assistant is; those that no file manages do not count."""
        return all(assistant.state is Standing.IN_SYNC for assistant in self.assistants)

    def with_usage(self, usage: Usage) -> Status:
        """The status with the numbers that each assistant answers, and a note where these are not all known."""
        assistants = tuple(replace(assistant, answers=usage.numbers(assistant.id)) for assistant in self.assistants)
        notes = (f"which phone numbers they answer is not all known: {reason}" for reason in usage.unknown)
        return replace(self, assistants=assistants, notes=(*self.notes, *notes))

    def count(self, state: Standing) -> int:
        """How many assistants stand like this."""
        return sum(assistant.state is state for assistant in self.assistants)
