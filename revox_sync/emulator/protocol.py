"""HTTP/1.1 by uvicorn and h11, with connections that the application can close."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from revox_sync.emulator.connection import EXTENSION

RESET = struct.pack("ii", 1, 0)


class ClosableProtocol(H11Protocol):
    """One connection; a request that is cut off closes it without a word on stderr."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # like uvicorn's own
        """Let every request of this connection know it."""
        super().connection_made(transport)
        self._lost = asyncio.Event()
        self.app = _Closable(self.app, self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits for the end."""
        super().connection_lost(exc)
        self._lost.set()

    async def hang_up(self, *, reset: bool) -> None:
        """Close the connection; return when it is closed."""
        if reset:
            if not self.transport.is_closing():
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self.transport.abort()
        else:
            self.transport.close()
        await self._lost.wait()


class _Closable:
    def __init__(self, app: ASGIApp, connection: ClosableProtocol) -> None:
        self._app = app
        self._connection = connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[EXTENSION] = self._connection
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:  # the server stops: uvicorn would print a traceback
            await self._connection.hang_up(reset=True)
