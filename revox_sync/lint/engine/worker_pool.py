"""Checks many files in several processes, which are copies of this one and end when they have sent their results."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Generic, NoReturn, TypeVar

# Files per process at least: for fewer, copying this process and reading its answer takes longer than checking them.
_LEAST_FILES: Final = 100

_File = TypeVar("_File")
_Result = TypeVar("_Result")


def fastest_number(files: int) -> int:
    """How many processes, this one included, check that many files fastest."""
    # Windows cannot copy a process, and on macOS system libraries may crash in a copy.
    if sys.platform != "linux" or files < 2 * _LEAST_FILES:
        return 1
    import threading

    # A copy has one thread only: locks that other threads hold would stay locked in it for ever.
    return 1 if threading.active_count() > 1 else min(len(os.sched_getaffinity(0)), files // _LEAST_FILES)


def check_in_processes(number: int, check: Callable[[_File], _Result], files: Sequence[_File]) -> list[_Result]:
    """The result of each file, in order, whichever process checked it.

    Args:
        number: of processes, this one included. It also checks the files of every process that has died.
        check: needs nothing but the file, and returns what can be pickled.
    """
    if number <= 1:
        return [check(file) for file in files]
    shares = [files[start::number] for start in range(number)]
    gc.freeze()  # a collection in a copy would write to all objects, and so copy the memory that both could share
    copies = [_Copy(check, share) for share in shares[1:]]
    try:
        found = [[check(file) for file in shares[0]], *(copy.results() for copy in copies)]
    finally:
        for copy in copies:
            copy.end()
        gc.unfreeze()
    return [found[index % number][index // number] for index in range(len(files))]


class _Copy(Generic[_File, _Result]):
    """A copy of this process that checks some files."""

    def __init__(self, check: Callable[[_File], _Result], files: Sequence[_File]) -> None:
        self._check = check
        self._files = files
        self._read_end, write_end = os.pipe()
        self._process = _fork()
        if self._process == 0:
            os.close(self._read_end)  # while a copy holds it, writing to a parent that has died would wait for ever
            _answer(write_end, check, files)
        os.close(write_end)

    def results(self) -> list[_Result]:
        """What the copy found; this process checks the files itself where the copy sent no answer."""
        import pickle

        with suppress(Exception):
            with open(self._read_end, "rb", closefd=False) as stream:
                content = stream.read()
            found: list[_Result] = pickle.loads(content)  # noqa: S301 - written by ourselves
            return found
        return [self._check(file) for file in self._files]

    def end(self) -> None:
        """End the copy, whatever it is doing."""
        os.close(self._read_end)
        if self._process > 0:
            # Where this process was started with SIGCHLD ignored, the system has removed the ended copy already.
            with suppress(ProcessLookupError):
                os.kill(self._process, 9)
            with suppress(ChildProcessError):
                os.waitpid(self._process, 0)


def _fork() -> int:
    """As `os.fork`: 0 in the copy, which Ctrl-C ends at once and without a traceback; -1 where no copy can be made."""
    import signal

    # Until the copy has its own way to end, Ctrl-C must not run this process's way in it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    except OSError:
        return -1
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    return process


def _answer(write_end: int, check: Callable[[_File], _Result], files: Sequence[_File]) -> NoReturn:
    """All that a copy does. Where it fails it sends nothing: the parent then meets the same failure and reports it."""
    import pickle

    gc.disable()
    with suppress(BaseException), open(write_end, "wb") as stream:
        stream.write(pickle.dumps([check(file) for file in files], pickle.HIGHEST_PROTOCOL))
    os._exit(0)  # without the exit handlers and open files of the parent, which would run and be flushed twice
