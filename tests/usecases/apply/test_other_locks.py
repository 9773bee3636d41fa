"""A lock that has not come to this branch: what looks like an edit made outside was sent by us, and that is said."""

from __future__ import annotations

import pytest

from tests.account import Account
from tests.source.repository import Repository


def committed(account: Account, repository: Repository) -> None:
    """Commit everything, the lock of an API on this machine included."""
    repository.git("add", "--all")
    repository.git("add", "--force", str(account.lock_path))
    repository.git("commit", "--quiet", "--message=x")


@pytest.fixture
def repository(account: Account) -> Repository:
    """On the first branch as at first; another one has applied something since, and holds the lock of it."""
    account.declare("a")
    account.declare("b")
    account.applied()
    made = Repository.create(account.root)
    committed(account, made)
    made.git("checkout", "--quiet", "-b", "feature")
    account.declare("a", prompt="From the other branch.")
    account.applied()
    committed(account, made)
    made.git("checkout", "--quiet", "-")
    return made


@pytest.mark.parametrize(("prompt", "kind"), [(None, "drift"), ("Mine.", "conflicts")])
@pytest.mark.usefixtures("repository")
def test_a_value_that_we_have_sent_is_told(account: Account, prompt: str | None, kind: str) -> None:
    if prompt is not None:
        account.declare("a", prompt=prompt)
    account.edit("b", prompt="Edited in the dashboard.")
    plan = account.plan()
    assert "a" in [each["address"] for each in plan[kind]]
    (note,) = plan["notes"]
    assert note.startswith("a: `prompt`: the server's value is one that we have sent, as the lock in feature (")
    assert account.run("status", "-o", "json").json["notes"] == [note]


def test_with_the_other_lock_nobody_is_blocked(account: Account, repository: Repository) -> None:
    repository.git("merge", "--quiet", "feature")
    plan = account.plan()
    assert (plan["conflicts"], plan["drift"], plan["notes"]) == ([], [], [])


def test_an_edit_after_that_apply_is_an_edit(account: Account, repository: Repository) -> None:
    account.edit("a", prompt="Edited in the dashboard.")
    assert account.plan()["notes"] == []
    (account.root / ".git/refs/heads/feature").write_text(repository.git("rev-parse", "HEAD").strip() + "\n")
    assert account.plan()["notes"] == []
