"""Runs the tests of a module with a mutant in its place, each in a process of its own.

First in a copy of a process that has collected the tests, with new code for the functions in its memory: most mutants
are noticed so, in the time of one test. What survives that, and what is no function, is tried from the start.
"""

from __future__ import annotations

import ast
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import pytest

from tools.mutants.copies import Host, passes, takes_place
from tools.mutants.covering import CoveringTests, Recorder, read_covering
from tools.mutants.hook import carry_over
from tools.mutants.mutations import Mutant

SHORTEST: Final = 120.0
"""Seconds that every mutant has at least: machines are busy at times."""
PATIENCE: Final = 10
"""How many times as long as with the unchanged code its tests may take."""
_OPTIONS: Final = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:asyncio", "--hypothesis-seed=0")
_PASSED: Final = 0
_FAILED: Final = 1
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
    left: list[Candidate] = []
    quick = [candidate for candidate in found if _is_run_by_tests(candidate.mutant)]
    for candidate, verdict in _in_copies(trial, quick, covering, processes):
        if verdict is Verdict.SURVIVED:
            left.append(candidate)
        else:
            yield candidate, verdict
    left += [candidate for candidate in found if not _is_run_by_tests(candidate.mutant)]

    def start(candidate: Candidate, folder: Path, tests: Sequence[str]) -> int:
        return _started(folder, lambda: _tested_anew(trial, candidate, folder, tests))

    yield from _attempts(trial, left, covering, processes, start)


def _in_copies(
    trial: Trial, found: Sequence[Candidate], covering: CoveringTests, processes: int
) -> Iterator[tuple[Candidate, Verdict]]:
    """The same for mutants in functions; one that survives may do so because something was computed before."""
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    reading, writing = os.pipe()

    def longest(name: str) -> float:
        return PATIENCE * covering.seconds[name]

    def serve(session: pytest.Session) -> None:
        def start(candidate: Candidate, own: Path, tests: Sequence[str]) -> int:
            return _started(own, lambda: _tested_here(trial, candidate, own, lambda: passes(session, tests, longest)))

        for candidate, verdict in _attempts(trial, found, covering, processes, start):
            os.write(writing, f"{found.index(candidate)} {verdict}\n".encode())

    host = _started(folder, lambda: _run_pytest(trial, folder, trial.tests, Host(serve)))
    os.close(writing)
    with os.fdopen(reading) as answers:
        for answer in answers:
            number, _, verdict = answer.strip().partition(" ")
            yield found[int(number)], Verdict(verdict)
    _, status = os.waitpid(host, 0)
    if status:
        sys.exit(f"the tests of {', '.join(trial.modules)} cannot be run:\n{(folder / 'output').read_text('utf-8')}")
    shutil.rmtree(folder)


_Start: TypeAlias = Callable[[Candidate, Path, Sequence[str]], int]
"""Starts a process that tries a mutant with some tests, in an empty folder; its exit code is pytest's."""


def _attempts(
    trial: Trial, found: Iterable[Candidate], covering: CoveringTests, processes: int, start: _Start
) -> Iterator[tuple[Candidate, Verdict]]:
    waiting, running = iter(found), dict[int, _Running]()
    while True:
        while len(running) < processes and (candidate := next(waiting, None)) is not None:
            module, mutant = candidate
            within = covering.of(trial.path(module), mutant.lines)
            tests = within if _is_run_by_tests(mutant) else tuple(trial.tests)
            if not tests:
                yield candidate, Verdict.NOT_REACHED
                continue
            longest = max(SHORTEST, PATIENCE * sum(covering.seconds.get(name, SHORTEST) for name in tests))
            folder = Path(tempfile.mkdtemp(prefix="mutant-"))
            running[start(candidate, folder, tests)] = _Running(candidate, time.monotonic() + longest, folder)
        if not running:
            return
        yield from _ended(running)
        time.sleep(0.02)


def _is_run_by_tests(mutant: Mutant) -> bool:
    """Whether every test that it matters to runs it: not once for all of them, as while its module is imported."""
    return not mutant.is_remembered and mutant.scope.rpartition(".")[2].lstrip("_")[:1].islower()


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
        if -code in {signal.SIGALRM, signal.SIGVTALRM}:
            yield candidate, Verdict.TIMED_OUT
            continue
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
    recorder = Recorder(map(trial.path, trial.modules))

    def run() -> int:
        code = _run_pytest(trial, folder, trial.tests, recorder)
        recorder.write(folder / "covering.json")
        return code

    _, status = os.waitpid(_started(folder, run), 0)
    if status:
        output = (folder / "output").read_text("utf-8")
        sys.exit(f"the tests of {', '.join(trial.modules)} fail without any mutant:\n{output}")
    covering = read_covering(folder / "covering.json")
    shutil.rmtree(folder, ignore_errors=True)
    return covering


def _started(folder: Path, run: Callable[[], int]) -> int:
    """Start a process that runs something; its exit code is what that returns."""
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        os.setsid()
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = run()
    except BaseException:  # noqa: BLE001 - nothing may come back into the copy of the process that began
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _tested_anew(trial: Trial, candidate: Candidate, folder: Path, tests: Sequence[str]) -> int:
    _carry_over(trial, candidate, folder)
    return _run_pytest(trial, folder, tests)


def _tested_here(trial: Trial, candidate: Candidate, folder: Path, passed: Callable[[], bool]) -> int:
    _carry_over(trial, candidate, folder)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)  # where pytest makes its folder for the tests
    module, mutant = candidate
    path = trial.path(module)
    if not takes_place(mutant, path.read_text("utf-8"), path, _dotted(module)):
        return _PASSED
    return _PASSED if passed() else _FAILED


def _carry_over(trial: Trial, candidate: Candidate, folder: Path) -> None:
    module, mutant = candidate
    source, site = folder / "mutant.py", folder / "site"
    source.write_text(ast.unparse(mutant.tree(trial.path(module).read_text("utf-8"))), "utf-8")
    site.mkdir()
    carry_over(site, trial.root, _dotted(module), source)


def _dotted(module: str) -> str:
    return f"revox_sync.{module.replace('/', '.')}"


def _run_pytest(trial: Trial, folder: Path, tests: Sequence[str], *plugins: object) -> int:
    os.chdir(trial.root)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    return int(pytest.main([*_OPTIONS, *tests], plugins=list(plugins)))
