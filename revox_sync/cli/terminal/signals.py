"""Ctrl-C, and what a system sends before it takes a process away, while something is being written."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event
from types import FrameType
from typing import Final

from revox_sync.errors import ExitCode

STDERR: Final = 2
FINISHING: Final = b"\ninterrupted: finishing what has begun; Ctrl-C again stops at once\n"
STOPPED: Final = b"stopped; the next command asks the API what became of requests in flight\n"
SHOW_CURSOR: Final = b"\x1b[?25h"
"""The line that says how far an apply has come hides the cursor."""
ENDING: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def interruptible(stop: Event) -> Iterator[None]:
    """Set an event at the first Ctrl-C, SIGTERM or SIGHUP while the block runs; another Ctrl-C ends the process.

    At once: the journal on disk is all that the next apply needs. A handler and no KeyboardInterrupt: that would come
    between any two lines, and the summary would be lost. A signal that is ignored, as under nohup, stays so.

    The block must not wait for the event in the main thread: the handler, which runs there, could come while the event
    is locked.
    """
    received: list[int] = []

    def interrupt(number: int, _: FrameType | None) -> None:
        received.append(number)  # and not `stop.is_set()`: another signal may come while this one is being dealt with
        if len(received) > 1:
            if number == signal.SIGINT:
                with suppress(OSError):
                    os.write(STDERR, (SHOW_CURSOR if os.isatty(STDERR) else b"") + STOPPED)
                os._exit(ExitCode.INTERRUPTED)
            return
        stop.set()
        with suppress(OSError):  # the terminal may be what went away
            os.write(STDERR, FINISHING)  # unlike a stream, safe wherever the signal came

    caught = [each for each in ENDING if signal.getsignal(each) is not signal.SIG_IGN]
    before = {each: signal.signal(each, interrupt) for each in caught}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
