"""What happens to a request before its path is looked at."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send


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
