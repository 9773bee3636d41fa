"""Links in a project: folders that are links are no deleted folders, and nothing of ours follows one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from revox_sync.errors import ExitCode
from tests.account import Account
from tests.cli.program import SECONDS, started


def moved_behind_a_link(account: Account) -> None:
    """Two applied assistants, one of them in a folder that is now elsewhere in the project."""
    account.declare("a")
    account.declare("sales/b")
    account.applied()
    (account.root / "shared").mkdir()
    (account.root / "assistants/sales").rename(account.root / "shared/sales")


def test_a_folder_behind_a_link_is_followed(account: Account) -> None:
    moved_behind_a_link(account)
    (account.root / "assistants/sales").symlink_to("../shared/sales")
    account.applied("--prune", "--max-deletes", "9")
    assert account.writes == []
    account.edit("sales b", prompt="Edited.")
    assert account.run("pull").code == ExitCode.OK
    assert "Edited." in (account.root / "shared/sales/b.yaml").read_text("utf-8")
    assert (account.root / "assistants/sales").is_symlink()


@pytest.mark.parametrize("target", ["../shared/none", "..", "sales", "{outside}"])
def test_a_folder_that_cannot_be_followed_is_broken_and_not_gone(account: Account, tmp_path: Path, target: str) -> None:
    moved_behind_a_link(account)
    (tmp_path / "elsewhere").mkdir()
    (account.root / "assistants/sales").symlink_to(target.format(outside=tmp_path / "elsewhere"))
    ran = account.apply("--prune", "--max-deletes", "9")
    assert (ran.code, account.writes) == (ExitCode.FINDINGS, [])
    assert "assistants/sales" in ran.err
    # Healthy files can be named, and what is behind the link is still not gone.
    ran = account.apply("a", "sales/b", "--prune", "--max-deletes", "9")
    assert (ran.code, account.writes, set(account.lock)) == (ExitCode.REFUSED, [], {"a", "sales/b"})
    assert account.run("lint").code == ExitCode.FINDINGS


def test_a_directory_behind_a_link_that_leads_nowhere(account: Account) -> None:
    account.declare("a")
    account.applied()
    (account.root / "assistants").rename(account.root / "elsewhere")
    (account.root / "assistants").symlink_to("nowhere")
    ran = account.apply("--prune", "--max-deletes", "9")
    assert (ran.code, account.writes) == (ExitCode.USAGE, [])
    assert "`assistants` is a link that leads nowhere" in ran.err


@pytest.mark.parametrize("name", ["a.YAML", "a.Yml"])
def test_a_suffix_in_capitals_is_told(account: Account, name: str) -> None:
    account.declare("a")
    account.applied()
    (account.root / "assistants/a.yaml").rename(account.root / "assistants" / name)
    ran = account.apply("--prune", "--max-deletes", "9")
    assert (ran.code, account.writes) == (ExitCode.FINDINGS, [])
    assert f"assistants/{name}:1:1" in ran.err
    # Whoever names the others is not stopped, and nothing is taken for gone all the same.
    account.declare("b")
    ran = account.apply("b", "--prune", "--max-deletes", "9")
    assert ran.code == ExitCode.OK
    assert [sent.method for sent in account.writes] == ["POST"]


def test_addresses_that_differ_only_in_case_are_told(account: Account) -> None:
    account.declare("Sales/a")
    account.declare("sales/A")
    ran = account.run("lint")
    assert ran.code == ExitCode.FINDINGS
    assert "`assistants/Sales/a.yaml` differs only in case" in ran.out


@pytest.mark.parametrize("name", ["test.apply", "test.lock.json", "test.journal.jsonl"])
def test_a_file_of_ours_that_is_a_link(account: Account, tmp_path: Path, name: str) -> None:
    """A committed link: whoever applies must not write where it leads."""
    account.declare("a")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    account.lock_path.parent.mkdir(parents=True)
    account.lock_path.with_name(name).symlink_to(victim)
    for command in ("apply --auto-approve", "pull", "forget a"):
        ran = account.run(*command.split())
        assert (ran.code, account.writes, victim.read_text()) == (ExitCode.REFUSED, [], "precious"), command
        assert "is a link" in ran.err


@pytest.mark.parametrize("name", [".revox", ".revox/local", ".revox/backup"])
def test_a_folder_of_ours_that_is_a_link(account: Account, tmp_path: Path, name: str) -> None:
    account.declare("a")
    account.applied()
    account.declare("a", prompt="Another one.")
    folder, elsewhere = account.root / name, tmp_path / "elsewhere"
    if folder.exists():
        folder.rename(elsewhere)
    else:
        elsewhere.mkdir()
    before = sorted(elsewhere.rglob("*"))
    folder.symlink_to(elsewhere)
    ran = account.apply()
    assert (ran.code, account.writes, sorted(elsewhere.rglob("*"))) == (ExitCode.REFUSED, [], before)
    assert f"{name} is a link; nothing was sent" in ran.err


def test_a_folder_of_ours_that_is_none(account: Account) -> None:
    account.declare("a")
    (account.root / ".revox").write_text("")
    for command in ("apply --auto-approve", "plan", "status", "pull", "forget a"):
        ran = account.run(*command.split())
        assert (ran.code, account.writes) == (ExitCode.REFUSED, []), command
        assert ".revox cannot be read: Not a directory" in ran.err


AS_OTHERS: Final = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root may read everything; without these rights it is held to the modes of files like anybody else."""


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() == 0 and shutil.which(AS_OTHERS[0]) is None, reason="root may read everything")
@pytest.mark.parametrize(
    ("name", "mode", "command", "told"),
    [
        (".revox", 0, "plan", ".revox cannot be read: Permission denied"),
        (".revox/local", 0, "apply --auto-approve", "local cannot be read: Permission denied"),
        (
            ".revox/local",
            0o500,
            "apply --auto-approve",
            "the lock cannot be written: Permission denied; nothing was sent",
        ),
        (".revox/local/test.lock.json", 0, "plan", "test.lock.json cannot be read: Permission denied"),
    ],
)
def test_what_nobody_may_read_or_write(account: Account, name: str, mode: int, command: str, told: str) -> None:
    account.declare("a")
    account.applied()
    account.declare("a", first_sentence="Hi")
    path, prefix = account.root / name, AS_OTHERS if os.geteuid() == 0 else ()
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        with started("-C", str(account.root), *command.split(), prefix=prefix, stderr=subprocess.PIPE) as process:
            _, err = process.communicate(timeout=SECONDS)
    finally:
        path.chmod(before)
    assert (process.returncode, told in err) == (ExitCode.REFUSED, True), err
    assert account.remote("a").get("first_sentence") is None


@pytest.mark.parametrize(
    "command",
    [
        "plan --save {link}.json",
        "plan --save-snapshot {link}.json",
        "plan --digest-file {link}.json",
        "plan -o html:{link}.json",
        "apply --auto-approve -o json:{link}.json",
        "plan -o html:{folder}/page.html",
    ],
)
def test_a_report_is_not_written_through_a_link(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    account.declare("a")
    monkeypatch.chdir(account.root)
    (tmp_path / "elsewhere").mkdir()
    victim = tmp_path / "elsewhere/page.html"
    victim.write_text("precious")
    (account.root / "link.json").symlink_to(victim)
    (account.root / "folder").symlink_to(tmp_path / "elsewhere")
    ran = account.run(*command.format(link="link", folder="folder").split())
    assert (ran.code, account.writes, victim.read_text()) == (ExitCode.USAGE, [], "precious")
    assert "link" in ran.err
    assert (account.root / "link.json").is_symlink()
