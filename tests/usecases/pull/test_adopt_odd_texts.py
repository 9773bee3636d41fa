"""Texts as word processors and web pages leave them: adopted, readable, in sync, and mended where somebody asks."""

from __future__ import annotations

from typing import Final

import pytest

from tests.account import Account
from tests.cli.commands.plans import IN_SYNC
from tests.usecases.pull.adopting import create, pull

WORDS: Final = "You are Anna."
PROMPTS: Final = {
    "crlf": f"{WORDS}\r\nBe brief.\r\n",
    "outer": f"\r\n \r\n{WORDS}\r\nBe brief.  \r\n\r\n\r\n",
    "indented": f"  {WORDS}\nBe brief.",
    "zero-width": f"{WORDS}\u200b\nBe\u200b brief.\n",
    "soft": f"{WORDS}\nBe bri\xadef.",
    "mark": f"\ufeff{WORDS}\nBe brief.",
    "nel": f"{WORDS}\x85Be brief.",
    "separator": f"{WORDS}\u2028Be brief.",
    "long": f"{WORDS}\r\n" + "Be brief.\r\n" * 40,
    "wide": f"{WORDS}\r\n" + "Be brief. " * 40,
}
IN_FILES: Final = {"nel", "separator", "long", "wide"}


@pytest.fixture
def adopted(account: Account) -> Account:
    for name, prompt in PROMPTS.items():
        create(account, name=name, prompt=prompt)
    adoption = pull(account)
    assert not adoption.skipped
    return account


def test_no_prompt_is_one_escaped_line(adopted: Account) -> None:
    for name in PROMPTS:
        text = (adopted.root / f"assistants/{name}.yaml").read_text("utf-8")
        expected = f"prompt: !file prompts/{name}.md\n" if name in IN_FILES else "prompt: |"
        assert expected in text, text
        assert "\\" not in text
    assert adopted.run("fmt", "--check").code == 0


def test_they_are_in_sync_and_can_be_planned(adopted: Account) -> None:
    ran = adopted.run("plan")
    assert (ran.code, ran.told) == (0, IN_SYNC), ran.err
    found = {
        line.split(":")[0] for line in adopted.run("lint", "--select", "RVX009", "-o", "concise").out.splitlines()[:-1]
    }
    assert {path.split("/")[-1].split(".")[0] for path in found} == {"zero-width", "soft", "mark", "nel", "separator"}


def test_fixes_remove_what_nobody_sees(adopted: Account) -> None:
    assert adopted.run("lint", "--select", "RVX009", "--fix").code == 0
    assert adopted.run("lint", "--select", "RVX009").out.startswith("No findings")
    assert "prompt: |\n  You are Anna.\n  Be brief.\n" in (adopted.root / "assistants/zero-width.yaml").read_text(
        "utf-8"
    )
    assert (adopted.root / "assistants/prompts/nel.md").read_text("utf-8") == "You are Anna.\nBe brief.\n"
    assert adopted.run("fmt", "--check").code == 0
    assert "0 to create, 5 to update" in adopted.run("plan").out
