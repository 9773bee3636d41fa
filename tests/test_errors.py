from __future__ import annotations

import pytest

from revox_sync.errors import (
    BrokenFilesError,
    ConfigError,
    ExitCode,
    NotAuthorisedError,
    RefusedError,
    RejectedError,
    RemoteError,
    RevoxSyncError,
    UnreachableError,
    UsageError,
    worst,
)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 1], 1),
        ([1, 2], 2),
        ([2, 5], 5),
        ([5, 4], 4),
        ([4, 3], 3),
        ([3, 70], 70),
        ([70, 130], 130),
    ],
)
def test_the_worst_of_several_exit_codes(codes: list[int], expected: int) -> None:
    assert worst(*map(ExitCode, codes)) is ExitCode(expected)
    assert worst(*map(ExitCode, reversed(codes))) is ExitCode(expected)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (UsageError, 64),
        (ConfigError, 64),
        (BrokenFilesError, 1),
        (RefusedError, 4),
        (RemoteError, 5),
        (UnreachableError, 5),
        (NotAuthorisedError, 5),
        (RejectedError, 5),
        (RevoxSyncError, 70),
    ],
)
def test_every_kind_of_error_has_its_exit_code(kind: type[RevoxSyncError], code: int) -> None:
    assert kind.exit_code == code


def test_an_error_that_was_given_up_says_why_and_keeps_its_own_hint() -> None:
    error = RemoteError("no answer", hint="look at the network").given_up(
        "tried 3 times", hint="later", interrupted=True
    )
    assert (str(error), error.message, error.hint) == (
        "no answer; tried 3 times",
        "no answer; tried 3 times",
        "look at the network",
    )
    assert error.interrupted
    assert RemoteError("no answer").given_up("tried 3 times", hint="later").hint == "later"


@pytest.mark.parametrize(("end", "never_sent"), [("never-sent", True), ("timeout", False), ("reset", False)])
def test_only_a_request_that_was_never_sent_is_without_effect(end: object, *, never_sent: bool) -> None:
    assert UnreachableError("x", end=end).never_sent is never_sent  # type: ignore[arg-type]
