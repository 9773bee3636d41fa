"""Text that a reviewer does not see and the model gets: lint finds it, and no report hides it."""

from __future__ import annotations

import json

import pytest

from tests.account import Account
from tests.source.repository import Repository

HIDDEN = "\u200b\u034f\u3164\u115f\uffa0\u2800\ufe00\u2066\xad\U000e0041\x1b"
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
PROMPT = f"You are Emma.{HIDDEN}\nGreet them, {FAMILY}.\nSay goodbye.\n"


@pytest.mark.parametrize("written", ["escaped", "raw", "in a file"])
def test_lint_finds_it_however_it_is_written(account: Account, written: str) -> None:
    account.write("assistants/_p.md", PROMPT)
    prompt = {"escaped": json.dumps(PROMPT), "raw": f"'{PROMPT}'".replace("\n", " "), "in a file": "!file _p.md"}
    account.write("assistants/a.yaml", f"name: A\nprompt: {prompt[written]}\n")
    ran = account.run("lint", "--no-cache", "-o", "json")
    found = [each for each in ran.json["findings"] if each["code"] == "RVX009"]
    assert found
    assert ran.code == (0 if written == "escaped" else 1)
    assert "U+200D" not in ran.out


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_every_report_spells_it_out(account: Account, form: str) -> None:
    account.declare("a", prompt="You are Emma.\nGreet them.\nSay goodbye.\n", first_sentence="Hi")
    Repository.create(account.root).commit()
    account.applied()
    account.declare("a", prompt=PROMPT, first_sentence=f"Hi{HIDDEN}")
    path = str(account.root / "plan.json")
    for command in ("plan --save " + path, "show " + path, "diff HEAD", "status", "apply " + path):
        ran = account.run(*command.split(), "-o", form)
        assert ran.code == 0, ran.err
        assert [each for each in HIDDEN if each in ran.out + ran.err] == []
        if command != "status":
            assert [each for each in HIDDEN if f"U+{ord(each):04X}" not in ran.out + ran.err] == []
            assert FAMILY in ran.out + ran.err
