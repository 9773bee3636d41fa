"""Completion in the shells themselves: a Tab is typed, and the line is as it should be."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from revox_sync.cli.completion.scripts import SCRIPTS
from revox_sync.cli.main import run
from tests.checkout import ROOT

SECONDS: Final = 30.0
STARTS: Final = {
    "bash": (["bash", "--noprofile", "--norc", "-i"], "PS1='ready> '; bind 'set bell-style none'; source ./script\n"),
    "zsh": (
        ["zsh", "-f", "-i"],
        "PS1='ready> '; autoload -Uz compinit; compinit -u -D; source ./script\n",
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants/support.yaml").write_text("name: S\nprompt: Hi\n")
    (tmp_path / "revox-sync.yaml").write_text("environments: {production: {}}\n")
    program = tmp_path / "bin" / "revox-sync"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} "
        "-c 'from revox_sync.cli.main import entry; entry()' \"$@\"\n"
    )
    program.chmod(0o755)
    return tmp_path


def environ(project: Path) -> dict[str, str]:
    return {"PATH": f"{project}/bin:/usr/bin:/bin", "HOME": str(project), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


def type_lines(shell: str, project: Path, lines: list[tuple[str, str]]) -> None:
    """Type keys in a shell, and wait after each line until the other text is shown."""
    (project / "script").write_text(SCRIPTS[shell])
    command, setup = STARTS[shell]
    master, slave = pty.openpty()
    with subprocess.Popen(
        command, cwd=project, env=environ(project), stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    ) as process:
        os.close(slave)
        try:
            os.write(master, setup.encode())
            until(master, "ready> ", after="./script")
            for keys, wanted in lines:
                os.write(master, keys.encode())
                until(master, wanted)
                os.write(master, b"\x15")  # empties the line
        finally:
            process.kill()
            os.close(master)


def until(master: int, wanted: str, after: str = "") -> None:
    """Read what a shell shows until a text is there, behind another one."""
    shown, end = "", time.monotonic() + SECONDS
    while wanted not in (shown.partition(after)[2] if after else shown) and time.monotonic() < end:
        if select.select([master], [], [], 0.1)[0]:
            shown += os.read(master, 4096).decode(errors="replace")
    assert wanted in shown, shown


LINES = [
    ("revox-sync pl\t", "revox-sync plan "),
    ("revox-sync plan --env=pr\t", "--env=production"),
    ("revox-sync status sup\t", "status support "),
]


@pytest.mark.slow
@pytest.mark.parametrize("shell", STARTS)
def test_a_tab_completes(project: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    type_lines(shell, project, LINES)


@pytest.mark.slow
def test_fish_completes(project: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here")
    (project / "script").write_text(SCRIPTS["fish"])
    asked = "; ".join(f"complete -C '{keys.rstrip()}'" for keys, _ in LINES)
    ran = subprocess.run(
        ["fish", "--no-config", "-c", f"source ./script; {asked}"],
        cwd=project,
        env=environ(project),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=True,
    )
    assert ran.stdout.splitlines() == [
        "plan\tShow what apply would do.",
        "--env=production",
        "support\tassistants/support.yaml",
    ]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_command_prints_the_script(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    assert run(["completion", shell]) == 0
    assert capsys.readouterr().out == SCRIPTS[shell]


@pytest.mark.slow
@pytest.mark.parametrize(("shell", "offered"), [("bash", "plain,plan"), ("zsh", "plain\nplan\n"), ("fish", "plan")])
def test_the_protocol_of_click_works_too(project: Path, shell: str, offered: str) -> None:
    asked = {"_REVOX_SYNC_COMPLETE": f"{shell}_complete", "COMP_WORDS": "revox-sync pla", "COMP_CWORD": "1"}
    asked["COMP_CWORD"] = "pla" if shell == "fish" else "1"
    ran = subprocess.run(
        ["revox-sync"], cwd=project, env=environ(project) | asked, capture_output=True, text=True, check=True
    )
    assert offered in ran.stdout
