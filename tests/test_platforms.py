"""Systems that lack what POSIX has, as far as that can be shown on one that has it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.account import Account
from tests.checkout import ROOT


class Ask:
    """Command lines of a process without POSIX, in an account's project."""

    def __init__(self, process: subprocess.Popen[str], account: Account) -> None:
        self._process, self._account = process, account

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Code, stdout and stderr of a command."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(["-C", str(self._account.root), *arguments]) + "\n")
        self._process.stdin.flush()
        code, out, err = json.loads(self._process.stdout.readline())
        return code, out, err


@pytest.fixture
def ask(account: Account) -> Iterator[Ask]:
    command = [sys.executable, "-m", "tests.without_posix"]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as process:
        yield Ask(process, account)
        assert process.stdin
        process.stdin.close()


def test_the_main_job_needs_no_posix(account: Account, ask: Ask) -> None:
    account.declare("a", first_sentence="Hello.")
    assert ask("lint")[0] == 0
    code, out, err = ask("apply", "--auto-approve")
    assert code == 0, out + err
    assert account.remote("a")["first_sentence"] == "Hello."
    assert ask("plan", "--detailed-exitcode")[0] == 0
    account.edit("a", first_sentence="Good morning.")
    assert ask("status", "--detailed-exitcode")[0] == 2
    assert ask("pull")[0] == 0
    assert "Good morning." in (account.root / "assistants/a.yaml").read_text("utf-8")
    assert ask("lint", "--fix")[0] == 0


def test_two_applies_exclude_each_other_without_posix(account: Account, ask: Ask) -> None:
    import fcntl

    account.declare("a")
    path = account.lock_path.with_name(f"{account.lock_path.name.partition('.')[0]}.apply")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as held:
        fcntl.lockf(held, fcntl.LOCK_EX, 1, 4096)  # as `msvcrt.locking` of another process would
        code, _, err = ask("apply", "--auto-approve")
        assert code == 4
        assert "another apply" in err
    assert ask("apply", "--auto-approve")[0] == 0


def test_files_of_a_windows_checkout_keep_their_line_ends(account: Account, ask: Ask) -> None:
    text = "name: a\r\nprompt: |\r\n  One.\r\n  Two.\r\nfirst_sentence: Hello.\r\n"
    (account.root / "assistants").mkdir(exist_ok=True)
    (account.root / "assistants/a.yaml").write_bytes(text.encode())
    assert ask("apply", "--auto-approve")[0] == 0
    assert account.remote("a")["prompt"] == "One.\nTwo.\n"
    account.edit("a", first_sentence="Good morning.")
    assert ask("pull")[0] == 0
    changed = (account.root / "assistants/a.yaml").read_bytes().decode()
    assert changed == text.replace("Hello.", "Good morning.")
