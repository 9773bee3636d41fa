"""A server that says what a test tells it to, over real sockets."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted answer.

    Attributes:
        status: of the answer.
        body: bytes as they are, anything else as JSON.
        headers: beside Content-Length.
        missing: bytes that are announced and never sent; the connection is closed instead.
        raw: sent instead of an answer, then the connection is closed.
        ending: `hang` sends nothing until the test ends, `reset` sends a TCP reset.
    """

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    missing: int = 0
    raw: bytes | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Server(ThreadingHTTPServer):
    """Gives the scripted replies in turn, the last one for ever."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *replies: Reply) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.replies = deque(replies)
        self.received: list[Received] = []
        self.connections = 0
        self.pause = 0.0
        self.lock = threading.Lock()
        self.finished = threading.Event()
        self.gate = threading.Barrier(1)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about clients that leave early; tests want them to."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def next_reply(self) -> Reply:
        with self.lock:
            return self.replies.popleft() if len(self.replies) > 1 else self.replies[0]


class Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without it the kernel holds the body back until the client has acknowledged the header.
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        received = Received(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        with self.server.lock:
            self.server.received.append(received)
            early = len(self.server.received) <= self.server.gate.parties
        if early:
            self.server.gate.wait(10)
        self.server.finished.wait(self.server.pause)
        self._give(self.server.next_reply())

    do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the base class looks for these names

    def _give(self, reply: Reply) -> None:
        self.close_connection = bool(reply.ending or reply.missing or reply.raw is not None)
        if reply.ending == "hang":
            self.server.finished.wait(60)  # longer than any test waits for a request that has to break off
        elif reply.ending == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # The object underneath: the server shuts its own down properly, which would be no reset.
            socket.socket.close(self.connection)
        elif reply.raw is not None:
            self.wfile.write(reply.raw)
        else:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response_only(reply.status)
        for name, value in ({"Content-Type": "application/json"} | dict(reply.headers)).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) + reply.missing))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(*replies: Reply, pause: float = 0.0, together: int = 1) -> Iterator[Server]:
    """A running server on a free port of the loopback interface.

    Args:
        replies: given in turn, the last one for ever.
        pause: seconds before each.
        together: so many requests are let in before the first is answered.
    """
    with Server(*replies) as server:
        server.pause, server.gate = pause, threading.Barrier(together)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.finished.set()
        server.shutdown()
        thread.join()
