"""The gate that all requests of a client pass, closed while the API asks for patience."""

from __future__ import annotations

import threading
from collections.abc import Callable


class RateLimitGate:
    """Open until a 429 closes it for a while; shared by threads.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._opens = float("-inf")

    def close_for(self, seconds: float) -> None:
        """Keep everybody out for so long; a longer wish of before stays in force."""
        with self._lock:
            self._opens = max(self._opens, self._clock() + seconds)

    def left(self) -> float:
        """Seconds until it opens, 0 when it is open."""
        with self._lock:
            return max(0.0, self._opens - self._clock())
