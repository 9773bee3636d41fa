"""A limit of so many requests per second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class TokenBucket:
    """Lets through so many requests per second on average, and a second's worth at once.

    Args:
        per_second: requests, more than 0.
        clock: the time now.
    """

    def __init__(self, per_second: float, clock: Callable[[], datetime]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._capacity = max(1.0, per_second)
        self._tokens = self._capacity
        self._filled_at = clock()

    def take(self) -> float:
        """Take a request's token: 0 when there was one, else the seconds until there is."""
        now = self._clock()
        # The clock of a machine may be set back.
        passed = max(0.0, (now - self._filled_at).total_seconds())
        self._tokens = min(self._capacity, self._tokens + passed * self._per_second)
        self._filled_at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0
