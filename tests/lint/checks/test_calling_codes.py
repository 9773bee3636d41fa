from __future__ import annotations

import pytest

from revox_sync.lint.checks.calling_codes import calling_code


@pytest.mark.parametrize(
    ("number", "code"),
    [("+33199001200", "+33"), ("+12025550143", "+1"), ("+79161234567", "+7"), ("+351210000000", "+351"), ("x", "")],
)
def test_calling_code(number: str, code: str) -> None:
    assert calling_code(number) == code
