"""How the emulator differs from a server that is always well and keeps everything as it was sent."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import inf
from typing import Final

from revox_sync.emulator.faults import Fault


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What goes wrong, and what becomes of what is sent.

    Attributes:
        faults: what happens to requests, each kind once.
        seed: decides which ones; the same seed and the same requests, the same faults.
        requests_per_second: more than these are answered with 429; None is no limit.
        normalise: texts and lists are kept in the form `normalise.py` gives them.
        grow_faq: probability that an assistant has one more question of a caller after it was read or updated by id.
        drops: fields that are accepted and ignored, with dots for nested ones: `voice.speed`.

    Raises:
        ValueError: a kind of fault is named twice, or a number is out of its range.
    """

    faults: tuple[Fault, ...] = ()
    seed: int = 0
    requests_per_second: float | None = None
    normalise: bool = False
    grow_faq: float = 0.0
    drops: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        twice = [kind for kind, times in Counter(fault.kind for fault in self.faults).items() if times > 1]
        if twice:
            raise ValueError(f"the fault `{twice[0]}` is named twice")
        if self.requests_per_second is not None and not 0 < self.requests_per_second < inf:
            raise ValueError("requests per second are a finite number above 0")
        if not 0 <= self.grow_faq <= 1:
            raise ValueError("the rate of growing questions is a number from 0 to 1")


WELL: Final = Behaviour()
