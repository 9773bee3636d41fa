"""How far an apply has come: the last line of a terminal, lines elsewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

import pytest

from revox_sync.cli.terminal.console import Progress
from revox_sync.output.text.style import no_style
from revox_sync.remote.http.client_settings import RequestSeen
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action
from tests.account import Account
from tests.checkout import ROOT
from tests.cli.program import SECONDS, started

DONE = Outcome("a", Action.CREATE, "asst_1", Result.APPLIED)
FAILED = Outcome("b", Action.UPDATE, "asst_2", Result.FAILED, "no")
CURSOR = re.compile(r"\x1b\[(\?25|\d*[AK])")
SHOWN = """
import time
from pathlib import Path
from revox_sync.cli.terminal.console import Console
from revox_sync.cli.options.targets import Target
from revox_sync.usecases.project.settings import Settings
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action
with Console(Settings(".", None, "auto", 0, 1.0, False), [Target("text", None)]).progress(3) as progress:
    progress.outcome(Outcome("a\\x1b[2Jb", Action.CREATE, "asst_1", Result.APPLIED))
    progress.notice("looking for `c\\x07[bold]`")
    time.sleep(0.5)
"""


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def progress_of(clock: Clock, told: list[str], aside: list[str] | None = None) -> Progress:
    return Progress(4, no_style, told.append, aside=aside.append if aside is not None else None, clock=clock)


def seen(again_in: float | None, status: int | None = 429) -> RequestSeen:
    return RequestSeen("GET", "/assistants", status, 0.1, again_in=again_in)


def test_the_last_line(clock: Clock) -> None:
    told: list[str] = []
    progress = progress_of(clock, told)
    assert progress.line == "0/4"
    clock.now += 2
    progress.outcome(DONE)
    progress.outcome(FAILED)
    assert progress.line == "2/4  1 created, 1 failed  1.0/s"
    assert told == ["a: created (asst_1)", "b: failed (no)"]


def test_what_is_waited_for(clock: Clock) -> None:
    progress = progress_of(clock, [])
    progress.notice("looking for `a`")
    assert progress.line == "0/4  looking for `a`"
    for each in (seen(None), seen(0.4)):
        progress.request(each)
    assert progress.line == "0/4  looking for `a`"
    progress.request(seen(12.0))
    clock.now += 3
    assert progress.line == "0/4  waiting 9 s: the API asked to"
    progress.request(seen(5.0, None))
    assert progress.line == "0/4  waiting 5 s: GET got no answer"
    clock.now += 6
    progress.outcome(DONE)
    assert progress.line == "1/4  1 created  0.1/s"


def test_without_a_terminal_it_is_said_once(clock: Clock) -> None:
    told: list[str] = []
    aside: list[str] = []
    progress = progress_of(clock, told, aside)
    progress.notice("looking for `a`")
    progress.request(seen(12.0, 503))
    assert (told, aside) == ([], ["looking for `a`", "waiting 12 s: GET got 503"])


def on_pty(**environ: str) -> str:
    """What a terminal is sent."""
    master, slave = pty.openpty()
    settings = {key: each for key, each in os.environ.items() if key not in {"NO_COLOR", "COLUMNS", "CI"}}
    with subprocess.Popen([sys.executable, "-c", SHOWN], cwd=ROOT, env=settings | environ, stdout=slave) as process:
        os.close(slave)
        sent = b""
        try:
            while chunk := os.read(master, 4096):
                sent += chunk
        except OSError:  # how Linux says that the other end is closed
            pass
        assert process.wait(SECONDS) == 0
    os.close(master)
    return sent.decode()


@pytest.mark.slow
def test_a_terminal_has_a_last_line() -> None:
    sent = on_pty(TERM="xterm", COLUMNS="80")
    assert CURSOR.search(sent)
    assert "1/3  1 created" in sent
    assert "looking for `c<U+0007>[bold]`" in sent
    assert "a<U+001B>[2Jb: " in sent
    assert "\x1b[32mcreated" in sent
    assert sent.endswith(("\x1b[?25h", "\x1b[2K"))


@pytest.mark.slow
@pytest.mark.parametrize("environ", [{"TERM": "xterm", "COLUMNS": "12"}, {"TERM": "xterm", "NO_COLOR": "1"}])
def test_narrow_and_colourless_terminals(environ: dict[str, str]) -> None:
    sent = on_pty(**environ)
    assert "1/3" in sent
    assert ("\x1b[32m" in sent) == ("NO_COLOR" not in environ)


@pytest.mark.slow
def test_a_dumb_terminal_gets_lines() -> None:
    sent = on_pty(TERM="dumb")
    assert "\x1b" not in sent
    assert "a<U+001B>[2Jb: created (asst_1)" in sent


@pytest.mark.slow
def test_nobody_reads_stdout(account: Account) -> None:
    names = [f"a{number}" for number in range(5)]
    for name in names:
        account.declare(name)
    reading, writing = os.pipe()
    os.close(reading)
    command = ["-C", str(account.root), "apply", "--auto-approve"]
    with started(*command, stdout=writing, stderr=subprocess.PIPE) as process:
        _, err = process.communicate(timeout=SECONDS)
    os.close(writing)
    assert process.returncode == 0
    assert sorted(account.lock) == names
    assert not account.journal_path.exists()
    assert "Traceback" not in err
    assert "Broken" not in err
