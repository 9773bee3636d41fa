"""Runs whole processes in turn and keeps what they cost.

This module stays small on purpose: what the operating system calls a child's peak memory is never less than what its
parent held when it was started.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

KIB_PER_RSS_UNIT: Final = 1024 if sys.platform == "darwin" else 1
LONGEST_SECONDS: Final = 300.0


class CannotRunError(Exception):
    """Why a command or a case gives no figures."""


def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Command:
    """One of the programs of a case.

    Attributes:
        label: what the table calls it.
        folder: working directory.
        code: exit code it must end with.
        before: runs before each repetition, outside of its time.
        after: runs after each repetition; the figures it gives are kept by name.
        variables: environment variables beside those every command has.
    """

    label: str
    arguments: Sequence[str]
    folder: Path
    code: int = 0
    before: Callable[[], None] = _nothing
    after: Callable[[], Mapping[str, float]] = field(default=dict)
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost.

    Attributes:
        wall: seconds by the clock.
        cpu: seconds of the processor, user and system.
        peak: peak memory, MB of 10^6 bytes.
        figures: what `Command.after` gave.
    """

    wall: float
    cpu: float
    peak: float
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Costs:
    """Every run of one command, in order."""

    label: str
    runs: Sequence[Cost]

    @property
    def wall(self) -> float:
        """Median seconds by the clock."""
        return statistics.median(each.wall for each in self.runs)

    @property
    def cpu(self) -> float:
        """Median seconds of the processor, user and system."""
        return statistics.median(each.cpu for each in self.runs)

    @property
    def peak(self) -> float:
        """Highest peak memory, MB."""
        return max(each.peak for each in self.runs)

    def figure(self, name: str) -> float | None:
        """Median of a figure of `Command.after`; None where there is none."""
        found = [each.figures[name] for each in self.runs if name in each.figures]
        return statistics.median(found) if found else None


def alternate(commands: Sequence[Command], repetitions: int, *, warm: bool = True) -> list[Costs]:
    """Run the commands one after the other, again and again, so that a noisy minute meets all of them.

    Args:
        warm: run each once before, uncounted, so that files and byte code are in the system's cache.

    Raises:
        CannotRunError: a command could not be started, or ended otherwise than it should.
    """
    if warm:
        for each in commands:
            run(each)
    runs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(repetitions):
        for kept, each in zip(runs, commands, strict=True):
            kept.append(run(each))
    return [Costs(each.label, kept) for each, kept in zip(commands, runs, strict=True)]


def run(command: Command) -> Cost:
    """Run a command once. Raises CannotRunError as `alternate` does."""
    command.before()
    started = time.perf_counter()
    process = _started(command)
    # `wait4` blocks without a limit of its own; an alarm would not end the child.
    watch = _Watch(process)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.stop()
    if process.returncode != command.code:
        raise CannotRunError(f"{command.label}: exit code {process.returncode} instead of {command.code}")
    peak = usage.ru_maxrss * KIB_PER_RSS_UNIT * 1024 / 1e6
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, command.after())


def _started(command: Command) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    try:
        variables = {**environment(), **command.variables}
        return subprocess.Popen(
            list(command.arguments), cwd=command.folder, env=variables, stdin=quiet, stdout=quiet, stderr=quiet
        )
    except OSError as error:
        raise CannotRunError(f"{command.label}: {error}") from None


class _Watch:
    """Kills a child that does not end."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        signal.signal(signal.SIGALRM, self._kill)
        signal.setitimer(signal.ITIMER_REAL, LONGEST_SECONDS)

    def stop(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def _kill(self, *_: object) -> None:
        os.kill(self._process.pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """The environment without what would change how Python starts, or the language and colours of what is printed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "REVOX_"))}
    return kept | {"LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
