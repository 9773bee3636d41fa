"""Time limits for whole requests, kept by one thread for all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import Self


class DeadlineWatch:
    """Breaks off what lasts too long.

    The time limits of httpx are about silence: a server that sends a byte now and then would never reach them. One
    thread watches all requests, from the first one until `close`: a timer for each would cost a third of a request.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._limits: set[Deadline] = set()
        self._looks_at = inf
        self._thread: threading.Thread | None = None
        self._closed = False

    def limit(self, seconds: float, break_off: Callable[[], None]) -> Deadline:
        """A context that calls `break_off`, from another thread, when it lasts so many seconds."""
        return Deadline(self, time.monotonic() + seconds, break_off)

    def begin(self, limit: Deadline) -> None:
        """Keep an eye on a limit."""
        with self._changed:
            self._limits.add(limit)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="time limits", daemon=True)
                self._thread.start()
            # Limits mostly come in order of time: then the thread sleeps until the first and is never woken before.
            if limit.ends_at < self._looks_at:
                self._changed.notify()

    def end(self, limit: Deadline) -> None:
        """Forget a limit: from now on it breaks nothing off."""
        with self._changed:
            self._limits.discard(limit)

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                for each in [each for each in self._limits if each.ends_at <= now]:
                    self._limits.discard(each)
                    each.reach()
                self._looks_at = min((each.ends_at for each in self._limits), default=inf)
                self._changed.wait(None if self._looks_at == inf else self._looks_at - now)


class Deadline:
    """One time limit, while its block runs.

    Attributes:
        ends_at: seconds of the monotonic clock.
        reached: whether it was.
    """

    def __init__(self, watch: DeadlineWatch, ends_at: float, break_off: Callable[[], None]) -> None:
        self.ends_at = ends_at
        self.reached = False
        self._watch = watch
        self._break_off = break_off

    def reach(self) -> None:
        """It is over; what goes wrong in breaking it off must not take their limits from all others."""
        self.reached = True
        with suppress(Exception):
            self._break_off()

    def __enter__(self) -> Self:
        self._watch.begin(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.end(self)
