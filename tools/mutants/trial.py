"""Runs the tests of a module with a mutant in its place, each in a process of its own."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from tools.mutants.covering import CoveringTests, Recorder, read_covering
from tools.mutants.hook import carry_over
from tools.mutants.mutations import Mutant

SHORTEST: Final = 120.0
"""Seconds that every mutant has at least: machines are busy at times."""
PATIENCE: Final = 10
"""How many times as long as with the unchanged code its tests may take."""
_OPTIONS: Final = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:asyncio", "--hypothesis-seed=0")
_PASSED: Final = 0
_NOTICED: Final = (
    1,
    2,
    4,
)  # a test fails; a module of tests cannot be imported; a test has gone, or conftest cannot be
# Loaded once, before the fork. Nothing of ours may be, and nothing that has a plugin for pytest.
_LIBRARIES: Final = ("_pytest.assertion", "click", "httpx", "jsonschema_rs", "pydantic", "ruamel.yaml", "uvicorn")


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "timed out"
    SURVIVED = "survived"
    NOT_REACHED = "run by no test"


SURVIVING: Final = (Verdict.SURVIVED, Verdict.NOT_REACHED)


class Trial(NamedTuple):
    """Modules and their tests.

    Attributes:
        root: of the checkout.
        modules: paths below revox_sync without suffix.
        tests: paths from the root.
    """

    root: Path
    modules: Sequence[str]
    tests: Sequence[str]

    def path(self, module: str) -> Path:
        """The file of a module."""
        return self.root / "revox_sync" / f"{module}.py"


class Candidate(NamedTuple):
    """A mutant of a module."""

    module: str
    mutant: Mutant


class _Running(NamedTuple):
    candidate: Candidate
    until: float
    folder: Path


def run_trials(trial: Trial, found: Iterable[Candidate], processes: int) -> Iterator[tuple[Candidate, Verdict]]:
    """What becomes of each mutant, in the order in which that is known.

    Raises SystemExit where the tests do not pass without one.
    """
    found = list(found)
    if not found:
        return
    for name in _LIBRARIES:
        __import__(name)
    covering = _covering(trial)
    waiting, running = iter(found), dict[int, _Running]()
    while True:
        while len(running) < processes and (candidate := next(waiting, None)) is not None:
            module, mutant = candidate
            within = covering.of(trial.path(module), mutant.lines)
            tests = within if _is_in_function(mutant) else tuple(trial.tests)
            if not tests:
                yield candidate, Verdict.NOT_REACHED
                continue
            longest = max(SHORTEST, PATIENCE * sum(covering.seconds.get(name, SHORTEST) for name in tests))
            folder = Path(tempfile.mkdtemp(prefix="mutant-"))
            process = _start(trial, candidate, folder, tests)
            running[process] = _Running(candidate, time.monotonic() + longest, folder)
        if not running:
            return
        yield from _ended(running)
        time.sleep(0.02)


def _is_in_function(mutant: Mutant) -> bool:
    """Whether it is run by tests, and not while its module is imported."""
    return mutant.scope.rpartition(".")[2].lstrip("_")[:1].islower()


def _ended(running: dict[int, _Running]) -> Iterator[tuple[Candidate, Verdict]]:
    for process, (candidate, until, folder) in list(running.items()):
        ended, status = os.waitpid(process, os.WNOHANG)
        if not ended and time.monotonic() < until:
            continue
        _end(process, waited=bool(ended))
        del running[process]
        shutil.rmtree(folder, ignore_errors=True)
        if not ended:
            yield candidate, Verdict.TIMED_OUT
            continue
        code = os.waitstatus_to_exitcode(status)
        if code != _PASSED and code not in _NOTICED and code >= 0:
            sys.exit(f"pytest ended with {code} for {candidate.mutant.name}")
        yield candidate, Verdict.SURVIVED if code == _PASSED else Verdict.KILLED


def _end(process: int, *, waited: bool) -> None:
    """End what a mutant has started, and itself."""
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    if not waited:
        os.waitpid(process, 0)


def _covering(trial: Trial) -> CoveringTests:
    """Which tests run which lines of the code as it is."""
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    _, status = os.waitpid(_start(trial, None, folder, trial.tests), 0)
    if status:
        output = (folder / "output").read_text("utf-8")
        sys.exit(f"the tests of {', '.join(trial.modules)} fail without any mutant:\n{output}")
    covering = read_covering(folder / "covering.json")
    shutil.rmtree(folder, ignore_errors=True)
    return covering


def _start(trial: Trial, candidate: Candidate | None, folder: Path, tests: Sequence[str]) -> int:
    """Start a process that runs tests, with a mutant in place of its module; its exit code is pytest's."""
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        os.setsid()
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if candidate is not None:
            module, mutant = candidate
            tree = mutant.tree(trial.path(module).read_text("utf-8"))
            source, site = folder / "mutant.py", folder / "site"
            source.write_text(ast.unparse(tree), "utf-8")
            site.mkdir()
            carry_over(site, trial.root, f"revox_sync.{module.replace('/', '.')}", source)
        code = _tested(trial, folder, tests, records=candidate is None)
    except BaseException:  # noqa: BLE001 - nothing may come back into the copy of the process that began
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _tested(trial: Trial, folder: Path, tests: Sequence[str], *, records: bool) -> int:
    import pytest

    os.chdir(trial.root)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
    recorder = Recorder(map(trial.path, trial.modules))
    plugins = [recorder] if records else []
    code = int(pytest.main([*_OPTIONS, f"--basetemp={folder / 'temporary'}", *tests], plugins=plugins))
    if records:
        recorder.write(folder / "covering.json")
    return code
