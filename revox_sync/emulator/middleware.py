"""What happens to a request before its path is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from revox_sync.emulator.fault_effects import EFFECTS, FaultyRequest, too_many
from revox_sync.emulator.faults import FAULT_KINDS, Dice, Fault
from revox_sync.emulator.settings import EmulatorSettings


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
        # Other scopes, such as the server's lifespan, have no path and no headers.
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        allowed = scope["path"] == self._open_path or carries_key(Headers(scope=scope), self._key)
        refused = JSONResponse({"error": "missing or wrong API key"}, 401, {"WWW-Authenticate": "Bearer"})
        return await (self._app if allowed else refused)(scope, receive, send)


class Forbid:
    """Answers 403 to requests for some paths, as to a key that may not read them.

    Args:
        paths: below the base URL, without a slash in front; everything below them is forbidden, too.
        root: path of the base URL.
    """

    def __init__(self, app: ASGIApp, paths: Sequence[str], root: str) -> None:
        self._app = app
        self._paths = tuple(f"{root}/{path}" for path in paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        path = scope.get("path", "")
        forbidden = any(path == each or path.startswith(f"{each}/") for each in self._paths)
        refused = JSONResponse({"error": "this key may not do that"}, 403)
        return await (refused if forbidden else self._app)(scope, receive, send)


class TokenBucket:
    """Lets through so many requests per second on average, and a second's worth at once.

    Args:
        per_second: requests, above 0.
        clock: the time now.
    """

    def __init__(self, per_second: float, clock: Callable[[], datetime]) -> None:
        self._per_second = per_second
        self._clock = clock
        self._capacity = max(1.0, per_second)
        self._tokens = self._capacity
        self._filled_at = clock()

    def take(self) -> float:
        """Take a request's token: 0 when there was one, else the seconds until there is."""
        now = self._clock()
        # Somebody may set the clock of the machine back.
        passed = max(0.0, (now - self._filled_at).total_seconds())
        self._tokens = min(self._capacity, self._tokens + passed * self._per_second)
        self._filled_at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self._per_second
        self._tokens -= 1
        return 0.0


class SlowDown:
    """Delays every request, and answers 429 to more requests per second than the settings allow."""

    def __init__(self, app: ASGIApp, settings: EmulatorSettings) -> None:
        per_second = settings.requests_per_second
        self._app = app
        self._settings = settings
        self._bucket = TokenBucket(per_second, settings.clock) if per_second is not None else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then pass the request on or ask to wait longer."""
        await self._settings.sleep(self._settings.latency_seconds)
        wait = self._bucket.take() if self._bucket and scope["type"] == "http" else 0
        await (too_many(wait, 0, self._settings.clock()) if wait else self._app)(scope, receive, send)


class InjectFaults:
    """Lets requests go wrong.

    Args:
        app: what answers the others.
        dice: decides which requests go wrong.
        root: path of the base URL; the paths that faults know are below it.
    """

    def __init__(self, app: ASGIApp, settings: EmulatorSettings, dice: Dice, root: str) -> None:
        order = list(FAULT_KINDS)
        self._app = app
        self._settings = settings
        self._faults = sorted(settings.faults, key=lambda fault: order.index(fault.kind))
        self._dice = dice
        self._root = root
        self._happened: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or let the first fault that hits have it."""
        fault = self._thrown_fault(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            return await self._app(scope, receive, send)
        turn = self._happened[fault.kind]
        self._happened[fault.kind] += 1
        self._settings.on_fault(fault.kind)
        now, sleep = self._settings.clock(), self._settings.sleep
        request = FaultyRequest(self._app, scope, receive, send, fault.duration, turn, now, sleep)
        return await EFFECTS[fault.kind](request)

    def _thrown_fault(self, method: str, path: str) -> Fault | None:
        """The first fault that happens to a request."""
        below = path.removeprefix(self._root)
        concerned = [fault for fault in self._faults if FAULT_KINDS[fault.kind].concerns(method, below)]
        # Each kind throws its dice, even after another kind has hit: so none depends on which others there are.
        hits = [fault for fault in concerned if self._dice.hit(fault.kind, fault.rate)]
        return hits[0] if hits else None
