"""The length of a comment, and what stops for a review."""

from __future__ import annotations

import re

import pytest

from revox_sync.cli.reports.review import LEGEND, require_no_impact
from revox_sync.errors import RefusedError
from revox_sync.output.page import to_text
from revox_sync.output.page.from_plan import plan_page
from revox_sync.output.text.style import no_style
from tests.account import Account
from tests.cli.reports.pending import pending
from tests.output.samples import PLANS, UPDATE_PLAN

__all__ = ["pending"]


@pytest.mark.parametrize("command", ["plan", "show"])
def test_markdown_keeps_to_its_length(account: Account, pending: str, command: str) -> None:
    arguments = [command, *([pending] if command == "show" else []), "-o", "markdown"]
    whole, short = account.run(*arguments).out, account.run(*arguments, "--max-chars", "2500").out
    assert len(whole) > 10_000
    assert len(short) <= 2_500
    # The changes of live assistants stay, and the new one, which is long, is named.
    assert "**Left out to stay within 2,500 characters:** `new` (create: speech, cosmetic). " in short
    assert "<code>talk</code> will be updated" in short
    assert account.run(*arguments, "--max-chars", "10").code == 64


@pytest.mark.parametrize(
    ("impacts", "named"),
    [
        (["speech"], ["new (speech)", "talk (speech)"]),
        (["routing"], ["route (routing)"]),
        (["routing", "cosmetic"], ["new (cosmetic)", "route (routing)"]),
    ],
)
def test_an_impact_stops_it(account: Account, pending: str, impacts: list[str], named: list[str]) -> None:
    options = [part for each in impacts for part in ("--fail-on-impact", each)]
    for command in (["plan"], ["show", pending]):
        ran = account.run(*command, *options, "--detailed-exitcode")
        assert ran.code == 4
        assert ran.err.splitlines()[0] == f"error: --fail-on-impact: {', '.join(named)}"
        assert "talk will be updated" in ran.out


@pytest.mark.parametrize("command", ["plan", "show"])
def test_what_the_report_has_no_room_for_stops_it_too(account: Account, pending: str, command: str) -> None:
    arguments = [command, *([pending] if command == "show" else []), "--fail-on-impact", "data", "--max-chars", "2500"]
    assert account.run(*arguments).code == 0
    ran = account.run(*arguments, "-o", "markdown")
    assert ran.code == 4
    assert ran.err.splitlines()[0] == "error: --fail-on-impact: new (left out of the report)"
    # Nothing stops for what is left out where nothing was to stop for.
    assert account.run(*arguments[:-4], "--max-chars", "2500", "-o", "markdown").code == 0


@pytest.mark.parametrize("command", [("plan",), ("show", "PLAN"), ("apply", "PLAN")])
def test_a_long_prompt_of_a_new_assistant_is_whole_with_full(
    account: Account, pending: str, command: tuple[str, ...]
) -> None:
    arguments = [pending if part == "PLAN" else part for part in command]
    whole = account.run(*arguments, "--full").out
    assert "Line 399 of a long prompt." in whole
    assert "--full" not in whole
    if command != ("apply", "PLAN"):
        assert "… 397 more lines; --full shows all" in account.run(*arguments).out


def test_another_impact_does_not(account: Account, pending: str) -> None:
    assert account.run("show", pending, "--fail-on-impact", "data").code == 0
    assert account.run("show", pending, "--fail-on-impact", "data", "--detailed-exitcode").code == 2
    assert account.run("show", pending, "--fail-on-impact", "loud").code == 64


def test_a_file_that_cannot_be_compared_stops_it_too() -> None:
    require_no_impact((), (), ["assistants/a.yaml"])
    with pytest.raises(RefusedError, match=r"^--fail-on-impact: assistants/a.yaml \(not compared\)$"):
        require_no_impact((), ("speech",), ["assistants/a.yaml"])


def test_only_the_impacts_asked_for_are_named() -> None:
    with pytest.raises(RefusedError, match=r"^--fail-on-impact: sales/outbound \(data\)$"):
        require_no_impact(UPDATE_PLAN.pending, ("data",))


def test_every_sign_of_a_report_is_in_the_legend() -> None:
    texts = [to_text.render(plan_page(plan), no_style, 80) for plan in PLANS.values()]
    signs = set(re.findall(r"^ {2,6}([-+~!…]|@@) ", "\n".join(texts), re.MULTILINE))
    signs |= {"^"} if re.search(r"^ +\^", "\n".join(texts), re.MULTILINE) else set()
    assert signs == set(re.findall(r"(?:^| )  (\S{1,2}) ", LEGEND, re.MULTILINE))


def test_a_delete_has_the_impact_of_what_it_takes_away(account: Account) -> None:
    account.declare("gone", prompt="Greet the caller.", max_call_duration_secs=300)
    account.applied()
    (account.root / "assistants" / "gone.yaml").unlink()
    saved = str(account.root / "plan.json")
    plan = ["plan", "--prune", "--max-deletes", "1"]
    (change,) = account.run(*plan, "--save", saved, "-o", "json").json["changes"]
    assert change["impact"] == ["speech", "routing", "cosmetic"]
    for command in (plan, ["show", saved]):
        assert account.run(*command, "--fail-on-impact", "data").code == 0
        ran = account.run(*command, "--fail-on-impact", "speech")
        assert (ran.code, "gone (speech)" in ran.err) == (4, True)
