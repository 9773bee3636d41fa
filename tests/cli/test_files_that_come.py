"""Git brings files and locks while a command runs: what a command has not seen is neither overwritten nor deleted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from revox_sync.errors import ExitCode, RefusedError
from revox_sync.sync.model.plan import PlanOptions
from revox_sync.usecases.apply.apply import ApplyArguments, RunControl, apply_files
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import EVERYTHING
from tests.account import Account
from tests.cli.test_replaced_lock import during
from tests.usecases.apply.test_apply import Audience

PRUNE = PlanOptions(prune=True, max_deletes=5)


def opened(account: Account) -> Session:
    return open_session(Settings(str(account.root), "test", color="never", verbosity=0, timeout=5.0))


@dataclass(frozen=True, slots=True)
class Revision:
    """A file and the lock, as git has them."""

    path: Path
    text: str
    lock_path: Path
    lock: bytes

    def bring(self) -> None:
        """Check it out."""
        self.path.write_text(self.text, "utf-8")
        self.lock_path.write_bytes(self.lock)


def revision(account: Account, address: str) -> Revision:
    path = account.root / f"assistants/{address}.yaml"
    return Revision(path, path.read_text("utf-8"), account.lock_path, account.lock_path.read_bytes())


@pytest.fixture
def theirs(account: Account) -> Revision:
    """What somebody else has pushed: `b`, new, applied and bound. This checkout does not have it yet."""
    account.declare("a")
    account.applied()
    former = account.lock_path.read_bytes()
    account.declare("b")
    account.applied()
    pushed = revision(account, "b")
    pushed.path.unlink()
    account.lock_path.write_bytes(former)
    account.switchboard.sent.clear()
    return pushed


def test_files_that_come_while_an_apply_waits_for_another_one(account: Account, theirs: Revision) -> None:
    """The files were listed before, the lock is read afterwards: `b` looks as if its file were gone."""
    session = opened(account)
    theirs.bring()
    with pytest.raises(RefusedError, match=r"`assistants/b\.yaml` was not there when this command began"):
        apply_files(session, ApplyArguments(EVERYTHING, PRUNE, 1, approved=True), Audience(), RunControl())
    assert (account.writes, set(account.lock)) == ([], {"a", "b"})
    assert account.plan("--prune")["summary"]["delete"] == 0


def test_files_that_come_while_an_interrupted_apply_is_looked_for(account: Account, theirs: Revision) -> None:
    """Requests come between listing the files and reading the lock."""
    account.declare("c")
    account.disturb("POST", status=500)
    assert account.apply().code == ExitCode.INCOMPLETE
    during(account, "GET", theirs.bring)
    ran = account.run("apply", "--auto-approve", "--prune", "--max-deletes", "5")
    assert ran.code == ExitCode.REFUSED
    assert not [sent for sent in account.writes if sent.method == "DELETE"]


def test_a_lock_that_comes_after_the_files_were_read(account: Account) -> None:
    """An older text would be sent over what its author has applied from another checkout."""
    account.declare("a")
    account.applied()
    former = revision(account, "a")
    account.declare("a", prompt="Another one.")
    account.applied()
    pushed = revision(account, "a")
    former.bring()
    session = opened(account)
    desired = session.desired(session.files())
    pushed.bring()
    with session.client() as client, pytest.raises(RefusedError, match="was replaced while this command ran"):
        session.state(client, desired)


@pytest.mark.parametrize("name", ["b.yaml", "b.yml"])
def test_a_file_that_comes_back_before_a_saved_plan_is_applied(account: Account, theirs: Revision, name: str) -> None:
    theirs.bring()
    theirs.path.unlink()
    saved = account.root / "plan.json"
    assert account.run("plan", "--prune", "--max-deletes", "5", "--save", str(saved)).code == ExitCode.OK
    theirs.path.with_name(name).write_text(theirs.text, "utf-8")
    ran = account.run("apply", str(saved))
    assert ran.code == ExitCode.REFUSED
    assert f"`assistants/{name}` is its file; plan again" in ran.out
    assert ([sent.method for sent in account.writes], set(account.lock)) == ([], {"a", "b"})


def test_what_only_has_the_name_of_a_file_is_none(account: Account, theirs: Revision) -> None:
    """As a file system that ignores case finds `B.yaml` where `b.yaml` is looked for, a folder is found here."""
    theirs.bring()
    theirs.path.unlink()
    theirs.path.mkdir()
    account.applied("--prune", "--max-deletes", "5")
    assert set(account.lock) == {"a"}
