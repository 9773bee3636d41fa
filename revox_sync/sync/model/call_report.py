"""A test call as plain values: what is about to be dialled, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from revox_sync.errors import ExitCode

COMPLETED: Final = "completed"


@dataclass(frozen=True, slots=True)
class CallOrder:
    """What is about to be dialled; every text may be shown.

    Attributes:
        address: of the assistant's file.
        base_url: of the API, as reports show it.
        organization_id: whose key it is; None where the API did not say.
        number: that is called.
        from_number: that the file calls from; None: the organisation's default.
        variables: prompt variables by name.
    """

    address: str
    environment: str
    base_url: str
    organization_id: str | None
    number: str
    from_number: str | None
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Turn:
    """One entry of a transcript.

    Attributes:
        role: who speaks, in the API's words: `assistant`, `user`, `human_agent` or `tool`.
        content: what is said.
        tool: name of the tool that was called; None where none was.
        arguments: what it was called with.
        output: what it answered.
        failed: whether the tool ended in an error.
    """

    role: str
    content: str
    tool: str | None = None
    arguments: Any = None
    output: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that the number was dialled. None stands for what the API does not say.

    Attributes:
        status: as the API names it.
        result: who or what answered.
        dial_error: why nobody could be reached.
        ended_by: `agent`, `user` or `system`.
        end_reason: why the agent ended it.
        outputs: structured outputs by name; None while there are none.
    """

    status: str | None
    result: str | None
    dial_error: str | None
    ended_by: str | None
    end_reason: str | None
    transcript: tuple[Turn, ...] = ()
    outputs: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What `--expect` asks for, and what came.

    Attributes:
        what: `outcome` or `output.NAME`.
        found: None where the API said nothing of it.
    """

    what: str
    expected: str
    found: str | None
    met: bool


@dataclass(frozen=True, slots=True)
class CallReport:
    """What came of a test call.

    Attributes:
        placed: whether it was placed; `unknown` after an answer that was lost.
        id: of the call; None where it is not known.
        status: of the call when it was last looked at, in the API's words.
        outcome: None where the API has computed none.
        outcome_summary: the API's reason for it.
        attempts: the earliest first.
        problem: why the end of the call is not known; empty where it is.
        interrupted: whether somebody stopped the command.
    """

    order: CallOrder
    placed: Literal["yes", "unknown"]
    id: str | None = None
    status: str | None = None
    outcome: str | None = None
    outcome_summary: str | None = None
    attempts: tuple[Attempt, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    problem: str = ""
    interrupted: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """0 for a call that has come to its end, as it was expected to."""
        if self.interrupted:
            return ExitCode.INTERRUPTED
        as_expected = all(expectation.met for expectation in self.expectations)
        return ExitCode.OK if self.status == COMPLETED and not self.problem and as_expected else ExitCode.INCOMPLETE
