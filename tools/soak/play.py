"""Plays rounds of a soak: the server, the machines and the folder that each needs."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from ctypes import c_double
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from revox_sync.cli.main import run
from revox_sync.emulator.server import running
from tools.soak.board import HELLO, Board
from tools.soak.machine import Machine, Program, serve
from tools.soak.round import Round
from tools.soak.scene import Scene
from tools.soak.tally import Tally

FORK: Final = get_context("fork")
"""Machines are forked before there is a thread; each has all modules then."""


@dataclass(frozen=True, slots=True)
class Report:
    """One round.

    Attributes:
        digest: of everything that has happened; the same for every play of the round.
        trace: what has happened, a line each.
        folder: where its files are, if they were kept.
    """

    number: int
    tally: Tally
    digest: str
    trace: list[str]
    folder: Path | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A server and two machines, for one round after the other."""

    board: Board
    base_url: str
    machines: tuple[Machine, Machine]

    def play(
        self, seed: int, number: int, *, keep: bool = False, impatient: bool = False, program: Program = run
    ) -> Report:
        """Play one round; its folder stays where something is wrong.

        Args:
            keep: the folder stays in any case.
            impatient: the round ends as soon as anything is wrong.
            program: what machines run.
        """
        folder = Path(tempfile.mkdtemp(prefix=f"soak-{seed}-{number}-"))
        digest = "-"
        try:
            scene = Scene(seed, number, folder, self.board, self.base_url, self.machines, program, impatient=impatient)
            played = Round(scene)
            tally = played.play()
            digest = played.digest
        except Exception:  # noqa: BLE001 - a round that cannot be played is reported like any other
            tally = Tally(rounds=1, other=[traceback.format_exc()])
        except KeyboardInterrupt:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        trace = list(self.board.trace)
        if tally.violations or keep:
            return Report(number, tally, digest, trace, folder)
        shutil.rmtree(folder)
        return Report(number, tally, digest, trace, None)


@contextmanager
def stage() -> Iterator[Stage]:
    """A stage while the block runs. No thread may have been started before."""
    clock: c_double = FORK.Value("d", 0.0, lock=False)
    with ExitStack() as stack:
        machines = (_machine(clock, stack), _machine(clock, stack))
        board = Board(clock)
        base_url = stack.enter_context(running(Starlette(routes=[Mount("", app=board)])))
        httpx.get(str(httpx.URL(base_url).join(HELLO)), trust_env=False)
        yield Stage(board, base_url, machines)


def _machine(clock: c_double, stack: ExitStack) -> Machine:
    ours, theirs = FORK.Pipe()
    FORK.Process(target=serve, args=(theirs, clock), daemon=False).start()
    machine = Machine(ours)
    stack.callback(machine.retire)
    return machine
