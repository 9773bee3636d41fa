"""A project with changes of several kinds, for the commands that report them."""

from __future__ import annotations

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
