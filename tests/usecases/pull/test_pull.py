"""The steps of pull: which exit code its results come to, and in which order files and lock are written."""

from __future__ import annotations

import pytest

from revox_sync.errors import ExitCode, RefusedError, UsageError
from revox_sync.source.files.watched_tree import WatchedTree
from revox_sync.sync.applying.recovery import Replayed
from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.pull_report import Left, Pulled, PullReport
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.pull.pull import open_pull, pull_exit_code, report_of, write_pull
from revox_sync.usecases.pull.take_over import PullResult
from tests.account import Account

PULLED = Pulled("a", "a.yaml", fields=("prompt",))
BROKEN = Pulled("a", "a.yaml", refused="its file has errors", broken=True)
REFUSED = Pulled("a", "a.yaml", refused="gone")
CONFLICT = Pulled("a", "a.yaml", conflicts=("prompt",))
LEFT = Pulled("a", "a.yaml", left=(Left("prompt", "no"),))
NOTHING_NEW = AdoptReport(written=True)
NEW = AdoptReport(written=True, adopted=(Adopted("b", "asst_1", "B", "b.yaml", ("b.yaml",), {}),))
SKIPPED = AdoptReport(written=True, skipped=(Skipped("asst_1", "B", "no"),))


@pytest.mark.parametrize(
    ("assistants", "adopted", "checked", "written"),
    [
        ((), NOTHING_NEW, ExitCode.OK, ExitCode.OK),
        ((PULLED,), NOTHING_NEW, ExitCode.CHANGES, ExitCode.OK),
        ((), NEW, ExitCode.CHANGES, ExitCode.OK),
        ((BROKEN,), NOTHING_NEW, ExitCode.FINDINGS, ExitCode.FINDINGS),
        ((BROKEN, PULLED), NOTHING_NEW, ExitCode.CHANGES, ExitCode.FINDINGS),
        ((REFUSED, PULLED), NOTHING_NEW, ExitCode.REFUSED, ExitCode.REFUSED),
        ((CONFLICT,), NOTHING_NEW, ExitCode.REFUSED, ExitCode.REFUSED),
        ((LEFT,), NOTHING_NEW, ExitCode.REFUSED, ExitCode.REFUSED),
        ((PULLED,), SKIPPED, ExitCode.REFUSED, ExitCode.REFUSED),
    ],
)
def test_exit_codes(assistants: tuple[Pulled, ...], adopted: AdoptReport, checked: ExitCode, written: ExitCode) -> None:
    files = tuple(pulled.path for pulled in assistants if pulled.fields)
    assert pull_exit_code(PullReport("test", written=False, assistants=assistants, files=files), adopted) == checked
    assert pull_exit_code(PullReport("test", written=True, assistants=assistants, files=files), adopted) == written


def opened(account: Account) -> tuple[Session, WatchedTree]:
    return open_pull(Settings(str(account.root), color="never", timeout=5.0))


def test_no_environment_variable_is_read(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "https://hooks.example.com/canary")
    account.write("assistants/a.yaml", "name: A\nprompt: x\nwebhook_url: !env HOOK\n")
    session, _ = opened(account)
    document = session.workspace.load(session.workspace.files[0], session.environment)
    assert isinstance(document.value, dict)
    assert not getattr(document.value["webhook_url"], "known", False)


def test_nothing_is_written_where_the_lock_cannot_be(account: Account) -> None:
    account.declare("a")
    account.applied()
    session, tree = opened(account)
    lock, before = session.load_lock(), tree.read("assistants/a.yaml")
    account.lock_path.unlink()
    account.lock_path.mkdir()  # no file can take its place
    with pytest.raises(RefusedError, match="is a folder"):
        write_pull(session, PullResult((), {"assistants/a.yaml": "name: A\nprompt: new\n"}, lock), tree)
    assert (account.root / "assistants/a.yaml").read_bytes() == before


def test_without_its_files_the_lock_stays(account: Account) -> None:
    account.declare("a")
    account.applied()
    (session, tree), before = opened(account), account.lock_path.read_bytes()
    tree.read("assistants/a.yaml")
    (account.root / "assistants/a.yaml").chmod(0o400)
    with pytest.raises(UsageError, match="read-only"):
        write_pull(session, PullResult((), {"assistants/a.yaml": "name: A\n"}, session.load_lock().without("a")), tree)
    assert account.lock_path.read_bytes() == before


@pytest.mark.parametrize(
    ("written", "changed", "new_lock", "named"),
    [(True, False, False, False), (True, True, False, True), (True, False, True, True), (False, True, True, False)],
)
def test_the_report_names_a_lock_that_changed(
    account: Account, *, written: bool, changed: bool, new_lock: bool, named: bool
) -> None:
    session, _ = opened(account)
    lock = session.load_lock()
    result = PullResult((PULLED,), {"b": "", "a": ""}, lock if new_lock else None)
    report = report_of(session, result, Replayed(lock, changed=changed), written=written)
    assert report.lock == (".revox/local/test.lock.json" if named else None)
    assert report.files == ("a", "b")
    assert report.environment == "test"


@pytest.mark.parametrize("check", [(), ("--check",)])
def test_a_secret_from_the_dashboard_is_told_with_its_place(account: Account, check: tuple[str, ...]) -> None:
    key = "sk" + "-proj-4f9aK2LmQ8xZt1VbN7cR3w"
    account.write("assistants/a.yaml", f"name: A\nprompt: Help.\nfirst_sentence: The key is {key}.\n")
    account.applied()
    account.edit("A", prompt=f"Use {key}.")
    ran = account.run("pull", *check)
    warnings = [line for line in ran.err.splitlines() if line.startswith("warning: ")]
    assert [line.partition(" contains")[0] for line in warnings] == ["warning: assistants/a.yaml:2:13: `prompt`"]
    assert key not in ran.err + ran.out
