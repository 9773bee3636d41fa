"""How an apply ended, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from revox_sync.errors import ExitCode, worst
from revox_sync.sync.model.plan import Action


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
        error: why it did not work, with the server's own words; why it was not started, where no interrupt was.
        notes: what a reader should know of one that did.
        candidates: of an unknown create: ids of the assistants it may have made, where there are several.
    """

    address: str
    action: Action
    id: str | None
    result: Result
    error: str | None = None
    notes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """How one apply ended.

    Attributes:
        outcomes: in plan order.
        blocked: assistants of the plan that were left alone: drift, conflicts, refusals.
        interrupted: whether Ctrl-C ended it early.
        unsaved: why the lock could not be written in the end; the journal then holds what it lacks.
    """

    outcomes: tuple[Outcome, ...]
    blocked: int = 0
    interrupted: bool = False
    unsaved: str | None = None

    def count(self, result: Result, action: Action | None = None) -> int:
        """How many assistants ended that way."""
        return sum(outcome.result is result and action in {None, outcome.action} for outcome in self.outcomes)

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the command."""
        incomplete = self.count(Result.FAILED) or self.count(Result.UNKNOWN) or self.unsaved
        refused = self.count(Result.REFUSED) or self.blocked
        return worst(
            ExitCode.INTERRUPTED if self.interrupted else ExitCode.OK,
            ExitCode.INCOMPLETE if incomplete else ExitCode.OK,
            ExitCode.REFUSED if refused else ExitCode.OK,
        )
