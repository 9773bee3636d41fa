"""Ctrl-C while something is being written."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Final

from revox_sync.errors import ExitCode

STDERR: Final = 2
FINISHING: Final = b"\ninterrupted: finishing what has begun; Ctrl-C again stops at once\n"


@contextmanager
def interruptible() -> Iterator[Event]:
    """An event that the first Ctrl-C sets while the block runs; the second one ends the process at once.

    A handler and no KeyboardInterrupt: that would come between any two lines, and the summary would be lost.
    """
    stop = Event()

    def interrupt(_: int, __: FrameType | None) -> None:
        if stop.is_set():
            os._exit(ExitCode.INTERRUPTED)
        stop.set()
        os.write(STDERR, FINISHING)  # unlike a stream, safe wherever the signal came

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
