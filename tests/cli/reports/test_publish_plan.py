"""The formats that plan, show, restore, apply and diff have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.account import Account
from tests.browser import Outline
from tests.cli.reports.pending import pending, without_claim

__all__ = ["pending"]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_show_says_what_plan_said(account: Account, pending: str, form: str) -> None:
    planned, shown = account.run("plan", "-o", form), account.run("show", "-o", form, pending)
    assert planned.out == without_claim(shown.out)
    assert (planned.code, shown.code, shown.err) == (0, 0, "")


def test_one_run_writes_every_format(account: Account, pending: str) -> None:
    folder = account.root / "reports"
    outputs = [part for form in ("markdown", "html", "json") for part in ("-o", f"{form}:{folder / form}")]
    ran = account.run("plan", "-o", "text", *outputs)
    assert "talk will be updated" in ran.out
    digest = account.run("plan", "-o", "json").json["digest"]
    for form in ("markdown", "html", "json"):
        assert digest in (folder / form).read_text("utf-8")
        assert without_claim(account.run("show", "-o", form, pending).out) == (folder / form).read_text("utf-8")


def test_the_markdown_names_its_environment(account: Account, pending: str) -> None:
    assert account.run("show", "-o", "markdown", pending).out.startswith("<!-- revox-sync:plan:test -->\n")


def test_the_digest_of_the_comment_applies_the_plan(account: Account, pending: str) -> None:
    comment = account.run("show", "-o", "markdown", pending).out
    (digest,) = {line.split("--expect-digest ")[1][:32] for line in comment.splitlines() if "--expect-digest" in line}
    assert account.run("apply", pending, "--expect-digest", "f" * 32).code == 4
    assert account.run("apply", pending, "--expect-digest", digest).code == 0


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


def test_restore_has_the_same_formats(account: Account, pending: str) -> None:
    assert account.run("apply", pending).code == 0
    (backup, *_) = sorted(Path(account.root / ".revox").rglob("backup/*.json"))
    for form in ("json", "markdown", "html"):
        assert account.run("restore", str(backup), "-o", form).code == 0


def test_two_things_never_share_a_file(account: Account) -> None:
    account.declare("a")
    path = str(account.root / "plan.json")
    for others in (("-o", f"json:{path}"), ("--save-snapshot", path), ("--digest-file", path)):
        ran = account.run("plan", "--save", path, *others)
        assert ran.code == 64
        assert ran.err.startswith("error: two things cannot go to one file")
        assert account.switchboard.sent == []


def test_the_digest_file_holds_what_apply_expects(account: Account) -> None:
    account.declare("a")
    saved, digest = account.root / "plan.json", account.root / "out" / "digest"
    assert account.run("plan", "--save", str(saved), "--digest-file", str(digest)).code == 0
    text = digest.read_text("utf-8")
    assert text == account.run("plan", "-o", "json").json["digest"] + "\n"
    assert account.run("apply", str(saved), "--expect-digest", "f" * 32).code == 4
    assert account.run("apply", str(saved), "--expect-digest", text.strip()).code == 0


def test_the_digest_is_written_for_a_plan_that_a_gate_stops(account: Account) -> None:
    account.declare("a")
    digest = account.root / "digest"
    assert account.run("plan", "--digest-file", str(digest), "--fail-on-impact", "speech").code == 4
    assert len(digest.read_text("utf-8")) == 33
