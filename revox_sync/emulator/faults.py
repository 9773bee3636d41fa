"""Which requests go wrong, and how: kinds of faults, their rates, and the seeded dice that decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from typing import Final, Self

WRITES: Final = frozenset({"POST", "PATCH", "DELETE"})
LONGEST_SECONDS: Final = 3600.0
# The time-out of most clients is 30 seconds.
BEYOND_PATIENCE: Final = 35.0
STATUSES: Final = (408, 500, 502, 503, 504)


class Where(Enum):
    """Requests that a kind of fault can happen to."""

    EVERY = "every request"
    WRITES = "POST, PATCH, DELETE"
    LIST = "GET /assistants"


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A way to go wrong.

    Attributes:
        where: requests it can happen to.
        seconds: how long it takes unless told otherwise; None where there is nothing to wait for.
    """

    where: Where
    seconds: float | None = None

    def concerns(self, method: str, path: str) -> bool:
        """Whether it can happen to a request; `path` is the one below the base URL."""
        if self.where is Where.WRITES:
            return method in WRITES
        return self.where is Where.EVERY or (method, path) == ("GET", "/assistants")


KINDS: Final[Mapping[str, FaultKind]] = {
    "drop-before": FaultKind(Where.EVERY),
    "hang": FaultKind(Where.EVERY, BEYOND_PATIENCE),
    "rate-limit": FaultKind(Where.EVERY, 1.0),
    **{f"error-{status}": FaultKind(Where.EVERY) for status in STATUSES},
    "late-commit": FaultKind(Where.WRITES, BEYOND_PATIENCE),
    "drop-after-commit": FaultKind(Where.WRITES),
    **{f"error-{status}-after-commit": FaultKind(Where.WRITES) for status in STATUSES},
    "slow": FaultKind(Where.EVERY, BEYOND_PATIENCE),
    "bad-json": FaultKind(Where.EVERY),
    "truncate-list": FaultKind(Where.LIST),
}
"""Every kind of fault; where several happen to one request, the first of this list is the one it suffers."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault and how often it happens.

    Attributes:
        kind: a key of `KINDS`.
        rate: probability per request it can happen to, from 0 to 1.
        seconds: how long it takes; None is the kind's own time.

    Raises:
        ValueError: there is no such kind, or a number is out of its range.
    """

    kind: str
    rate: float
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault `{self.kind}`; known: {', '.join(KINDS)}")
        if not 0 <= self.rate <= 1:
            raise ValueError(f"the rate of `{self.kind}` is a number from 0 to 1")
        if self.seconds is None:
            return
        if KINDS[self.kind].seconds is None:
            raise ValueError(f"`{self.kind}` takes no seconds, only a rate")
        if not 0 <= self.seconds <= LONGEST_SECONDS:
            raise ValueError(f"the seconds of `{self.kind}` are a number from 0 to {LONGEST_SECONDS:.0f}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The fault of a text `KIND:RATE` or `KIND:RATE:SECONDS`. Raises ValueError when it is none."""
        kind, _, numbers = text.partition(":")
        rate, colon, seconds = numbers.partition(":")
        try:
            times = float(rate), float(seconds) if colon else None
        except ValueError:
            raise ValueError(f"the fault `{text}` is not written KIND:RATE or KIND:RATE:SECONDS") from None
        return cls(kind, *times)

    @property
    def duration(self) -> float:
        """Seconds it takes; 0 where there is nothing to wait for."""
        return (KINDS[self.kind].seconds or 0.0) if self.seconds is None else self.seconds


class Dice:
    """Decides what happens: the n-th throw for a name depends on the seed, the name and n, and on nothing else."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._thrown: Counter[str] = Counter()

    def hit(self, name: str, rate: float) -> bool:
        """Throw once for that name: true with the probability `rate`."""
        self._thrown[name] += 1
        return _fraction(f"{self._seed}:{name}:{self._thrown[name]}") < rate


def _fraction(text: str) -> float:
    """A number from 0 up to but without 1, the same for the same text on every machine."""
    # 32 bits fit a double exactly: the largest fraction does not round up to 1.
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest()) / 2**32
