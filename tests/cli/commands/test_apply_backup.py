"""What apply saves before its first write, and the way back from there."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from tests.account import Account
from tests.cli.commands.plans import VOICE


def backups(account: Account) -> list[Path]:
    return sorted((account.root / ".revox" / "backup").glob("*"))


@pytest.fixture
def applied(account: Account) -> Account:
    """`kept` and `gone` are there; `gone` has lost its file, `kept` has another first sentence."""
    account.configure(safety={"max_deletes": 1})
    account.declare("kept", first_sentence="Hello", voice=VOICE)
    account.declare("gone", first_sentence="Goodbye", faq_items=[{"question": "When?", "answer": "Now."}])
    account.applied()
    assert backups(account) == []
    account.declare("kept", first_sentence="Hi", voice=VOICE)
    (account.root / "assistants" / "gone.yaml").unlink()
    return account


def test_what_apply_is_about_to_touch_is_saved_before_the_first_write(
    applied: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(applied.root)
    held = {each["name"]: each for each in applied.store.all()}
    ran = applied.applied("--prune")
    (path,) = backups(applied)
    document = json.loads(path.read_text("utf-8"))
    saved = {each["value"]["name"]: each["value"] for each in document["assistants"]}
    assert saved.keys() == held.keys()
    assert saved["gone"]["faq_items"][0]["answer"] == "Now."
    assert saved["kept"]["first_sentence"] == "Hello"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    name = path.relative_to(applied.root)
    assert f"Backup written: {name} (`revox-sync restore {name}` plans the way back)\n" in ran.err


def test_the_way_back_can_be_typed_where_somebody_is(applied: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(applied.root / "assistants")
    ran = applied.applied("--prune", "-e", "test")
    (path,) = backups(applied)
    typed = f"../{path.relative_to(applied.root)} -e test"
    assert f"`revox-sync restore {typed}` plans" in ran.err
    assert applied.run("restore", *typed.split()).code == 0


def test_a_backup_stays_in_the_project(applied: Account, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (applied.root / ".revox" / "backup").symlink_to(tmp_path / "outside")
    ran = applied.apply("--prune")
    assert (ran.code, applied.writes) == (4, [])
    assert list((tmp_path / "outside").iterdir()) == []


def test_it_comes_back(applied: Account) -> None:
    applied.applied("--prune")
    (path,) = backups(applied)
    ran = applied.run("restore", str(path), "--save", str(applied.root / "back.json"))
    assert ran.code == 0, ran.err
    assert re.search(r"1 to create, 1 to update", ran.out)
    assert applied.run("apply", str(applied.root / "back.json")).code == 0
    assert applied.remote("kept")["first_sentence"] == "Hello"
    assert applied.remote("gone")["faq_items"][0]["answer"] == "Now."


def test_a_saved_plan_is_backed_up_too(applied: Account) -> None:
    plan = str(applied.root / "plan.json")
    assert applied.run("plan", "--prune", "--save", plan).code == 0
    assert applied.run("apply", plan).code == 0
    assert len(backups(applied)) == 1


def test_without_a_backup_nothing_is_sent(applied: Account) -> None:
    applied.write(".revox/backup", "no folder")
    ran = applied.apply("--prune")
    assert ran.code == 4
    assert "the backup cannot be written" in ran.err
    assert "nothing was sent" in ran.err
    assert applied.writes == []


def test_quiet_means_quiet(applied: Account) -> None:
    assert "Backup" not in applied.applied("-q").err
    assert len(backups(applied)) == 1


def test_ten_are_kept(account: Account) -> None:
    for number in range(13):
        account.declare("a", first_sentence=f"Hello {number}")
        account.applied()
    assert len(backups(account)) == 10


def test_applies_that_write_nothing_push_no_backup_out(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    account.declare("a", first_sentence="Hi")
    plan = str(account.root / "plan.json")
    assert account.run("plan", "--save", plan).code == 0
    found = account.remote("a")
    account.store.change(found["id"], lambda each: each | {"first_sentence": "Edited"})
    for _ in range(3):
        assert account.run("apply", plan).code == 4
    assert len(backups(account)) == 1
