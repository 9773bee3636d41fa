"""Which requests go wrong, and how: kinds of faults, their rates, and the seeded dice that decide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from typing import Final, Self

from revox_sync.emulator.unknown_name import UnknownNameError

STATUSES: Final = (408, 500, 502, 503, 504)
_LONGEST_SECONDS: Final = 3600.0
# Most clients wait 30 seconds for an answer.
_LONGER_THAN_CLIENTS_WAIT: Final = 35.0


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
        seconds: how long it takes by default; None where there is nothing to wait for.
    """

    where: Where
    seconds: float | None = None

    def concerns(self, method: str, path: str) -> bool:
        """Whether it can happen to a request; `path` is the one below the base URL."""
        if self.where is Where.WRITES:
            return method in {"POST", "PATCH", "DELETE"}
        return self.where is Where.EVERY or (method, path) == ("GET", "/assistants")


# Every kind of fault. Where several happen to one request, it gets the first of this list.
FAULT_KINDS: Final[Mapping[str, FaultKind]] = {
    "drop-before": FaultKind(Where.EVERY),
    "hang": FaultKind(Where.EVERY, _LONGER_THAN_CLIENTS_WAIT),
    "rate-limit": FaultKind(Where.EVERY, 1.0),
    **{f"error-{status}": FaultKind(Where.EVERY) for status in STATUSES},
    "late-commit": FaultKind(Where.WRITES, _LONGER_THAN_CLIENTS_WAIT),
    "drop-after-commit": FaultKind(Where.WRITES),
    **{f"error-{status}-after-commit": FaultKind(Where.WRITES) for status in STATUSES},
    "slow": FaultKind(Where.EVERY, _LONGER_THAN_CLIENTS_WAIT),
    "bad-json": FaultKind(Where.EVERY),
    "truncate-list": FaultKind(Where.LIST),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault and how often it happens.

    Attributes:
        kind: a key of `FAULT_KINDS`.
        rate: probability for each request it can happen to, from 0 to 1.
        seconds: how long it takes; None is the kind's own time.

    Raises:
        UnknownNameError: there is no such kind.
        ValueError: a number is out of its range.
    """

    kind: str
    rate: float
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in FAULT_KINDS:
            raise UnknownNameError("fault", self.kind, FAULT_KINDS)
        if not 0 <= self.rate <= 1:
            raise ValueError(f"the rate of `{self.kind}` must be a number from 0 to 1")
        if self.seconds is None:
            return
        if FAULT_KINDS[self.kind].seconds is None:
            raise ValueError(f"`{self.kind}` takes no seconds, only a rate")
        if not 0 <= self.seconds <= _LONGEST_SECONDS:
            raise ValueError(f"the seconds of `{self.kind}` must be a number from 0 to {_LONGEST_SECONDS:.0f}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The fault of a text `KIND:RATE` or `KIND:RATE:SECONDS`. Raises ValueError when the text is not one."""
        kind, _, numbers = text.partition(":")
        rate, colon, seconds = numbers.partition(":")
        try:
            values = float(rate), float(seconds) if colon else None
        except ValueError:
            raise ValueError(f"the fault `{text}` is not written KIND:RATE or KIND:RATE:SECONDS") from None
        return cls(kind, *values)

    @property
    def duration(self) -> float:
        """Seconds it takes; 0 where there is nothing to wait for."""
        return (FAULT_KINDS[self.kind].seconds or 0.0) if self.seconds is None else self.seconds


class Dice:
    """Decides what happens: the n-th throw for a name depends on the seed, the name and n, and on nothing else."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._thrown: Counter[str] = Counter()

    def hit(self, name: str, rate: float) -> bool:
        """Throw once for that name: true with the probability `rate`."""
        self._thrown[name] += 1
        # A digest and not one random generator, so that no throw depends on the others.
        digest = blake2b(f"{self._seed}:{name}:{self._thrown[name]}".encode(), digest_size=4).digest()
        # 32 bits fit a double exactly, so the largest fraction stays below 1 and a rate of 1 always hits.
        return int.from_bytes(digest) / 2**32 < rate
