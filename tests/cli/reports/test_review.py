"""The length of a comment, and what stops for a review."""

from __future__ import annotations

import pytest

from revox_sync.cli.reports.review import require_no_impact
from revox_sync.errors import RefusedError
from tests.account import Account
from tests.cli.reports.pending import pending
from tests.output.samples import UPDATE_PLAN

__all__ = ["pending"]


@pytest.mark.parametrize("command", ["plan", "show"])
def test_markdown_keeps_to_its_length(account: Account, pending: str, command: str) -> None:
    arguments = [command, *([pending] if command == "show" else []), "-o", "markdown"]
    whole, short = account.run(*arguments).out, account.run(*arguments, "--max-chars", "2500").out
    assert len(whole) > 10_000
    assert len(short) <= 2_500
    assert "Left out to stay within the limit: parts of 1 block." in short
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
