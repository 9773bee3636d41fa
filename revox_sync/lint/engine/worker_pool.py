"""Checks many files in several processes: copies of this one, which die when they have told what they found."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Generic, NoReturn, TypeVar

LEAST: Final = 100
"""Files that are worth a process: below, copying this one and reading its answer take longer than checking them."""

_File = TypeVar("_File")
_Result = TypeVar("_Result")


def is_worthwhile(number: int) -> int:
    """How many processes check that many files fastest."""
    # Elsewhere a process has to start from the beginning (Windows), or copies are not safe (macOS).
    if sys.platform != "linux" or number < 2 * LEAST:
        return 1
    import threading

    # A copy has one thread, and locks that others held stay locked in it.
    return 1 if threading.active_count() > 1 else min(len(os.sched_getaffinity(0)), number // LEAST)


def check_in_processes(number: int, check: Callable[[_File], _Result], files: Sequence[_File]) -> list[_Result]:
    """The result of each file, in order, whichever process found it.

    Args:
        number: of processes, this one included, which checks what another one that has died was to check.
        check: needs nothing but the file, and gives what can be pickled.
    """
    if number <= 1:
        return [check(file) for file in files]
    shares = [files[start::number] for start in range(number)]
    gc.freeze()  # or every process copies the memory that all could share
    copies = [_Copy(check, share) for share in shares[1:]]
    try:
        found = [[check(file) for file in shares[0]], *(copy.results() for copy in copies)]
    finally:
        for copy in copies:
            copy.end()
        gc.unfreeze()
    return [found[place % number][place // number] for place in range(len(files))]


class _Copy(Generic[_File, _Result]):
    """A copy of this process that checks some files."""

    def __init__(self, check: Callable[[_File], _Result], files: Sequence[_File]) -> None:
        self._check = check
        self._files = files
        self._answer, told = os.pipe()
        self._process = _copied()
        if self._process == 0:
            os.close(self._answer)  # or it would wait for itself to read, should the other one be gone
            _tell(told, check, files)
        os.close(told)

    def results(self) -> list[_Result]:
        """What it found, or what this process finds in its files where it does not say."""
        import pickle

        with suppress(Exception):
            with open(self._answer, "rb", closefd=False) as stream:
                content = stream.read()
            found: list[_Result] = pickle.loads(content)  # noqa: S301 - written by ourselves
            return found
        return [self._check(file) for file in self._files]

    def end(self) -> None:
        """End it, wherever it is."""
        os.close(self._answer)
        if self._process > 0:
            # Whoever started this process may have told it to ignore the end of others: then nothing is left of them.
            with suppress(ProcessLookupError):
                os.kill(self._process, 9)
            with suppress(ChildProcessError):
                os.waitpid(self._process, 0)


def _copied() -> int:
    """As `os.fork`: 0 in the copy, which an interrupt ends at once and silently; -1 where no copy can be made."""
    import signal

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


def _tell(told: int, check: Callable[[_File], _Result], files: Sequence[_File]) -> NoReturn:
    """The life of a copy. Where it fails, it says nothing: the one that asked then meets the same failure itself."""
    import pickle

    gc.disable()
    with suppress(BaseException), open(told, "wb") as stream:
        stream.write(pickle.dumps([check(file) for file in files], pickle.HIGHEST_PROTOCOL))
    os._exit(0)  # nothing of what the other one has begun is finished twice
