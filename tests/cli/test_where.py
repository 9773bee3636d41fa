"""Every report says where, and every command that is printed works from where it was printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from revox_sync.cli.main import run
from tests.account import Account, Ran

COMMANDS: Final = {
    "plan": ("plan",),
    "a plan of changes": ("plan", "--on-drift", "revert"),
    "show": ("show", "PLAN"),
    "status": ("status",),
    "apply": ("apply", "--auto-approve"),
}
COMMAND: Final = re.compile(r"`revox-sync ([^`]*)`")


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("output", ["text", "markdown", "html", "json"])
def test_every_report_names_environment_api_and_organisation(
    account: Account, name: str, output: str, *, changed: bool
) -> None:
    account.declare("a")
    account.applied()
    if changed:
        account.declare("a", first_sentence="Hi")
    saved = str(account.root / "plan.json")
    account.run("plan", "--save", saved)
    shown = account.run(*(saved if part == "PLAN" else part for part in COMMANDS[name]), "-o", output).out
    assert [part for part in ("test", account.base_url, "org_emulator") if part not in shown] == []


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("arguments", [(), ("--new",), ("--check",)])
def test_a_pull_names_them_too(account: Account, output: str, arguments: tuple[str, ...]) -> None:
    account.declare("a")
    account.applied()
    shown = account.run("pull", *arguments, "-o", output).out
    assert [part for part in ("test", account.base_url, "org_emulator") if part not in shown] == []


@pytest.fixture
def elsewhere(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account whose project has two environments and is not the current folder's."""
    configuration = account.root / "revox-sync.yaml"
    text = configuration.read_text("utf-8")
    line = text.splitlines()[-1]
    configuration.write_text(f"{text}{line.replace('test:', 'other:')}\n", "utf-8")
    folder = tmp_path / "else where"
    folder.mkdir()
    (folder / "revox-sync.yaml").write_text("version: 1\n")
    monkeypatch.chdir(folder)
    return account


def printed(text: str) -> list[list[str]]:
    """The commands in a message, as their arguments; those with a name in capitals are for people to fill in."""
    found = [shlex.split(command) for command in COMMAND.findall(re.sub(r"\n +", " ", text))]
    return [arguments for arguments in found if not any(re.fullmatch("[A-Z]+", word) for word in arguments)]


def test_what_is_printed_works_from_where_it_is_printed(elsewhere: Account) -> None:
    elsewhere.declare("a", first_sentence="Hi")
    elsewhere.declare("b")
    assert elsewhere.run("apply", "-e", "other", "--auto-approve").code == 0
    elsewhere.edit("a", first_sentence="Edited")
    elsewhere.store.remove(elsewhere.remote("b")["id"])
    messages = [elsewhere.run(command, "-e", "other") for command in ("plan", "status")]
    commands = [arguments for ran in messages for arguments in printed(ran.out + ran.err)]
    assert {arguments[0] for arguments in commands} >= {"pull", "forget"}
    assert [each for each in commands if each[-4:-1] != ["-e", "other", "-C"]] == []
    (forget,) = {tuple(each) for each in commands if each[0] == "forget"}
    assert run(["pull", *next(each for each in commands if each[0] == "pull")[1:]]) == 4  # `b` is missing
    assert "Edited" in (elsewhere.root / "assistants/a.yaml").read_text("utf-8")
    assert run(list(forget)) == 0


def test_a_saved_plan_knows_its_environment_and_is_told_how_to_go_on(elsewhere: Account) -> None:
    elsewhere.declare("a")
    path = Path("my plan.json").absolute()
    ran = elsewhere.run("plan", "-e", "other", "--save", str(path))
    assert f"Plan saved: {path}. To carry it out: `revox-sync apply " in ran.err
    ((name, *rest),) = printed(ran.err)
    assert (name, "-e" in rest, "-C" in rest) == ("apply", False, True)
    assert run([name, *rest]) == 0
    assert elsewhere.run("status", "-e", "other").told.startswith("in sync")
    # The other environment has its own lock, and knows nothing of it.
    assert elsewhere.run("plan", "-e", "test", "--save", str(path)).code == 0
    refused = elsewhere.run("apply", "-e", "other", str(path))
    assert (refused.code, "for environment `test`, not `other`" in refused.err) == (4, True)


def test_a_quiet_plan_is_saved_without_a_word(account: Account) -> None:
    account.declare("a")
    assert account.run("plan", "-q", "--save", "plan.json").err == ""


def test_a_backup_is_restored_by_the_command_that_is_printed(elsewhere: Account) -> None:
    elsewhere.declare("a", first_sentence="Hi")
    elsewhere.run("apply", "-e", "other", "--auto-approve")
    elsewhere.declare("a", first_sentence="Hello")
    ((name, *rest),) = printed(elsewhere.run("apply", "-e", "other", "--auto-approve").err)
    assert name == "restore"
    assert run([name, *rest]) == 0


def about(address: str, ran: Ran) -> list[list[str]]:
    """The commands that were printed about an address."""
    return [words for words in printed(" ".join((ran.out + ran.err).split())) if address in words]


@pytest.mark.parametrize("address", ["-a", "--theirs", "x y/-b", "-a -- b"])
def test_an_address_that_looks_like_an_option(account: Account, address: str) -> None:
    account.declare(address, first_sentence="one")
    account.applied()
    account.declare(address, first_sentence="two")
    (remote,) = account.store.all()
    account.disturb("PATCH", status=200, body={"assistant": {**remote, "first_sentence": "three"}})
    failed = account.run("apply", "--auto-approve", "-e", "test")
    account.switchboard.faults.clear()
    account.edit(remote["name"], first_sentence="four")
    (pull,) = about(address, failed)
    assert about(address, account.run("status", "-e", "test"))[0] == pull
    (_, apply) = about(address, account.run("plan", "-e", "test"))
    assert account.run("apply", "--auto-approve", *apply[1:]).code == 0
    (bind,) = about(address, account.run("forget", "-e", "test", "--", address))
    assert account.run(*bind).code == 0
    account.edit(remote["name"], first_sentence="five")
    assert account.run(*pull).code == 0
    assert "five" in (account.root / f"assistants/{address}.yaml").read_text("utf-8")
