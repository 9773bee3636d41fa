"""No command shows or stores a secret, in whatever format, however it ends."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import sys
from base64 import b64encode
from collections.abc import Iterable, Mapping
from threading import Event
from types import ModuleType
from typing import Final
from urllib.parse import quote

import click
import pytest
from starlette.types import Receive, Scope, Send

from revox_sync.cli.main import run
from revox_sync.cli.program import COMMANDS
from revox_sync.errors import ExitCode
from revox_sync.values.secret import Secret
from tests.account import Account, Ran
from tests.source.repository import Repository
from tests.trust.canaries import VARIABLES, World, key
from tests.trust.echo import ECHOES, Echo

SAVED: Final = "{outside}/plan.json"
SNAPSHOT: Final = "{outside}/snapshot.json"
RUNS: Final[Mapping[str, tuple[str, ...]]] = {
    "init": ("init",),
    "lint": ("lint", "lint --env url", "lint --fail-on info --select ALL --fix --unsafe-fixes --diff", "lint --online"),
    "plan": (
        "plan --prune --max-deletes 9",
        "plan --on-drift revert --resend-secrets --prune --max-deletes 9 --save {outside}/other.json",
        "plan --save-snapshot {outside}/other-snapshot.json",
        f"plan --remote-snapshot {SNAPSHOT}",
        "plan --env url",
        "plan --env userinfo",
        "plan nobody",
    ),
    "show": (f"show {SAVED}", f"show {SNAPSHOT}", "show assistants/full.yaml", "show revox-sync.yaml"),
    "diff": ("diff HEAD", "diff nobody"),
    "status": ("status",),
    "call": (
        "call full --to +33199009999",
        "call full --to +33199001234 --var x=y",
        "call edited --to +33199001234 --auto-approve --var x=y --expect outcome=none",
        "call full --to +33199001234 --auto-approve",
    ),
    "restore": ("restore {backup}", f"restore {SNAPSHOT}", "restore assistants/full.yaml"),
    "comment": ("comment {outside}/report.md", "comment assistants/full.yaml"),
    "compare": ("compare -e test -e twin", "compare -e test -e userinfo", "compare -e test"),
    "mv": ("mv full moved", "mv nobody moved"),
    "fmt": ("fmt --check", "fmt --diff"),
    "completion": ("completion bash",),
    "help": ("help", "help plan", "help nobody"),
    "env": ("env", "env --online"),
    "doctor": ("doctor", "doctor --probe", "doctor --env url", "doctor --probe --yes"),
    "server": ("server --help",),
    "explain": ("explain RVX501",),
    "rules": ("rules",),
    "schema": ("schema", "schema lock"),
    "emulate": ("emulate --help", "emulate --contract 9.9", "emulate --data revox-sync.yaml"),
    "import": ("import fresh {unmanaged}", "import full nobody"),
    "forget": ("forget gone", "forget nobody"),
    "pull": ("pull --check --new", "pull --theirs --inline --all-fields --new"),
    "apply": (
        "apply",
        f"apply {SAVED}",
        "apply --auto-approve --on-drift revert --resend-secrets --prune --max-deletes 9",
        "apply --auto-approve --on-drift revert",
    ),
}
"""Command lines by command, from harmless to lasting."""


@pytest.fixture
def world(account: Account, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(account, monkeypatch)
    assert [each.code for each in made.apply()] == [0, 0]
    repository = Repository.create(account.root)
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message=first")
    made.move_on(monkeypatch)
    outside = str(made.outside)
    (made.outside / "report.md").write_text("<!-- revox-sync:plan:test -->\n", "utf-8")
    for arguments in (("--save", f"{outside}/plan.json"), ("--save-snapshot", f"{outside}/snapshot.json")):
        ran = account.run("plan", *arguments)
        assert ran.code == 0, ran.err
    monkeypatch.chdir(account.root)
    job = {"GITHUB_ACTIONS": "", "GITLAB_CI": "true", "CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_IID": "7"}
    for name, value in (job | {"CI_API_V4_URL": account.base_url, "GITLAB_TOKEN": key("gitlab")}).items():
        monkeypatch.setenv(name, value)
    return made


def formats(account: Account, command: str) -> list[str]:
    """What a command can be told with `-o`."""
    ran = account.run(command, "-o", "?", *["x"] * {"show": 1, "restore": 1, "explain": 1}.get(command, 0))
    found = re.search(r"formats: (.*)", ran.err)
    return found.group(1).split(", ") if found else []


def lines(world: World, command: str) -> Iterable[list[str]]:
    """Every run of a command, in every format and verbosity."""
    backup = next((world.account.root / ".revox/backup").glob("*.json"))
    unmanaged = world.account.remote("Unmanaged")["id"]
    for line in RUNS[command]:
        words = line.format(outside=world.outside, backup=backup, unmanaged=unmanaged).split()
        yield [*words, "-q"]
        yield words
        for each in formats(world.account, command) or [""]:
            yield [*words, "-v", *(["-o", each] if each else [])]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_tells_a_secret(command: str, world: World) -> None:
    ran = [world.account.run(*each) for each in lines(world, command)]
    assert world.leaks(ran) == []
    codes = {each.code for each in ran}
    assert ExitCode.BUG not in codes
    assert codes - {ExitCode.USAGE}, "nothing of it was tried in earnest"


def test_the_search_finds_what_it_looks_for(world: World) -> None:
    for kind, secret in VARIABLES.items():
        for spelling in (secret, json.dumps(secret), quote(secret), html.escape(secret), secret.encode().hex()):
            assert world.leaks([Ran(0, f"x {spelling} y", "")]), (kind, spelling)
        for before in range(3):
            assert world.leaks([Ran(0, "", b64encode(b"x" * before + secret.encode()).decode())]), kind
    world.account.write(".revox/x", key("x"))
    assert len(world.leaks()) == 1


def test_a_server_that_repeats_what_it_is_told(world: World) -> None:
    account = world.account
    app = account.switchboard.app
    for form, status in [*((each, 422) for each in ECHOES), *(("raw", each) for each in (401, 403))]:
        account.switchboard.app = Echo(app, status, ECHOES[form])
        # Nobody waits here for a create that may have been done.
        addresses = ["full", "edited", *(["fresh"] if 400 <= status < 500 else [])]
        ran = account.run("-v", "apply", *addresses, "--auto-approve", "--on-drift", "revert", "-o", "json")
        assert ran.code == ExitCode.INCOMPLETE, ran.err
        assert world.leaks([ran]) == [], (form, status)


def test_a_bug(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ModuleType("revox_sync.cli.commands.rules")
    broken.command = click.command("rules")(fail)  # type: ignore[attr-defined] # a command of its own
    monkeypatch.setitem(sys.modules, broken.__name__, broken)
    code = run(["-C", str(world.account.root), "-v", "rules"])
    out, err = world.account.capture.readouterr()
    assert code == ExitCode.BUG
    assert "Traceback" in err
    assert "(sensitive)" in err
    assert "\x1b" not in err
    assert world.leaks([Ran(code, out, err)]) == []


def fail() -> None:
    """Break down with secrets in hand, in an error that quotes them and one that steers the terminal."""
    document = {"api_key": Secret(VARIABLES["T_MODEL"])}
    try:
        json.dumps(document)
    except TypeError as error:
        raise RuntimeError(f"\x1b[31m {document}") from error


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve --on-drift revert", "pull --new", "status"])
def test_ctrl_c(command: str, world: World) -> None:
    app, pressed = world.account.switchboard.app, Event()

    async def interrupting(scope: Scope, receive: Receive, send: Send) -> None:
        if not pressed.is_set() and (scope["method"] != "GET" or not command.startswith("apply")):
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)
        await app(scope, receive, send)

    world.account.switchboard.app = interrupting
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        ran = world.account.run("-v", *command.split())
    finally:
        signal.signal(signal.SIGINT, before)
    assert ran.code == ExitCode.INTERRUPTED
    assert world.leaks([ran]) == []
