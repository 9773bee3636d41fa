"""Apply says when nobody else will see the lock it has written."""

from __future__ import annotations

import pytest

from tests.account import KEY, Account
from tests.source.repository import Repository

LOCK = ".revox/default.lock.json"


@pytest.fixture
def elsewhere(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The account under a spelling of this machine that does not count as such: its lock is to be committed."""
    monkeypatch.setenv("REVOX_API_KEY", KEY)
    monkeypatch.setenv("REVOX_BASE_URL", account.base_url.replace("127.0.0.1", "127.1"))
    monkeypatch.setenv("NO_PROXY", "*")
    (account.root / "revox-sync.yaml").unlink()
    account.declare("a")
    return account


def applied(account: Account, *arguments: str) -> str:
    return account.applied("--insecure-http", *arguments).err


def test_a_lock_that_git_does_not_know(elsewhere: Account) -> None:
    Repository.create(elsewhere.root)
    assert f"warning: {LOCK} is not in git yet: commit it, `git add {LOCK}`\n" in applied(elsewhere)


def test_a_lock_that_git_ignores(elsewhere: Account) -> None:
    Repository.create(elsewhere.root).write({".gitignore": ".revox/\n"})
    assert f"warning: git ignores {LOCK}" in applied(elsewhere)


def test_a_lock_that_is_committed(elsewhere: Account) -> None:
    repository = Repository.create(elsewhere.root)
    applied(elsewhere)
    repository.commit()
    elsewhere.declare("a", first_sentence="Hello")
    assert "warning" not in applied(elsewhere)


@pytest.mark.parametrize("arguments", [[], ["-q"]])
def test_without_git_or_quietly_nothing_is_said(elsewhere: Account, arguments: list[str]) -> None:
    if arguments:
        Repository.create(elsewhere.root)
    assert "warning" not in applied(elsewhere, *arguments)


def test_a_lock_that_did_not_change(elsewhere: Account) -> None:
    Repository.create(elsewhere.root)
    applied(elsewhere)
    assert "warning" not in applied(elsewhere)
