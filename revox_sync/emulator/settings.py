"""How one emulator differs from a server that is always well and keeps everything as it was sent."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from uuid import uuid4

from revox_sync.emulator.faults import Fault
from revox_sync.emulator.quirks import Quirks


@dataclass(frozen=True, slots=True)
class EmulatorSettings:
    """Settings of one emulator; each is independent of the others.

    Attributes:
        contract: accept and answer this contract only, such as `0.4`; None accepts any and answers like the newest.
        key: the one API key that is accepted.
        organization_id: the organisation every assistant belongs to.
        latency_seconds: wait before every answer.
        requests_per_second: more than these are answered with 429; None is no limit.
        faults: what goes wrong with requests, each kind at most once.
        seed: decides which requests; the same seed and the same requests give the same faults.
        quirks: habits of the server.
        grow_faq: probability that an assistant has one more question of a caller after it was read or updated by id.
        on_fault: called with the kind of each fault that happens.
        clock: the time now, with a time zone.
        sleep: lets seconds pass before an answer; a simulation has a time of its own.
        new_id: a new unique id that starts with the given prefix and an underscore.

    Raises:
        ValueError: a kind of fault is named twice, or a number is out of its range.
    """

    contract: str | None = None
    key: str = "emulator"
    organization_id: str = "org_emulator"
    latency_seconds: float = 0.0
    requests_per_second: float | None = None
    faults: tuple[Fault, ...] = ()
    seed: int = 0
    quirks: Quirks = field(default_factory=Quirks)
    grow_faq: float = 0.0
    on_fault: Callable[[str], None] = lambda _: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    new_id: Callable[[str], str] = lambda prefix: f"{prefix}_{uuid4().hex}"

    def __post_init__(self) -> None:
        twice = [kind for kind, times in Counter(fault.kind for fault in self.faults).items() if times > 1]
        if twice:
            raise ValueError(f"the fault `{twice[0]}` is named twice; name each kind once")
        if self.requests_per_second is not None and not 0 < self.requests_per_second < inf:
            raise ValueError("requests per second must be a finite number above 0")
        if not 0 <= self.grow_faq <= 1:
            raise ValueError("the rate of growing questions must be a number from 0 to 1")
