"""Connections that the application closes, as a client sees it."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from revox_sync.emulator.app import create_app
from revox_sync.emulator.connection import hang_up
from revox_sync.emulator.faults import Fault
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from tests.emulator.conftest import SCHEMAS


@pytest.mark.parametrize("reset", [False, True])
def test_a_connection_is_closed_or_reset(reset: bool) -> None:  # noqa: FBT001 - a case
    closed: list[bool] = []

    async def app(scope: Scope, _: Receive, __: Send) -> None:
        await hang_up(scope, reset=reset)
        closed.append(reset)

    with running(Starlette(routes=[Mount("", app=app)])) as url:
        address = urlsplit(url)
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            if reset:
                with pytest.raises(ConnectionResetError):
                    connection.recv(100)
            else:
                assert connection.recv(100) == b""
    assert closed == [reset]


def test_a_server_that_cannot_hang_up_says_so() -> None:
    with Store(None) as store:
        app = create_app(SCHEMAS, store, EmulatorSettings(faults=(Fault("drop-before", 1),)))
        request = httpx.Request("GET", "http://emulator/api/voices")
        with pytest.raises(RuntimeError, match="need the emulator's own server"):
            asyncio.run(httpx.ASGITransport(app).handle_async_request(request))
