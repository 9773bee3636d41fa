"""How many requests are under way at once: more while the API keeps up, fewer once it does not."""

from __future__ import annotations

import threading
from typing import Final

MOST_AT_ONCE: Final = 32
"""Requests at once, however fast the API answers."""
_SLOWER: Final = 1.3
"""Answers that take so many times as long as the fastest did say that more requests at once gain nothing."""
_SLACK: Final = 0.005
"""Seconds that say nothing about the API."""


class AdaptiveLimit:
    """A number of requests that doubles after as many answers that took no longer; shared by threads.

    It goes back where they took longer, and halves where the API refused for a time, or gave no answer. Either ends the
    growth. All times are seconds by one clock.

    Args:
        first: the number at the beginning.
        most: what it never exceeds.
        now: the time.
    """

    def __init__(self, first: int, most: int, now: float) -> None:
        self._lock = threading.Lock()
        self._current = min(first, most)
        self._most = most
        self._grows = first < most
        self._since = now
        self._seconds: list[float] = []
        self._fastest = float("inf")

    @property
    def current(self) -> int:
        """Requests that may be under way at once."""
        return self._current

    def answered(self, started: float, ended: float) -> None:
        """Count a request that the API answered as one expects."""
        with self._lock:
            # What was sent before the number changed says nothing about it.
            if not self._grows or started < self._since:
                return
            self._seconds.append(ended - started)
            if len(self._seconds) < self._current:
                return
            usual = sorted(self._seconds)[len(self._seconds) // 2]
            if usual > self._fastest * _SLOWER + _SLACK:
                self._shrink(ended)
            else:
                self._fastest = min(self._fastest, usual)
                self._grows = self._current < self._most
                self._set(min(2 * self._current, self._most), ended)

    def failed(self, started: float, ended: float) -> None:
        """Count a request that the API could not answer now; those that were under way with it count once."""
        with self._lock:
            if started > self._since:
                self._shrink(ended)

    def _shrink(self, now: float) -> None:
        self._grows = False
        self._set(max(1, self._current // 2), now)

    def _set(self, number: int, now: float) -> None:
        self._current, self._since, self._seconds = number, now, []
