"""Who approves a plan: a person at a real terminal."""

from __future__ import annotations

import os
import pty
import select
import time

import pytest

from tests.account import Account, Ran
from tests.cli.program import SECONDS, started

pytestmark = pytest.mark.slow
# The terminal becomes the one that controls the process, so that Ctrl-C is a signal.
OWN_TERMINAL = "import fcntl, termios\nfcntl.ioctl(0, termios.TIOCSCTTY, 0)"


def at_terminal(account: Account, answers: dict[str, str], *arguments: str) -> Ran:
    """Run a command line at a terminal, answering each question once it has been asked."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    command = ["-C", str(account.root), *arguments]
    with started(*command, prelude=OWN_TERMINAL, env=environment, start_new_session=True, **streams) as process:
        os.close(theirs)
        seen, waiting, deadline = "", dict(answers), time.monotonic() + SECONDS
        while select.select([ours], [], [], max(deadline - time.monotonic(), 0))[0]:
            try:
                seen += os.read(ours, 65536).decode()
            except OSError:  # Linux says so when the other side is closed
                break
            for question in [each for each in waiting if each in seen]:
                os.write(ours, waiting.pop(question).encode())
        process.wait(SECONDS)
    os.close(ours)
    assert "Traceback" not in seen
    return Ran(process.returncode, seen.replace("\r\n", "\n"), "")


QUESTION = "Only 'yes' will be accepted: "
DRIFT = "anything else leaves them alone: "


def test_yes(account: Account) -> None:
    account.declare("a")
    ran = at_terminal(account, {QUESTION: "yes\n"}, "apply")
    assert ran.code == 0
    assert "in environment `test`" in ran.out
    assert account.base_url in ran.out
    assert "\x1b[32mcreated\x1b[0m" in ran.out
    assert account.remote("a")


@pytest.mark.parametrize("answer", ["no\n", "y\n", "YES\n", "\n", "\x04"])
def test_anything_else(account: Account, answer: str) -> None:
    account.declare("a")
    ran = at_terminal(account, {QUESTION: answer}, "apply")
    assert ran.code == 4
    assert "not approved; nothing was sent" in ran.out
    assert account.store.all() == []


def test_ctrl_c_at_the_question(account: Account) -> None:
    account.declare("a")
    ran = at_terminal(account, {QUESTION: "\x03"}, "apply")
    assert ran.code == 130
    assert account.store.all() == []


def test_nothing_to_approve(account: Account) -> None:
    account.declare("a")
    account.applied()
    ran = at_terminal(account, {}, "apply")
    assert ran.code == 0
    assert QUESTION not in ran.out


@pytest.mark.parametrize(
    ("answer", "code", "value"), [("revert", 0, "Hello"), ("keep", 0, "Bonjour"), ("", 4, "Bonjour")]
)
def test_drift_is_asked_about(account: Account, answer: str, code: int, value: str) -> None:
    account.declare("a", first_sentence="Hello")
    account.declare("b")
    account.applied()
    account.edit("a", first_sentence="Bonjour")
    account.declare("b", first_sentence="Hi")
    ran = at_terminal(account, {DRIFT: f"{answer}\n", QUESTION: "yes\n"}, "apply")
    assert ran.code == code
    assert account.remote("a")["first_sentence"] == value
    assert account.remote("b")["first_sentence"] == "Hi"


def test_a_saved_plan_is_not_asked_about(account: Account) -> None:
    account.declare("a")
    saved = str(account.root / "plan.json")
    account.run("plan", "--save", saved)
    ran = at_terminal(account, {}, "apply", saved)
    assert ran.code == 0
    assert QUESTION not in ran.out
    assert account.remote("a")
