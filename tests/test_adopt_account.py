"""The way from a key to an empty plan, on an account of 44 assistants, with the commands that each step prints."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from revox_sync.cli.main import run
from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from tests.account import KEY, SCHEMAS, Account
from tests.old_account import FOUND, LEAKED, SECRETS, fill
from tests.source.repository import Repository

IN_SYNC = "No changes. The API matches the files.\n"
PRINTED = re.compile(r"`(revox-sync [^`]+)`")
BY_HAND = re.compile(r"\b[A-Z]{2,}\b|emulate|apply|--theirs")
"""Commands that need something filled in, do not end, or would write to the account."""


@dataclass
class Newcomer:
    """Somebody who types commands in a folder, as they are printed."""

    capture: pytest.CaptureFixture[str]
    typed: list[str] = field(default_factory=lambda: ["pip install revox-sync"])
    printed: dict[str, None] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    def types(self, command: str, *codes: int) -> str:
        """Everything on the screen after a command."""
        self.capture.readouterr()
        self.typed.append(command)
        program, *arguments = shlex.split(command)
        assert program == "revox-sync"
        code = run(arguments)
        out, err = self.capture.readouterr()
        shown = out + err
        assert code in (codes or (0,)), f"$ {command}\n{shown}"
        for secret in (*SECRETS.values(), LEAKED, "canary"):
            assert secret not in shown, command
        self.printed |= dict.fromkeys(PRINTED.findall(shown))
        return shown


@pytest.fixture
def newcomer(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Newcomer]:
    """In an empty repository; `production` is the account, `local` an empty one."""
    with account.client() as client:
        fill(client)
    root = tmp_path / "voice"
    Repository.create(root)
    monkeypatch.chdir(root)
    monkeypatch.setenv("REVOX_BASE_URL", account.base_url)
    for name in ("REVOX_API_KEY", *SECRETS):
        monkeypatch.delenv(name, raising=False)
    with Store(None) as store, running(create_app(SCHEMAS, store, EmulatorSettings())) as local:
        newcomer = Newcomer(capsys)
        steps = newcomer.types("revox-sync init --no-example").partition("\nNext:\n")[2].splitlines()
        newcomer.steps = [re.split(r"  +", line.strip())[0] for line in steps]
        configuration = Path("revox-sync.yaml")
        configuration.write_text(configuration.read_text("utf-8").replace("http://127.0.0.1:8787/api", local), "utf-8")
        yield newcomer


def test_an_account_of_44_assistants(newcomer: Newcomer) -> None:
    Path(".env").write_text(f"REVOX_API_KEY={KEY}\n", "utf-8")
    try_key, adopt, lint, plan = newcomer.steps
    assert "41 assistants listed; the key is accepted" in newcomer.types(try_key)
    report = newcomer.types(adopt)
    assert "Adopted 43 assistants." in report
    assert "a sub-assistant: `appointments` names it in `prompt`" in report
    assert "a sub-assistant: `find-a-day` names it in `prompt_flow.nodes[0].data.body`" in report
    assert "! assistants/old-prompt.yaml:2:21: `prompt` contains what looks like an API key" in report

    # The lines at the end of the report, filled in.
    names = re.findall(r"(?m)^([A-Z0-9_]+)=$", report)
    assert set(names) == set(SECRETS)
    with Path(".env").open("a", encoding="utf-8") as file:
        file.writelines(f"{name}='{SECRETS[name]}'\n" for name in names)
    assert IN_SYNC in newcomer.types(plan)
    newcomer.types(lint, 1)
    found = newcomer.types("revox-sync lint -o concise", 1)
    told = {(code, path) for path, code in re.findall(r"(?m)^(\S+?):\d+:\d+: \w+ (RVX[56]\d\d)", found)}
    assert told == FOUND
    # RVX1 is what the API would refuse, RVX0 what readers of YAML disagree about: neither is in what we wrote.
    assert not re.findall(r": error RVX[01]", found)
    assert len(newcomer.typed) <= 10

    # In the other environment nothing is known yet: what has two files of one name waits, and nothing else.
    elsewhere = newcomer.types("revox-sync plan")
    assert "Plan: 39 to create, 0 to update, 0 to delete. 0 unchanged. 4 blocked." in elsewhere
    lock = Path(".revox/local/production.lock.json")
    written = [
        path for path in Path().rglob("*") if path.is_file() and ".git" not in path.parts and path.name != ".env"
    ]
    for path in written:
        assert not any(secret in path.read_text("utf-8") for secret in SECRETS.values()), path
    assert lock in written

    # Whatever was printed works as it is.
    newcomer.types("revox-sync status -e production")
    newcomer.types("revox-sync diff")
    done = set(newcomer.typed)
    while left := [each for each in newcomer.printed if each not in done and not BY_HAND.search(each)]:
        for command in left:
            newcomer.types(command, 0, 1, 2, 4)
            done.add(command)
    assert {command.split()[1] for command in done if command.startswith("revox-sync")} >= {"pull", "plan"}
