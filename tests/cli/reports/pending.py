"""A project with changes of several kinds, for the commands that report them."""

from __future__ import annotations

import re

import pytest

from tests.account import Account

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


def without_claim(report: str) -> str:
    """What `show` says, but for the one thing that `plan` knows and a file only says."""
    claim = "Note: what would be sent.*?not so[.]"
    in_html = rf"<section><h2>Notes</h2><p>{claim}</p></section>|<p>{claim}</p>"
    in_markdown, in_text = rf"```text\n{claim}\n```\n\n", rf"(?<=\n\n){claim}\n\n|(?<!\n)\n{claim}"
    return re.sub(f"{in_html}|{in_markdown}|{in_text}", "", report, flags=re.DOTALL)
