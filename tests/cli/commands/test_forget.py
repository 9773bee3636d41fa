"""`forget`: a lock entry goes, and nothing else."""

from __future__ import annotations

import pytest

from tests.account import Account
from tests.cli.commands.plans import IN_SYNC, changes


def test_only_the_lock_entry_goes(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    before, files = account.store.all(), (account.root / "assistants/a.yaml").read_bytes()
    found = account.lock["a"]["id"]
    ran = account.run("forget", "a")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        f'Forgot that `a` is {found} ("a") in environment `test`.',
        "Nothing changed on the server or in the files.",
        (
            "The next plan takes the remote assistant of the file's name, or creates one; "
            f"`revox-sync import a {found}` binds the two again."
        ),
        "Lock written: .revox/local/test.lock.json",
    ]
    assert account.switchboard.sent == []
    assert list(account.lock) == ["b"]
    assert account.store.all() == before
    assert (account.root / "assistants/a.yaml").read_bytes() == files
    plan = account.plan()
    assert changes(plan) == {}
    assert "a: found by its name; only the lock changes" in plan["notes"]


def test_an_orphan(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    (account.root / "assistants/b.yaml").unlink()
    found = account.lock["b"]["id"]
    ran = account.run("forget", "b")
    assert f"No file manages {found} any longer." in ran.out
    assert account.plan()["orphaned"] == []
    assert account.store.find(found)


def test_the_last_entry(account: Account) -> None:
    account.declare("a")
    account.applied()
    assert account.run("forget", "a").code == 0
    assert account.lock == {}
    account.applied()
    assert account.run("plan").told == IN_SYNC
    assert len(account.store.all()) == 1


def test_a_missing_assistant(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    account.store.remove(account.remote("a")["id"])
    assert account.plan()["refused"]
    assert account.run("forget", "a").code == 0
    assert changes(account.plan()) == {"a": "create"}


@pytest.mark.parametrize(
    ("address", "hint"),
    [("suport", "did you mean `support`?"), ("*", "addresses in it: sales, support"), ("zzz", "addresses in it: ")],
)
def test_an_address_without_entry(account: Account, address: str, hint: str) -> None:
    account.declare("support")
    account.declare("sales")
    account.applied()
    before = account.lock_path.read_bytes()
    ran = account.run("forget", address)
    assert ran.code == 64
    assert f"error: the lock of `test` has no entry `{address}`\n  {hint}" in ran.err
    assert account.lock_path.read_bytes() == before


def test_without_a_lock(account: Account) -> None:
    account.declare("a")
    ran = account.run("forget", "a")
    assert ran.code == 64
    assert "it has no entries" in ran.err


def test_no_key_is_needed(account: Account) -> None:
    account.declare("a")
    account.applied()
    configuration = account.root / "revox-sync.yaml"
    configuration.write_text(configuration.read_text("utf-8").replace("emulator", "!env T_UNSET"), "utf-8")
    assert account.run("plan").code == 64
    assert account.run("forget", "a").code == 0
    assert account.lock == {}


def test_broken_files_are_not_in_the_way(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.write("assistants/a.yaml", "name: [")
    assert account.run("forget", "a").code == 0


def test_an_interrupted_create(account: Account) -> None:
    account.declare("step", type="sub-assistant")
    account.disturb("POST", status=None, committed=True)
    assert account.apply().code == 3
    account.switchboard.faults.clear()
    assert account.run("forget", "stepp").code == 64
    ran = account.run("forget", "step")
    assert ran.code == 0
    assert "Forgot the interrupted create of `step` in environment `test`." in ran.out
    assert account.writes == []
    assert changes(account.plan()) == {"step": "create"}


def test_quiet(account: Account) -> None:
    account.declare("a")
    account.applied()
    ran = account.run("-q", "forget", "a")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert account.lock == {}


def test_one_environment_at_a_time(account: Account) -> None:
    endpoint = f'{{base_url: "{account.base_url}", api_key: emulator}}'
    text = f"version: 1\ndefault_environment: test\nenvironments: {{test: {endpoint}, other: {endpoint}}}\n"
    account.write("revox-sync.yaml", text)
    account.declare("a")
    account.applied()
    assert account.run("forget", "a", "--env", "other").code == 64
    assert list(account.lock) == ["a"]


def test_hostile_names_are_visible(account: Account) -> None:
    account.declare("a", name="red")
    account.applied()
    text = account.lock_path.read_text("ascii").replace('"name": "red"', '"name": "\\u001b[31mred"')
    account.lock_path.write_text(text, "ascii")
    assert '("<U+001B>[31mred")' in account.run("forget", "a").out
