"""Where a round is played: the project, its copies, the account, and how command lines are run there."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random
from typing import Final

from revox_sync.cli.main import run
from revox_sync.errors import ExitCode
from tools.soak import checks
from tools.soak.account import Ledger, Presence, Watched
from tools.soak.board import LONGEST, START, Board
from tools.soak.checkout import ISOLATED, Checkout
from tools.soak.machine import EFFECTS, Job, Machine, Program
from tools.soak.tally import Tally
from tools.soak.world import TEXTS, Project

EXPECTED: Final = {
    ExitCode.OK,
    ExitCode.INCOMPLETE,
    ExitCode.REFUSED,
    ExitCode.UNREACHABLE,
    -signal.SIGKILL,
}


class EnoughError(Exception):
    """Something is wrong, and nobody wants to know more."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A command line for a machine.

    Attributes:
        reverts: whether it may overwrite edits that it has shown.
        git_pull: as in `Presence`.
    """

    checkout: Checkout
    environment: str
    arguments: tuple[str, ...]
    death: tuple[str, int] | None = None
    reverts: bool = False
    git_pull: tuple[int, Callable[[], None]] | None = None

    @property
    def agent(self) -> str:
        """How the server knows the machine."""
        return f"{self.checkout.name}/{self.environment}"


class Scene:
    """Everything that a round has.

    Args:
        seed: decides, with the number, what happens.
        folder: empty; everything is written there.
        board: passes requests on.
        machines: one does the daily work, the other comes in between.
        program: what machines run; a test plants a fault here.
        impatient: the round ends, with EnoughError, as soon as anything is wrong.

    Attributes:
        project: the files of machine a; `theirs` are those that machine b has besides.
        quiet: whether nobody edits anything while a machine works.
        aside: assistants that people are about to bind, in no lock for a moment.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a round is made of
        self,
        seed: int,
        number: int,
        folder: Path,
        board: Board,
        base_url: str,
        machines: tuple[Machine, Machine],
        program: Program = run,
        *,
        impatient: bool = False,
    ) -> None:
        self.name = f"{seed} {number}"
        self.folder = folder
        self.board = board
        self.base_url = base_url
        self.chance = self.dice("people")
        self.tally = Tally(rounds=1)
        self.ledger = Ledger(self.dice("account"), lambda: board.now)
        self.store = Watched(self.ledger)
        self.canaries = {name: f"canary-{name}-{seed}-{number}" for name in ("SOAK_KEY", "SOAK_MODEL", "SOAK_TOOL")}
        self.environ = {**ISOLATED, **self.canaries}
        self.project = Project(self.chance)
        self.theirs = Project(self.chance, numbers=self.project.numbers)
        self.a, self.b = (
            Checkout(name, folder / name, machine, base_url, {})
            for name, machine in zip(("a", "b"), machines, strict=True)
        )
        self.quiet = False
        self.aside: set[str] = set()
        self._program = program
        self._impatient = impatient
        self._commands = 0

    def dice(self, whose: str) -> Random:
        """Chance that is the same in every play of the round."""
        return Random(f"{self.name} {whose}")  # noqa: S311 - to be repeated, not to be secret

    def often(self, probability: float) -> bool:
        """Whether something happens."""
        return self.chance.random() < probability

    def apply(self, checkout: Checkout, environment: str, *options: str, reverts: bool = False) -> Errand:
        """An apply that nothing happens to."""
        command = ("apply", "--auto-approve", "--parallelism", "1", "--max-deletes", "100", *options)
        return Errand(checkout, environment, command, reverts=reverts)

    def run(self, *errands: Errand) -> list[int]:
        """Run command lines at once; their exit codes."""
        self.board.call(self.board.turns.join, START)
        running: dict[Connection, Errand] = {}
        logs: dict[str, Path] = {}
        for errand in errands:
            logs[errand.agent] = self._started(errand)
            running[errand.checkout.machine.connection] = errand
        self.board.call(self.board.turns.leave, START)
        codes: dict[str, int] = {}
        while running:
            ready = [each for each in wait(list(running), LONGEST) if isinstance(each, Connection)]
            if not ready:
                raise TimeoutError(f"{', '.join(each.agent for each in running.values())}: it does not end")
            for connection in ready:
                errand = running.pop(connection)
                codes[errand.agent] = errand.checkout.machine.ended()
                self.board.call(self.board.turns.leave, errand.agent)
        for errand in errands:
            self._ended(errand, codes[errand.agent], logs[errand.agent])
        self.board.pass_time(1.0)
        self._check()
        return [codes[errand.agent] for errand in errands]

    def _started(self, errand: Errand) -> Path:
        """Where the output of a command line goes that runs from now on."""
        self._commands += 1
        self.tally.applies += errand.arguments[0] == "apply"
        log = self.folder / f"{self._commands:03}-{errand.agent.replace('/', '-')}-{errand.arguments[0]}.log"
        by_itself, by_server = None, errand.death
        if errand.death is not None and errand.death[0] in EFFECTS:
            by_itself, by_server = errand.death, None
        presence = Presence(0, log, errand.reverts, () if self.quiet else TEXTS, by_server, errand.git_pull)
        self.ledger.running[errand.agent] = presence
        self.board.call(self.board.turns.join, errand.agent)
        common = ("-C", str(errand.checkout.root), "--color", "never", "-v", "-e", errand.environment)
        log.write_text(f"$ revox-sync {' '.join((*common, *errand.arguments))}\n", "utf-8")
        presence.process = errand.checkout.machine.start(
            Job(
                agent=errand.agent,
                arguments=(*common, *errand.arguments),
                log=log,
                environ=dict(self.environ),
                base_url=self.base_url,
                seed=f"{self.name} {self._commands}",
                death=by_itself,
                program=self._program,
            )
        )
        return log

    def _ended(self, errand: Errand, code: int, log: Path) -> None:
        presence = self.ledger.running.pop(errand.agent)
        # Nothing happens to it any more, also not when its last write arrives.
        presence.process, presence.edits, presence.git_pull = 0, 0, None
        self.board.trace.append(f"{errand.agent} {errand.arguments[0]} ends with {code}")
        self.tally.kills += code == -signal.SIGKILL
        self.tally.unknown += log.read_text("utf-8").count(": unknown")
        if code not in EXPECTED:
            self.tally.other.append(f"{log.name}: exit code {code}")

    def _check(self) -> None:
        """Everything that was created is in a lock, or a journal expects it."""
        for key, text in checks.strays(self.store, (self.a, self.b)):
            if key not in self.aside:
                self.tally.lost_entries.append(text)
                self.store.throw_away(key)  # said once
        wrong = self.tally.violations or self.ledger.duplicates or self.ledger.lost
        if self._impatient and (wrong or any(checks.leaks(self.folder, self.canaries))):
            raise EnoughError
