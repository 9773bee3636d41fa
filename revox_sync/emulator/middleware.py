"""What happens to a request before its path is looked at."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from revox_sync.emulator.bucket import TokenBucket
from revox_sync.emulator.effects import EFFECTS, Struck, too_many
from revox_sync.emulator.faults import KINDS, Dice, Fault


def carries_key(headers: Headers, key: str) -> bool:
    """Whether a request is authorised: `Authorization: Bearer <key>`."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and credentials.strip() == key


class RequireKey:
    """Answers 401 to every request without the key, whatever its path, but for one open path."""

    def __init__(self, app: ASGIApp, key: str, open_path: str) -> None:
        self._app = app
        self._key = key
        self._open_path = open_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        allowed = scope["path"] == self._open_path or carries_key(Headers(scope=scope), self._key)
        refused = JSONResponse({"error": "missing or wrong API key"}, 401, {"WWW-Authenticate": "Bearer"})
        return await (self._app if allowed else refused)(scope, receive, send)


class Latency:
    """Delays every request."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then pass the request on."""
        await asyncio.sleep(self._seconds)
        await self._app(scope, receive, send)


class LimitRate:
    """Answers 429 to more requests per second than agreed; None is no limit."""

    def __init__(self, app: ASGIApp, per_second: float | None, clock: Callable[[], datetime]) -> None:
        self._app = app
        self._clock = clock
        self._bucket = TokenBucket(per_second, clock) if per_second is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or ask to wait."""
        wait = self._bucket.take() if self._bucket and scope["type"] == "http" else 0
        await (too_many(wait, 0, self._clock()) if wait else self._app)(scope, receive, send)


class InjectFaults:
    """Lets requests go wrong.

    Args:
        app: what answers the others.
        faults: each kind once.
        dice: decides which requests they strike.
        root: path of the base URL, under which the paths of faults are.
        clock: the time now, with a time zone.
        told: called with the kind of each fault that strikes.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what it knows, and what it is told by
        self,
        app: ASGIApp,
        faults: Sequence[Fault],
        dice: Dice,
        root: str,
        clock: Callable[[], datetime],
        told: Callable[[str], None],
    ) -> None:
        order = list(KINDS)
        self._app = app
        self._faults = sorted(faults, key=lambda fault: order.index(fault.kind))
        self._dice = dice
        self._root = root
        self._clock = clock
        self._told = told
        self._struck: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or let the first fault that strikes have it."""
        fault = self._strike(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            return await self._app(scope, receive, send)
        turn = self._struck[fault.kind]
        self._struck[fault.kind] += 1
        self._told(fault.kind)
        return await EFFECTS[fault.kind](Struck(self._app, scope, receive, send, fault.duration, turn, self._clock()))

    def _strike(self, method: str, path: str) -> Fault | None:
        below = path.removeprefix(self._root)
        concerned = [each for each in self._faults if KINDS[each.kind].concerns(method, below)]
        # Each kind throws, also when another one has struck: none depends on the others.
        struck = [each for each in concerned if self._dice.hit(each.kind, each.rate)]
        return struck[0] if struck else None
