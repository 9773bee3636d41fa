"""Puts an application on a port: in a thread for tests, or in the foreground for the command line."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from revox_sync.emulator.connection import ClosableProtocol

_LOOPBACK: Final = "127.0.0.1"
_HIGHEST_PORT: Final = 65535
_START_SECONDS: Final = 10.0
# Longer than clients keep idle connections: a server that hangs up first makes the next request fail.
_KEEP_ALIVE_SECONDS: Final = 120
# Requests that still run this long after a stop are cut off.
_GRACE_SECONDS: Final = 2


def serve(
    app: Starlette, *, host: str = _LOOPBACK, port: int = 8787, ready: Callable[[str], None] = lambda _: None
) -> None:
    """Serve until SIGINT or SIGTERM arrives, then return; prints nothing.

    Args:
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        ready: called with the base URL, such as `http://127.0.0.1:8787/api`, once requests are answered.

    Raises:
        OSError: the port is taken or the address is not this machine's.
    """
    with _listening(host, port) as listener:
        _Server(app, lambda: ready(_base_url(listener))).run(sockets=[listener])


@contextmanager
def running(app: Starlette, *, host: str = _LOOPBACK, port: int = 0) -> Iterator[str]:
    """Serve in a thread while the block runs; its value is the base URL, such as `http://127.0.0.1:40123/api`.

    Arguments and errors are those of `serve`.
    """
    started = threading.Event()
    with _listening(host, port) as listener:
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


class _Server(uvicorn.Server):
    """uvicorn that says when it answers, and returns after a signal."""

    def __init__(self, app: Starlette, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                http=ClosableProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            )
        )
        self._ready = ready

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


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    refused = f"cannot listen on {host} port {port}"
    if not 0 <= port <= _HIGHEST_PORT:
        raise OSError(f"{refused}: ports are numbers from 0 to {_HIGHEST_PORT}; port 0 takes a free one")
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
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
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/api" if ":" in host else f"http://{host}:{port}/api"
