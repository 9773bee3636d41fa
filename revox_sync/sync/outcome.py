"""How an apply ended, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from revox_sync.sync.plan import Action


class Result(StrEnum):
    """How one assistant ended."""

    APPLIED = "applied"
    FAILED = "failed"
    REFUSED = "refused"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened to one assistant.

    Attributes:
        error: why it did not work, with the server's own words.
        notes: what a reader should know of one that did.
    """

    address: str
    action: Action
    id: str | None
    result: Result
    error: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """How one apply ended.

    Attributes:
        blocked: assistants of the plan that were left alone: drift, conflicts, refusals.
        interrupted: whether Ctrl-C ended it early.
    """

    outcomes: tuple[Outcome, ...]
    blocked: int = 0
    interrupted: bool = False

    def count(self, result: Result, action: Action | None = None) -> int:
        """How many assistants ended that way."""
        return sum(each.result is result and action in {None, each.action} for each in self.outcomes)
