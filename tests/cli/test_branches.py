"""A journey: an apply is interrupted, and another branch of git is checked out before the next one."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.errors import ExitCode
from tests.account import Account
from tests.cli.test_write_path import die_after
from tests.source.repository import Repository


@pytest.fixture
def repository(account: Account) -> Repository:
    """The project in git; locks of APIs on this machine are committed here, as those of others are."""
    made = Repository.create(account.root)
    account.declare("a")
    account.applied()
    (account.root / ".revox/.gitignore").write_text("*\n!/local/\n!*.lock.json\n!.gitignore\n")
    made.commit()
    return made


def remotes(account: Account) -> list[str]:
    return sorted(each["name"] for each in account.store.all())


@pytest.mark.parametrize("fields", [{}, {"type": "sub-assistant"}])
@pytest.mark.parametrize("everywhere", [False, True])
def test_a_create_that_was_interrupted_on_a_branch(
    account: Account, repository: Repository, fields: dict[str, Any], *, everywhere: bool
) -> None:
    """Whatever main does meanwhile, the assistant is created once, and its entry comes into the lock of its branch."""
    if everywhere:
        account.declare("new", **fields)
        repository.commit()
    repository.git("switch", "--quiet", "--create", "feature")
    account.declare("new", **fields)
    account.declare("other")
    repository.commit()
    account.run("apply", "--auto-approve", "other")
    repository.commit()
    # The end of the create is written down, but not the lock: that is what a kill leaves.
    before = account.lock_path.read_bytes()
    die_after(account, "POST")
    made = account.remote("new")["id"]
    repository.git("checkout", "--quiet", "--force", "main")
    account.declare("a", prompt="Another one.")
    ran = account.run("apply", "--auto-approve")
    assert ran.code == (ExitCode.REFUSED if everywhere else ExitCode.OK), ran.out + ran.err
    assert "on branch `feature` did not end" in ran.err
    assert set(account.lock) == {"a"}
    assert account.remote("a")["prompt"] == "Another one."
    assert account.journal_path.exists()
    repository.commit()
    repository.git("checkout", "--quiet", "feature")
    assert account.lock_path.read_bytes() == before
    account.declare("a", prompt="Another one.")
    if fields:
        # No list shows it, so the user says which one it is; nothing is created meanwhile.
        assert account.apply().code == ExitCode.REFUSED
        assert account.run("import", "new", made).code == ExitCode.OK
        account.run("apply", "--auto-approve", "--on-drift", "revert")
    else:
        account.run("apply", "--auto-approve", "--on-drift", "revert")
    assert remotes(account) == ["a", "new", "other"]
    assert account.lock["new"]["id"] == made
    assert not account.journal_path.exists()


def test_an_apply_in_the_middle_of_a_rebase(account: Account, repository: Repository) -> None:
    """What is written into the lock there goes with `git rebase --abort`: so nothing of the branch is."""
    repository.git("switch", "--quiet", "--create", "feature")
    account.declare("new", type="sub-assistant")
    repository.commit()
    die_after(account, "POST")
    repository.git("checkout", "--quiet", "--detach")
    ran = account.run("apply", "--auto-approve")
    assert (ran.code, account.writes) == (ExitCode.REFUSED, [])
    assert "finish it there (`git switch feature`, then `revox-sync apply`)" in " ".join(ran.out.split())
    repository.git("checkout", "--quiet", "feature")
    made = account.remote("new")["id"]
    assert account.run("import", "new", made).code == ExitCode.OK
    assert (account.lock["new"]["id"], remotes(account)) == (made, ["a", "new"])
