"""Which assistants a plan looks at: addresses, what is left out, and broken files among the others."""

from __future__ import annotations

import pytest

from tests.account import Account
from tests.cli.commands.plans import IN_SYNC, changes


def test_a_broken_file_stops_the_plan(account: Account) -> None:
    account.declare("a")
    account.write("assistants/b.yaml", "name: B\npromt: x\n")
    for command in (("plan",), ("apply", "--auto-approve")):
        ran = account.run(*command)
        assert ran.code == 1
        assert "RVX101" in ran.err
        assert "name the addresses" in ran.err
        assert account.switchboard.sent == []
    assert changes(account.plan("a")) == {"a": "create"}


def test_a_broken_file_is_never_gone(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    account.write("assistants/b.yaml", "name: [")
    plan = account.plan("a")
    assert plan["orphaned"] == []
    assert changes(plan) == {}


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        (["sales/*"], {"sales/in", "sales/out"}),
        (["*"], {"sales/in", "sales/out", "support"}),
        (["sales/in", "support"], {"sales/in", "support"}),
        (["s*t"], {"support", "sales/out"}),
        (["--exclude", "sales/*"], {"support"}),
        (["sales/*", "--exclude", "*/in"], {"sales/out"}),
        (["--exclude", "support", "--exclude", "sales/in"], {"sales/out"}),
    ],
)
def test_addresses_select(account: Account, addresses: list[str], expected: set[str]) -> None:
    for address in ("sales/in", "sales/out", "support"):
        account.declare(address)
    assert set(changes(account.plan(*addresses))) == expected


@pytest.mark.parametrize("arguments", [["support", "sales/in"], ["--exclude", "sales/out"]])
def test_what_was_not_looked_at_is_not_said_to_match(account: Account, arguments: list[str]) -> None:
    for address in ("sales/in", "sales/out", "support"):
        account.declare(address)
    account.applied()
    account.declare("sales/out", prompt="Something else.")
    partly = "No changes. The API matches the 2 files that were looked at; 1 not looked at.\n"
    saved = str(account.root / "plan.json")
    assert account.run("plan", *arguments, "--save", saved).told == partly
    assert account.run("show", saved).told == partly
    assert account.run("apply", "--auto-approve", *arguments).out.count(partly) == 1
    account.declare("sales/out")
    assert account.run("plan", "sales/*", "support").told == IN_SYNC


@pytest.mark.parametrize("arguments", [["suport"], ["--exclude", "suport"]])
def test_an_address_that_matches_nothing(account: Account, arguments: list[str]) -> None:
    account.declare("support")
    ran = account.run("plan", *arguments)
    assert ran.code == 64
    assert "did you mean `support`" in ran.err


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"], ["pull"], ["status"]])
def test_what_is_left_out_is_left_alone(account: Account, command: list[str]) -> None:
    for address in ("a", "b"):
        account.declare(address)
    account.write("assistants/broken.yaml", "prompt: [")
    broken = "assistants/broken.yaml"
    for excluded, code in ((["b", "broken"], 0), (["*"], 64)):
        ran = account.run(*command, *(word for each in excluded for word in ("--exclude", each)))
        assert ran.code == code
        assert broken not in ran.err
    assert "--exclude leaves no assistant" in ran.err
    assert {each["name"] for each in account.store.all()} == ({"a"} if command[0] == "apply" else set())
