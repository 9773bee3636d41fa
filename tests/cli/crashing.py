"""Runs command lines that die before or after one of their effects on the world, as a machine that loses power would.

Every effect is counted where Python calls into C: what is put on disk or sent is found without knowing who does it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final

from revox_sync.cli.main import run
from revox_sync.usecases.project.settings import World
from tests.checkout import ROOT

EFFECTS: Final = {"fsync", "replace", "unlink", "ftruncate", "mkdir", "write", "send", "sendall"}
OWNERS: Final = {"module", "socket"}
"""What such a function belongs to; a stream that only fills its buffer has no effect yet."""


BEFORE: Final = "c_call"
AFTER: Final = "c_return"


class Fuse:
    """Kills the process before or after its n-th effect, n from 0, whichever thread has it."""

    def __init__(self, effects: int, moment: str) -> None:
        self._last = effects
        self._moment = moment
        self._effects = count()

    def __call__(self, _: object, event: str, function: Any) -> None:
        """Python's profiler calls it before and after every C function."""
        if event == self._moment and _is_effect(function) and next(self._effects) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_effect(function: Any) -> bool:
    return function.__name__ in EFFECTS and type(function.__self__).__name__ in OWNERS


def serve() -> None:
    """Read lines, a moment, a number of effects and a command line each; answer each with how it ended."""
    for line in sys.stdin:
        moment, effects, *arguments = line.split()
        child = os.fork()
        if child == 0:
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                sys.stdout = sys.stderr = nowhere
                fuse = Fuse(int(effects), moment)
                threading.setprofile(fuse)
                sys.setprofile(fuse)
                os._exit(run(arguments, World(lambda _: False)))
        _, status = os.waitpid(child, 0)
        sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


class Crasher:
    """A process that starts others and lets them die."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def died(self, effects: int, *arguments: str, moment: str = BEFORE) -> bool:
        """Whether a command line had more effects than that, and died; else it did what it should."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(" ".join([moment, str(effects), *arguments]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        assert answer in {"killed", "0"}
        return answer == "killed"


@contextmanager
def crasher() -> Iterator[Crasher]:
    """A crasher that does not outlive the block."""
    commands = "revox_sync.cli.commands.apply, revox_sync.cli.commands.pull, revox_sync.cli.commands.import_"
    code = f"from tests.cli.crashing import serve; import {commands}; serve()"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield Crasher(process)
        finally:
            process.kill()
