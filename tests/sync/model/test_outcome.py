from __future__ import annotations

import pytest

from revox_sync.errors import ExitCode
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action

APPLIED, FAILED, REFUSED, SKIPPED, UNKNOWN = (
    Outcome("a", Action.CREATE, "asst_1", each)
    for each in (Result.APPLIED, Result.FAILED, Result.REFUSED, Result.SKIPPED, Result.UNKNOWN)
)
CODES = [
    (Applied(()), ExitCode.OK),
    (Applied((APPLIED,)), ExitCode.OK),
    (Applied((APPLIED, FAILED)), ExitCode.INCOMPLETE),
    (Applied((APPLIED, UNKNOWN)), ExitCode.INCOMPLETE),
    (Applied((APPLIED, REFUSED)), ExitCode.REFUSED),
    (Applied((FAILED, REFUSED, SKIPPED)), ExitCode.INCOMPLETE),
    (Applied((APPLIED,), blocked=1), ExitCode.REFUSED),
    (Applied((APPLIED,), unsaved="No space left on device"), ExitCode.INCOMPLETE),
    (Applied((APPLIED, SKIPPED), interrupted=True), ExitCode.INTERRUPTED),
    (Applied((FAILED,), blocked=1, interrupted=True), ExitCode.INTERRUPTED),
]


@pytest.mark.parametrize(("applied", "code"), CODES)
def test_exit_codes(applied: Applied, code: ExitCode) -> None:
    assert applied.exit_code is code


def test_counts() -> None:
    applied = Applied((APPLIED, APPLIED, Outcome("b", Action.DELETE, "asst_2", Result.APPLIED), FAILED))
    assert applied.count(Result.APPLIED) == 3
    assert applied.count(Result.APPLIED, Action.DELETE) == 1
