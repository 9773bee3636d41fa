"""Runs command lines that die before or after one of their effects on the world (`tools.soak.fuse`)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from revox_sync.cli.main import run
from revox_sync.usecases.project.settings import World
from tests.checkout import ROOT
from tools.soak.fuse import BEFORE, Fuse


def serve() -> None:
    """Read lines, a moment, a number of effects and a command line each; answer each with how it ended."""
    for line in sys.stdin:
        moment, effects, *arguments = line.split()
        child = os.fork()
        if child == 0:
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                sys.stdout = sys.stderr = nowhere
                Fuse(int(effects), moment).light()
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
