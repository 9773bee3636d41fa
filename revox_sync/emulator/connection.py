"""Connections that the application can close: HTTP/1.1 by uvicorn and h11, with what ASGI has no word for."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_EXTENSION: Final = "revox_sync.connection"
# SO_LINGER on, for 0 seconds: closing the socket then sends a TCP reset.
_RESET: Final = struct.pack("ii", 1, 0)


async def hang_up(scope: Scope, *, reset: bool = False) -> None:
    """Close the connection of a request; return when it is closed.

    Args:
        reset: close it with a TCP reset, which also discards what is still on its way.

    Raises:
        RuntimeError: the server cannot do that; `serve` and `running` can.
    """
    connection: ClosableProtocol | None = scope.get("extensions", {}).get(_EXTENSION)
    if connection is None:
        raise RuntimeError("faults that close connections need the emulator's own server")
    await connection.hang_up(reset=reset)


class ClosableProtocol(H11Protocol):
    """One connection; its requests can find and close it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # like uvicorn's own
        """Let every request of this connection know it."""
        super().connection_made(transport)
        self._lost = asyncio.Event()
        self.app = self._with_connection(self.app)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake whoever waits for the end."""
        super().connection_lost(exc)
        self._lost.set()

    async def hang_up(self, *, reset: bool) -> None:
        """Close the connection; return when it is closed."""
        if reset:
            if not self.transport.is_closing():
                self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.transport.abort()
        else:
            self.transport.close()
        await self._lost.wait()

    def _with_connection(self, app: ASGIApp) -> ASGIApp:
        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[_EXTENSION] = self
            try:
                await app(scope, receive, send)
            # The server stops and cuts the request off; uvicorn would print a traceback.
            except asyncio.CancelledError:
                await self.hang_up(reset=True)

        return call
