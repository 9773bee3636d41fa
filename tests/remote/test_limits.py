"""The time one request may take, however its server spends it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx
import pytest

from revox_sync.errors import UnreachableError
from revox_sync.remote.client import Client
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.values.secret import Secret
from tests.remote.test_client import CALLS, KEY
from tests.remote.traces import traces

DRIPS: Final = {
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    "body without a length": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
    "header": b"HTTP/1.1 200 OK\r\nX-",
    "informational answers": b"",
}


@contextmanager
def dripping(start: bytes, drop: bytes) -> Iterator[str]:
    """A server that sends a little now and then and never comes to an end, and its base URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(start)
                try:
                    while True:
                        connection.sendall(drop)
                        time.sleep(0.02)
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize("kind", DRIPS)
def test_a_server_that_drips_is_cut_off(kind: str) -> None:
    drop = b"HTTP/1.1 103 Early Hints\r\n\r\n" if kind == "informational answers" else b" "
    with dripping(DRIPS[kind], drop) as base_url:
        started = time.monotonic()
        with Client(Endpoint(base_url, Secret(KEY)), timeout=0.3) as client, pytest.raises(UnreachableError) as caught:
            client.list_assistants()
        assert time.monotonic() - started < 1
    assert caught.value.end == "timeout"
    assert caught.value.message == "no answer to GET /assistants in time"
    assert "canary" not in traces(caught.value)


def test_a_connection_that_takes_too_long_proves_that_nothing_was_sent() -> None:
    def connect(request: httpx.Request) -> httpx.Response:
        time.sleep(0.2)
        raise httpx.ConnectTimeout("too long", request=request)

    transport = httpx.MockTransport(connect)
    with (
        Client(Endpoint("https://api.example", Secret(KEY)), timeout=0.1, transport=transport) as client,
        pytest.raises(UnreachableError) as caught,
    ):
        CALLS["POST /assistants"](client)
    assert caught.value.end == "never-sent"
