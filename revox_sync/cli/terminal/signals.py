"""Signals while something is being written: Ctrl-C, and what a system sends before it ends a process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event
from types import FrameType
from typing import Final

from revox_sync.errors import ExitCode

_STDERR: Final = 2
_FINISHING: Final = b"\ninterrupted: finishing what has begun; Ctrl-C again stops at once\n"
_STOPPED: Final = b"stopped; the next command asks the API what became of requests in flight\n"
_SHOW_CURSOR: Final = b"\x1b[?25h"  # the line that says how far an apply has come hides it
_ENDING: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def interruptible(stop: Event, stopped: bytes = _STOPPED) -> Iterator[None]:
    """Set an event at the first Ctrl-C, SIGTERM or SIGHUP while the block runs; another Ctrl-C ends the process.

    The block must not wait for the event in the main thread: the handler runs there, and would wait for ever if it came
    while the event is locked.

    Args:
        stopped: the last words of a process that ends at once, with a line break.
    """
    # A handler, because KeyboardInterrupt would come between any two lines, and the summary would be lost. The second
    # Ctrl-C may end the process at once, because the next apply needs nothing but the journal, which is on disk.
    received: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        received.append(number)  # and not `stop.is_set()`: another signal may come while this one is being dealt with
        if len(received) > 1:
            if number == signal.SIGINT:
                with suppress(OSError):
                    os.write(_STDERR, (_SHOW_CURSOR if os.isatty(_STDERR) else b"") + stopped)
                os._exit(ExitCode.INTERRUPTED)
            return
        stop.set()
        with suppress(OSError):  # the terminal may be what went away
            os.write(_STDERR, _FINISHING)  # unlike a stream, safe wherever the signal came

    # A signal that is ignored, as SIGHUP is under nohup, stays ignored.
    caught = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in caught}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
