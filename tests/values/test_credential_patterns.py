from __future__ import annotations

import pytest

from revox_sync.values.credential_patterns import credentials, looks_random, names_credential
from tests.values.secrets import NO_SECRETS, SECRETS, SIGNS


@pytest.mark.parametrize("text", SECRETS)
def test_secret_is_found(text: str) -> None:
    assert list(credentials(f"Use {text} for it."))


@pytest.mark.parametrize("text", NO_SECRETS)
def test_no_secret(text: str) -> None:
    assert list(credentials(text)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Authorization", True),
        ("X-Api-Key", True),
        ("accessToken", True),
        ("api_key", True),
        ("key", True),
        ("Content-Type", False),
        ("Idempotency-Key", False),
        ("sort_key", False),
        ("max_tokens", False),
        ("author", False),
        ("keyword", False),
    ],
)
def test_name_of_a_credential(name: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert names_credential(name) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SIGNS, True),
        ("0123456789abcdef0123456789abcdef01234567", True),
        ("3f2b8c1e-7a64-4d0e-9b15-6c8e2f4a7d90", False),
        ("application/json; charset=utf-8", False),
        ("spring-campaign-of-the-year-2025", False),
        ("monthly,fixed_months,exit_fee", False),
    ],
)
def test_value_that_looks_random(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert looks_random(text) is expected
