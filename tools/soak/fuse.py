"""Lets a process die before or after one of its effects on the world, as a machine that loses power would.

Every effect is counted where Python calls into C: what is put on disk or sent is found without knowing who does it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from itertools import count
from typing import Any, Final

ON_DISK: Final = frozenset({"fsync", "replace", "unlink", "ftruncate", "mkdir", "write"})
EFFECTS: Final = ON_DISK | {"send", "sendall"}
OWNERS: Final = {"module", "socket"}
"""What such a function belongs to; a stream that only fills its buffer has no effect yet."""
BEFORE: Final = "c_call"
AFTER: Final = "c_return"


class Fuse:
    """Kills the process before or after its n-th effect, n from 0, whichever thread has it.

    Args:
        kinds: what counts, by the names of functions.
    """

    def __init__(self, effects: int, moment: str, kinds: frozenset[str] = EFFECTS) -> None:
        self._kinds = kinds
        self._last = effects
        self._moment = moment
        self._effects = count()

    def light(self) -> None:
        """Count from now on, in this thread and in those that it starts."""
        threading.setprofile(self)
        sys.setprofile(self)

    def __call__(self, _: object, event: str, function: Any) -> None:
        """Python's profiler calls it before and after every C function."""
        if event == self._moment and self._is_effect(function) and next(self._effects) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def _is_effect(self, function: Any) -> bool:
        return function.__name__ in self._kinds and type(function.__self__).__name__ in OWNERS
