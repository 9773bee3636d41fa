"""docs/adopt.md is played from top to bottom, on an account as small as the page shows it.

`--rewrite-golden` writes the outputs anew.
"""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from revox_sync.cli.main import run
from revox_sync.errors import ExitCode
from tests.account import KEY, Account
from tests.checkout import ROOT
from tests.old_account import SLACK
from tests.source.repository import Repository

PAGE: Final = ROOT / "docs" / "adopt.md"
BLOCK: Final = re.compile(r"(?<=^```)(console|diff|dotenv|sh)\n(.*?)(?=^```$)", re.DOTALL | re.MULTILINE)
IDS: Final = re.compile(r"asst_[0-9a-f]{32}")
REPLACED: Final = {
    r"\d{8}T\d{6}Z": "20260102T090000Z",
    r"\b[0-9a-f]{40}\b": "5f1c0de5f1c0de5f1c0de5f1c0de5f1c0de5f1c0",
    r"\b(?=[a-f]*\d)[0-9a-f]{7,12}\b(?=[ .,)])": "5f1c0de",
    r"\.revox/local/production": ".revox/production",
    "org_emulator": "org_4c2e",
}
VALUES: Final = {"REVOX_API_KEY": KEY, "SALES_ETE_WEBHOOK_URL": SLACK}


@dataclass
class Reader:
    """Somebody who follows the page in an empty repository."""

    account: Account
    repository: Repository
    ids: dict[str, str] = field(default_factory=dict)

    def follow(self, block: re.Match[str]) -> str:
        """Do what a block of the page asks for; the block as it should be."""
        kind, text = block.groups()
        if kind == "console":
            commands = re.findall(r"(?m)^\$ (revox-sync .*)$", text)
            return "console\n" + "\n".join(f"$ {each}\n{self.output(each)}" for each in commands)
        if kind == "diff":
            self.edit(text)
        elif kind == "dotenv":
            names = re.findall(r"(?m)^(\w+)=", text)
            with Path(".env").open("a", encoding="utf-8") as file:
                file.writelines(f"{name}={VALUES[name]}\n" for name in names)
        elif not text.startswith("pip "):
            for line in text.splitlines():
                program, *arguments = shlex.split(line)
                assert program == "git"
                self.repository.git(*arguments)
        return block[0]

    def edit(self, difference: str) -> None:
        path = Path("assistants/reception.yaml")
        before, after = (re.findall(rf"(?m)^{re.escape(sign)}(.*)$", difference) for sign in "-+")
        text = path.read_text("utf-8")
        assert text.count("\n".join(before)) == 1
        path.write_text(text.replace("\n".join(before), "\n".join(after)), "utf-8")

    def output(self, command: str) -> str:
        self.account.capture.readouterr()
        with redirect_stderr(sys.stdout):
            code = run(shlex.split(command)[1:])
        shown = self.account.capture.readouterr().out
        assert code == ExitCode.OK, shown
        assert SLACK not in shown
        shown = shown.replace(self.account.base_url, "https://www.getrevox.com/api")
        shown = IDS.sub(lambda found: self.ids.setdefault(found[0], f"asst_{0x81F2 + 7919 * len(self.ids):04x}"), shown)
        for pattern, text in REPLACED.items():
            shown = re.sub(pattern, text, shown)
        return shown


@pytest.fixture
def reader(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    prompt = "You answer the phone of a bakery. Say that you are a virtual assistant.\n"
    with account.client() as client:
        hidden = client.create_assistant({"name": "Find a day", "prompt": prompt, "type": "sub-assistant"})["id"]
        for body in (
            {"name": "Reception", "first_sentence": "Hello!", "first_sentence_mode": "static"},
            {"name": "Support"},
            {"name": "Support"},
            {"name": "Sales – Été", "webhook_url": SLACK},
            {"name": "Appointments", "prompt": f"{prompt}Then hand over to {hidden}.\n"},
        ):
            client.create_assistant({"prompt": prompt, **body})
    root = tmp_path / "voice"
    repository = Repository.create(root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("REVOX_BASE_URL", account.base_url)
    for name in VALUES:
        monkeypatch.delenv(name, raising=False)
    return Reader(account, repository)


def test_the_page_is_what_happens(reader: Reader, request: pytest.FixtureRequest) -> None:
    played = BLOCK.sub(reader.follow, PAGE.read_text("utf-8"))
    if request.config.getoption("rewrite_golden"):
        PAGE.write_text(played, "utf-8")
    assert PAGE.read_text("utf-8") == played


def test_links_lead_to_files() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE.read_text("utf-8"))
    assert targets
    assert [each for each in targets if not (PAGE.parent / each).is_file()] == []
