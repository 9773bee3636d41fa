"""Clients in a time that passes only where somebody waits."""

from __future__ import annotations

from typing import Any

import httpx

from revox_sync.remote.client import Client
from revox_sync.remote.http.retry_policy import RetryPolicy
from tests.remote.calls import client_of
from tests.remote.server import Server


class Clock:
    """A clock that only waiting moves, and what was waited for."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.seconds += seconds
        return False


def timeless(server: Server, clock: Clock, **settings: Any) -> Client:
    """A client whose back-off is as long as it may be, with no time to add to what the server asks for."""
    return client_of(
        server,
        **{
            "clock": clock,
            "wait": clock.wait,
            "uniform": farthest,
            "policy": RetryPolicy(),
            "timeout": 5.0,
            **settings,
        },
    )


class SlowNetwork(httpx.HTTPTransport):
    """A network on which a request takes a tenth of a second, by a clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        self._clock.seconds += 0.1
        return super().handle_request(request)


def farthest(_: float, high: float) -> float:
    return high
