"""How often functions are called: what a run costs, without a clock."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any


def watched(act: Callable[[], object], watch: Callable[[FrameType, str, Any], None]) -> None:
    """Make a call; `watch` is told what `sys.setprofile` tells of this thread meanwhile."""
    sys.setprofile(watch)
    try:
        act()
    finally:
        sys.setprofile(None)


def call_counts(act: Callable[[], object]) -> Counter[str]:
    """Number of calls in this thread by qualified name, such as `Loader.load`; the call is really made.

    A generator counts once for each of its values.
    """
    found: Counter[str] = Counter()

    def watch(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            found[frame.f_code.co_qualname] += 1

    watched(act, watch)
    return found
