"""The line that says what is waited for: when it comes, what it says, and that it leaves nothing behind."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from io import StringIO

import pytest

from revox_sync.cli.terminal.activity import TerminalActivity, is_watched
from revox_sync.remote.http.client_settings import RequestSeen
from tests.account import Account, Sent
from tests.account import Fault as Disturbance
from tests.cli.program import SECONDS, started


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


ERASE = "\r\x1b[2K"
LONG = 1e9


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def activity(terminal: Terminal, clock: Clock) -> TerminalActivity:
    return TerminalActivity(terminal, lambda: 40, clock=clock, interval=LONG)


def read(path: str = "/assistants/asst_1", again_in: float | None = None, status: int | None = 200) -> RequestSeen:
    return RequestSeen("GET", path, status, 0.1, again_in=again_in)


def test_a_short_wait_is_nothing_to_talk_about(activity: TerminalActivity, terminal: Terminal, clock: Clock) -> None:
    with activity.during("reading"):
        clock.now += 0.9
        activity.draw()
    assert activity.line == ""
    assert terminal.getvalue() == ""


def test_a_long_one_is_shown_and_taken_away(activity: TerminalActivity, terminal: Terminal, clock: Clock) -> None:
    with activity.during("reading assistants"):
        clock.now += 3
        activity.draw()
        assert terminal.getvalue() == f"{ERASE}reading assistants (3 s)"
    assert terminal.getvalue().endswith(f"(3 s){ERASE}")


def test_how_many_are_read(activity: TerminalActivity, clock: Clock) -> None:
    with activity.during("reading assistants"):
        activity.request(read("/assistants"))
        clock.now += 2
        assert activity.line == "reading assistants (2 s)"
        activity.expect(12)
        for _ in range(5):
            activity.request(read())
        assert activity.line == "reading assistants, 5 of 12 (2 s)"
        activity.expect(1)
        assert activity.line == "reading assistants (2 s)"


def test_what_is_waited_for(activity: TerminalActivity, clock: Clock) -> None:
    with activity.during("outside"), activity.during("inside"):
        clock.now += 2
        assert activity.line == "inside (2 s)"
        activity.request(read(again_in=12.0, status=429))
        clock.now += 2
        assert activity.line == "waiting 10 s: the API asked to"
        activity.request(read(again_in=5.0, status=None))
        assert activity.line == "waiting 5 s: GET got no answer"
        clock.now += 5
        assert activity.line == "inside (9 s)"
        assert activity.waiting(lambda seconds: seconds > 1, "it may still arrive")(10.0)
        assert activity.line == "waiting 10 s: it may still arrive"


def test_messages_stand_on_lines_of_their_own(
    activity: TerminalActivity, terminal: Terminal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", terminal)
    with activity.during("reading"):
        clock.now += 2
        activity.draw()
        sys.stderr.write("note: something\n")
    assert terminal.getvalue() == f"{ERASE}reading (2 s){ERASE}note: something\n"
    assert sys.stderr is terminal


def test_an_error_leaves_nothing_behind(activity: TerminalActivity, terminal: Terminal, clock: Clock) -> None:
    before = sys.stderr

    def fail() -> None:
        with activity.during("reading"):
            clock.now += 2
            activity.draw()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert terminal.getvalue().endswith(ERASE)
    assert sys.stderr is before


def test_a_narrow_terminal_gets_one_line(terminal: Terminal, clock: Clock) -> None:
    narrow = TerminalActivity(terminal, lambda: 12, clock=clock, interval=LONG)
    with narrow.during("\x1b[2Jreading assistants"):
        clock.now += 2
        narrow.draw()
        assert terminal.getvalue() == f"{ERASE}<U+001B>[2J"


@pytest.mark.parametrize(
    ("stream", "environ", "watched"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (Terminal(), {"TERM": "xterm", "CI": ""}, True),
        (Terminal(), {"TERM": "xterm", "CI": "true"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (Terminal(), {}, False),
        (StringIO(), {"TERM": "xterm"}, False),
    ],
)
def test_only_a_terminal_is_watched(stream: StringIO, environ: dict[str, str], *, watched: bool) -> None:
    assert is_watched(stream, environ) is watched


@pytest.mark.slow
@pytest.mark.parametrize(("ci", "shown"), [("", True), ("true", False)])
def test_at_a_real_terminal(account: Account, monkeypatch: pytest.MonkeyPatch, ci: str, *, shown: bool) -> None:
    account.declare("a")

    def is_list(sent: Sent) -> bool:
        return sent.path == "/assistants"

    account.switchboard.faults.append(Disturbance(is_list, body={"assistants": []}, seconds=2.0))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("CI", ci)
    master, slave = pty.openpty()
    with started("-C", str(account.root), "status", stdout=subprocess.PIPE, stderr=slave) as process:
        os.close(slave)
        out, _ = process.communicate(timeout=SECONDS)
        told = os.read(master, 65_536) if shown else b""  # all of it: nothing more is written, and it is short
    os.close(master)
    assert process.returncode == 0
    assert "a" in out
    assert (f"{ERASE}reading assistants (1 s)".encode() in told) is shown
    assert told.endswith(ERASE.encode() if shown else b"")
