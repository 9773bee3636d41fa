"""`--on-drift`: what becomes of edits made outside the files, for all assistants or for some."""

from __future__ import annotations

import pytest

from revox_sync.cli.options.planning import drift_rules
from revox_sync.errors import UsageError
from revox_sync.sync.model.plan import DriftRule, OnDrift, PlanOptions
from tests.account import Account
from tests.cli.commands.plans import changes

FAIL, KEEP, REVERT = OnDrift


@pytest.mark.parametrize(
    ("written", "choices"),
    [
        ([], (FAIL, FAIL, FAIL)),
        (["keep"], (KEEP, KEEP, KEEP)),
        (["sales/*=revert"], (REVERT, REVERT, FAIL)),
        (["keep", "sales/*=revert"], (REVERT, REVERT, KEEP)),
        (["sales/*=revert", "keep"], (KEEP, KEEP, KEEP)),
        (["sales/*=revert", "sales/in=keep"], (KEEP, REVERT, FAIL)),
        (["sales/in=keep", "sales/*=revert"], (REVERT, REVERT, FAIL)),
        (["revert", "support=fail"], (REVERT, REVERT, FAIL)),
    ],
)
def test_the_later_one_wins(written: list[str], choices: tuple[OnDrift, ...]) -> None:
    default, rules = drift_rules(written)
    options = PlanOptions(default, drift_rules=rules)
    assert tuple(map(options.drift_choice, ("sales/in", "sales/out", "support"))) == choices


def test_an_address_may_hold_an_equals_sign() -> None:
    assert drift_rules(["a=b=keep"]) == (FAIL, (DriftRule("a=b", KEEP),))


@pytest.mark.parametrize("written", ["kep", "a=kep", "a=", "", "keep=a"])
def test_what_is_no_choice(written: str) -> None:
    with pytest.raises(UsageError, match="none of fail, keep, revert"):
        drift_rules([written])


@pytest.fixture
def drifted(account: Account) -> Account:
    """Three assistants with one edit each that was made outside."""
    for address in ("sales/in", "sales/out", "support"):
        account.declare(address, first_sentence="Hello")
    account.applied()
    for name in ("sales in", "sales out", "support"):
        account.edit(name, first_sentence="Bonjour")
    return account


def test_each_assistant_has_its_choice(drifted: Account) -> None:
    options = ("--on-drift", "sales/*=revert", "--on-drift", "sales/out=keep")
    plan = drifted.plan(*options)
    assert changes(plan) == {"sales/in": "update"}
    assert [each["address"] for each in plan["drift"]] == ["support"]
    assert plan["notes"] == ["sales/out: `first_sentence` was edited outside; the edit is kept"]
    assert drifted.apply(*options).code == 4
    found = {each["name"]: each["first_sentence"] for each in drifted.store.all()}
    assert found == {"sales in": "Hello", "sales out": "Bonjour", "support": "Bonjour"}
    assert [each["address"] for each in drifted.plan()["drift"]] == ["sales/out", "support"]


def test_a_pattern_that_matches_nothing(drifted: Account) -> None:
    for command in (("plan",), ("apply", "--auto-approve")):
        ran = drifted.run(*command, "--on-drift", "suport=keep")
        assert ran.code == 64
        assert "did you mean `support`" in ran.err
        assert drifted.writes == []


def test_a_choice_that_does_not_exist(account: Account) -> None:
    ran = account.run("plan", "--on-drift", "sales/*=revrt")
    assert ran.code == 64
    assert "did you mean `revert`" in ran.err


def test_the_way_on_is_named(drifted: Account) -> None:
    text = " ".join(drifted.run("plan").out.split())
    ways = ("--on-drift revert", "--on-drift keep", "`revox-sync pull`", "--on-drift ADDRESS=revert")
    assert [way for way in ways if way not in text] == []
