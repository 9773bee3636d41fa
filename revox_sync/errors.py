"""What stops a command, and the exit code of each kind.

Mistakes in assistant files are values (findings), not exceptions; see docs/design.md, "Mistakes of users are values".

    RevoxSyncError
    ├── UsageError            64  wrong arguments
    │   └── ConfigError       64  revox-sync.yaml or the environment is not usable
    │       └── UnknownEnvironmentError 64  revox-sync.yaml has no environment of that name
    ├── BrokenFilesError       1  assistant files are too broken to plan
    ├── RefusedError           4  stale plan, drift, conflict, safety limit, wrong organisation
    └── RemoteError            5  the API did not give a usable answer
        ├── UnreachableError   5  no connection, no answer, no valid answer
        ├── NotAuthorisedError 5  401, 403
        └── RejectedError      5  any other refusal, with the server's own words
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, Literal, Self


class ExitCode(IntEnum):
    """Exit codes of every command; documented in the README."""

    OK = 0
    FINDINGS = 1
    CHANGES = 2
    INCOMPLETE = 3
    REFUSED = 4
    UNREACHABLE = 5
    USAGE = 64
    BUG = 70
    INTERRUPTED = 130


def worst(*codes: ExitCode) -> ExitCode:
    """The one exit code of a run to which several apply."""
    # What may have left something half done comes first, what is only worth reading last.
    return next((ExitCode(code) for code in (130, 70, 3, 4, 5, 2, 1) if code in codes), ExitCode.OK)


class RevoxSyncError(Exception):
    """Something stops the command.

    Args:
        message: what happened and where, one sentence.
        hint: what to do next, when there is something to do.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RevoxSyncError):
    """The command line asks for something that does not exist or does not fit together."""

    exit_code = ExitCode.USAGE


class ConfigError(UsageError):
    """revox-sync.yaml or an environment variable is missing or wrong."""


class UnknownEnvironmentError(ConfigError):
    """The environment that is named does not exist."""


class BrokenFilesError(RevoxSyncError):
    """The selected assistant files have errors, so no plan can be trusted."""

    exit_code = ExitCode.FINDINGS


class RefusedError(RevoxSyncError):
    """Going on could destroy something: stale plan, conflict, limit, wrong organisation."""

    exit_code = ExitCode.REFUSED


class RemoteError(RevoxSyncError):
    """The API did not give a usable answer.

    Attributes:
        interrupted: the call would have been repeated, but the run was stopped; the message is about the last attempt.
    """

    exit_code = ExitCode.UNREACHABLE
    interrupted = False

    def given_up(self, why: str, *, hint: str | None = None, interrupted: bool = False) -> Self:
        """This error with the reason why the call was not repeated at the end of its message."""
        self.message = f"{self.message}; {why}"
        self.args = (self.message,)
        self.hint = self.hint or hint
        self.interrupted = interrupted
        return self


End = Literal["never-sent", "timeout", "reset", "unreadable"]


class UnreachableError(RemoteError):
    """No connection, no answer in time, or an answer that cannot be read.

    Attributes:
        end: how the request ended. `never-sent`: it provably did not reach the server; `timeout`: no whole answer in
            time; `reset`: the connection broke off, before or in the answer; `unreadable`: a successful answer that is
            not what the API documents. After the last three the server may have carried out the request, or may yet.
    """

    def __init__(self, message: str, *, end: End, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.end = end

    @property
    def never_sent(self) -> bool:
        """Whether the request provably did not reach the server."""
        return self.end == "never-sent"


class NotAuthorisedError(RemoteError):
    """The API refused the key (401) or its rights (403)."""


class RejectedError(RemoteError):
    """The API refused the request.

    Attributes:
        status: HTTP status code.
        words: what the server said, as text without markup; may be empty.
    """

    def __init__(self, message: str, *, status: int, words: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.words = words
