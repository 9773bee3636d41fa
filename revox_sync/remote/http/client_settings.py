"""How a client behaves, and what it needs of the machine it runs on."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from revox_sync.remote.http.retry_policy import RetryPolicy, Uniform

if TYPE_CHECKING:
    # Only for its types: the progress line needs RequestSeen long before anything is sent, and httpx loads slowly.
    import httpx


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One finished request, for progress and logs; it holds no body and no key.

    Attributes:
        method: such as GET.
        path: below the base URL.
        status: None when there was no answer.
        seconds: from sending to the end of the answer.
        attempt: 1 for the first request of a call.
        again_in: seconds until the next attempt; None when this was the last.
        dated: when the server says that it answered; None where it does not.
    """

    method: str
    path: str
    status: int | None
    seconds: float
    attempt: int = 1
    again_in: float | None = None
    dated: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """The settings of one client; tests and simulations replace clock, date, chance, waiting and network.

    Attributes:
        timeout: seconds for one call, with all its requests and the waits between them.
        connections: requests at once, at the beginning.
        most_connections: up to which their number grows while the API keeps up; it never does below `connections`.
        agent: the User-Agent header.
        policy: how often a request is repeated, and how soon.
        transport: used instead of the network.
        observe: called after each request, in the thread that made it.
        expect: called with the number of assistants that are about to be read one by one.
        versions: whether `updated_at` tells versions of an assistant apart; where it does not, no answer has it.
        stop: when it is set, waits end at once, and their calls raise the last error, marked `interrupted`.
        wait: replaces `stop.wait`; waits for some seconds, and returns whether the run was stopped.
        clock: seconds since any fixed moment.
        now: the current date, for answers that name a date and have no `Date` header.
        uniform: returns a random number between its two arguments.
    """

    # The official SDK's time limit. It is long enough for a rate limit that is counted by the minute.
    timeout: float = 60.0
    connections: int = 8
    most_connections: int = 0
    agent: str = "revox-sync"
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    transport: httpx.BaseTransport | None = None
    observe: Callable[[RequestSeen], None] | None = None
    expect: Callable[[int], None] | None = None
    versions: bool = True
    stop: threading.Event = field(default_factory=threading.Event)
    wait: Callable[[float], bool] | None = None
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    uniform: Uniform = random.uniform
