"""Puts an application on a port: in a thread for tests, or in the foreground for the command line.

Unlike ASGI, this server lets the application close the connection that a request came over.
"""

from __future__ import annotations

import asyncio
import selectors
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

# Never another address: the key of an emulator is known to everybody.
_LOOPBACK: Final = "127.0.0.1"
_HIGHEST_PORT: Final = 65535
_START_SECONDS: Final = 10.0
# Longer than clients keep idle connections: a server that hangs up first makes the next request fail.
_KEEP_ALIVE_SECONDS: Final = 120
# Requests that still run this long after a stop are cut off.
_GRACE_SECONDS: Final = 2
_EXTENSION: Final = "revox_sync.connection"
# SO_LINGER on, for 0 seconds: closing the socket then sends a TCP reset.
_RESET: Final = struct.pack("ii", 1, 0)


def serve(app: Starlette, *, port: int, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until SIGINT or SIGTERM arrives, then return; prints nothing.

    Args:
        port: 0 takes a free one.
        ready: called with the base URL, such as `http://127.0.0.1:8787/api`, once requests are answered.

    Raises:
        OSError: the port is taken or does not exist.
    """
    with _listening(port) as listener:
        _Server(app, lambda: ready(_base_url(listener))).run(sockets=[listener])


@contextmanager
def running(app: Starlette) -> Iterator[str]:
    """Serve on a free port, in a thread, while the block runs; its value is the base URL."""
    started = threading.Event()
    with _listening(0) as listener:
        server = _Server(app, started.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="emulator", daemon=True)
        thread.start()
        try:
            if not started.wait(_START_SECONDS):
                raise TimeoutError(f"the emulator did not start within {_START_SECONDS:.0f} seconds")
            yield _base_url(listener)
        finally:
            server.should_exit = True
            thread.join()


async def hang_up(scope: Scope, *, reset: bool = False) -> None:
    """Close the connection of a request; return when it is closed.

    Args:
        reset: close it with a TCP reset, which also discards what is still on its way.

    Raises:
        RuntimeError: the server cannot do that; `serve` and `running` can.
    """
    connection: _ClosableProtocol | None = scope.get("extensions", {}).get(_EXTENSION)
    if connection is None:
        raise RuntimeError("faults that close connections need the emulator's own server")
    await connection.hang_up(reset=reset)


class _ClosableProtocol(H11Protocol):
    """One connection; its requests can find and close it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # like uvicorn's own
        super().connection_made(transport)
        self._lost = asyncio.Event()
        self.app = self._with_connection(self.app)

    def connection_lost(self, exc: Exception | None) -> None:
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


class _Server(uvicorn.Server):
    """uvicorn that says when it answers, and returns after a signal."""

    def __init__(self, app: Starlette, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_ClosableProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        self._ready = ready

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        with asyncio.Runner(loop_factory=_punctual_loop) as runner:
            runner.run(self.serve(sockets))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn's own time limit prints what it cuts off, but faults make requests wait on purpose.
        asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._cut_off)
        await super().shutdown(sockets)

    def _cut_off(self) -> None:
        for task in self.server_state.tasks:
            task.cancel()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own version raises the signal again at the end, which would print a traceback. Only the main thread
        # can have signal handlers.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _punctual_loop() -> asyncio.AbstractEventLoop:
    # The usual selector waits in whole milliseconds: delayed answers would be late, and several would come at once.
    return asyncio.SelectorEventLoop(selectors.SelectSelector())


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    refused = f"cannot listen on {_LOOPBACK} port {port}"
    if not 0 <= port <= _HIGHEST_PORT:
        raise OSError(f"{refused}: ports are numbers from 0 to {_HIGHEST_PORT}; port 0 takes a free one")
    try:
        listener = socket.create_server((_LOOPBACK, port))
    except OSError as error:
        # What follows " (while" repeats the address.
        reason = str(error.strerror).partition(" (while")[0]
        raise OSError(f"{refused}: {reason}; port 0 takes a free one") from error
    with listener:
        # Connections inherit this option. asyncio sets it only on sockets made with an explicit protocol number, and
        # without it every answer waits some 40 ms for the client's delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _base_url(listener: socket.socket) -> str:
    return f"http://{_LOOPBACK}:{listener.getsockname()[1]}/api"
