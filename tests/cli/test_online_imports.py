"""Several commands: what each imports that talks to the API, as long as nothing has changed."""

from __future__ import annotations

from typing import Final

import pytest

from tests.account import Account
from tests.lint.test_imports import imported, packages

SHOWING: Final = {"deepdiff", "rich", "pygments"}
EXPLAINING: Final = {"jsonschema", "jsonschema_rs", "email_validator", "zoneinfo"}
SERVING: Final = {"starlette", "uvicorn", "asyncio", "sqlite3", "pydantic"}
WRITING: Final = {"ruamel"}
NOT_NEEDED: Final = SHOWING | EXPLAINING | SERVING | WRITING


@pytest.mark.parametrize(
    "arguments", [("plan",), ("status",), ("pull", "--check"), ("apply", "--auto-approve")], ids=" ".join
)
def test_nothing_has_changed(account: Account, arguments: tuple[str, ...]) -> None:
    account.declare("a", voice={"id": "v1", "provider": "cartesia"})
    account.applied()
    found = packages(imported(account.root, *arguments))
    assert "httpx" in found
    assert found.isdisjoint(NOT_NEEDED)


def test_applying_creates_compares_no_texts(account: Account) -> None:
    account.declare("a", voice={"id": "v1", "provider": "cartesia"})
    found = packages(imported(account.root, "apply", "--auto-approve"))
    assert found.isdisjoint(NOT_NEEDED)
    assert len(account.store.all()) == 1
