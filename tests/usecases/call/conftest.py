"""A project with one assistant that may be called."""

from __future__ import annotations

import pytest

from tests.account import Account
from tests.usecases.call.calls import NUMBER, SILENT, TEXTS


@pytest.fixture
def project(account: Account) -> Account:
    account.configure(safety={"test_numbers": [NUMBER, SILENT]})
    account.declare("sales/outbound", **TEXTS)
    return account
