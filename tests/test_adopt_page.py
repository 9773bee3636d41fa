"""docs/adopt.md is played from top to bottom, on an account as small as the page shows it."""

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
from tests.played_page import require_links, require_played
from tests.source.repository import Repository

PAGE: Final = ROOT / "docs" / "adopt.md"
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
    edited: Path = Path("assistants/reception.yaml")

    def other(self, kind: str, text: str) -> None:
        """Fill variables in, and run git."""
        if kind == "dotenv":
            names = re.findall(r"(?m)^(\w+)=", text)
            with Path(".env").open("a", encoding="utf-8") as file:
                file.writelines(f"{name}={VALUES[name]}\n" for name in names)
        elif kind == "sh" and not text.startswith("pip "):
            for line in text.splitlines():
                program, *arguments = shlex.split(line)
                assert program == "git"
                self.repository.git(*arguments)

    def output(self, command: str) -> str:
        self.account.capture.readouterr()
        with redirect_stderr(sys.stdout):
            code = run(shlex.split(command))
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
    require_played(PAGE, reader, request)


def test_links_lead_to_files() -> None:
    require_links(PAGE)
