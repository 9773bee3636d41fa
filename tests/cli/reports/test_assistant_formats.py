"""The formats that plan, show, restore, apply and diff have in common, and what stops for a review."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.account import Account
from tests.browser import Outline

LONG = "\n".join(f"Line {number} of a long prompt." for number in range(400))


@pytest.fixture
def pending(account: Account) -> str:
    """A project with an update of speech, one of routing, and a create; the path of its saved plan."""
    account.declare("talk", first_sentence="Hello")
    account.declare("route", max_call_duration_secs=60)
    account.applied()
    account.declare("talk", first_sentence="Hi")
    account.declare("route", max_call_duration_secs=90)
    account.declare("new", prompt=LONG)
    path = str(account.root / "plan.json")
    account.run("plan", "--save", path)
    return path


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_show_says_what_plan_said(account: Account, pending: str, form: str) -> None:
    planned, shown = account.run("plan", "-o", form), account.run("show", "-o", form, pending)
    assert planned.out == shown.out
    assert (planned.code, shown.code, shown.err) == (0, 0, "")


def test_one_run_writes_every_format(account: Account, pending: str) -> None:
    folder = account.root / "reports"
    outputs = [part for form in ("markdown", "html", "json") for part in ("-o", f"{form}:{folder / form}")]
    ran = account.run("plan", "-o", "text", *outputs)
    assert "talk will be updated" in ran.out
    digest = account.run("plan", "-o", "json").json["digest"]
    for form in ("markdown", "html", "json"):
        assert digest in (folder / form).read_text("utf-8")
        assert account.run("show", "-o", form, pending).out == (folder / form).read_text("utf-8")


def test_the_markdown_names_its_environment(account: Account, pending: str) -> None:
    assert account.run("show", "-o", "markdown", pending).out.startswith("<!-- revox-sync:plan:test -->\n")


def test_the_digest_of_the_comment_applies_the_plan(account: Account, pending: str) -> None:
    comment = account.run("show", "-o", "markdown", pending).out
    (digest,) = {line.split("--expect-digest ")[1][:32] for line in comment.splitlines() if "--expect-digest" in line}
    assert account.run("apply", pending, "--expect-digest", "f" * 32).code == 4
    assert account.run("apply", pending, "--expect-digest", digest).code == 0


@pytest.mark.parametrize("command", ["plan", "show"])
def test_markdown_keeps_to_its_length(account: Account, pending: str, command: str) -> None:
    arguments = [command, *([pending] if command == "show" else []), "-o", "markdown"]
    whole, short = account.run(*arguments).out, account.run(*arguments, "--max-chars", "2500").out
    assert len(whole) > 10_000
    assert len(short) <= 2_500
    assert "Left out to stay within the limit: parts of 1 block." in short
    assert account.run(*arguments, "--max-chars", "10").code == 64


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_apply_reports_what_became_of_it(account: Account, pending: str, form: str) -> None:
    ran = account.run("apply", "-o", form, pending)
    assert ran.code == 0
    assert "was created" in ran.out
    assert "Apply complete: 1 created, 2 updated" in ran.out
    if form == "html":
        assert len(Outline(ran.out).all("article")) == 3
    else:
        assert ran.out.startswith("<!-- revox-sync:apply:test -->\n")


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


def test_restore_has_the_same_formats(account: Account, pending: str) -> None:
    assert account.run("apply", pending).code == 0
    (backup, *_) = sorted(Path(account.root / ".revox").rglob("backup/*.json"))
    for form in ("json", "markdown", "html"):
        assert account.run("restore", str(backup), "-o", form).code == 0


def test_two_things_never_share_a_file(account: Account) -> None:
    account.declare("a")
    path = str(account.root / "plan.json")
    for others in (("-o", f"json:{path}"), ("--save-snapshot", path)):
        ran = account.run("plan", "--save", path, *others)
        assert ran.code == 64
        assert ran.err.startswith("error: two things cannot go to one file")
        assert account.switchboard.sent == []
