"""Time limits for whole requests, all kept by one thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf


@dataclass(eq=False, slots=True)
class Deadline:
    """The end of one time limit.

    Attributes:
        ends_at: by the clock of the watch.
        break_off: called once if the deadline is reached, in another thread.
        reached: whether it was reached.
    """

    ends_at: float
    break_off: Callable[[], None]
    reached: bool = False


class DeadlineWatch:
    """Breaks off what takes too long.

    httpx only limits silence, so a server that sends a byte now and then would never reach its limits. One thread
    watches all requests, from the first one until `close`; a timer for each would cost a third of a request.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._deadlines: set[Deadline] = set()
        self._wakes_at = inf
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextmanager
    def limit(self, seconds: float, break_off: Callable[[], None]) -> Iterator[Deadline]:
        """Call `break_off`, from another thread, if the block takes longer than `seconds`."""
        deadline = Deadline(self._clock() + seconds, break_off)
        self._watch(deadline)
        try:
            yield deadline
        finally:
            with self._changed:
                self._deadlines.discard(deadline)

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _watch(self, deadline: Deadline) -> None:
        with self._changed:
            self._deadlines.add(deadline)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="time limits", daemon=True)
                self._thread.start()
            # Limits mostly arrive in order of time: then the thread sleeps until the first and is never woken before.
            if deadline.ends_at < self._wakes_at:
                self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                now = self._clock()
                for deadline in [deadline for deadline in self._deadlines if deadline.ends_at <= now]:
                    self._deadlines.discard(deadline)
                    deadline.reached = True
                    # An error here would end the thread, and with it the limits of all other requests.
                    with suppress(Exception):
                        deadline.break_off()
                self._wakes_at = min((deadline.ends_at for deadline in self._deadlines), default=inf)
                self._changed.wait(None if self._wakes_at == inf else self._wakes_at - now)
