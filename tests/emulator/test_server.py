from __future__ import annotations

import asyncio
import logging
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from revox_sync.emulator.app import create_app
from revox_sync.emulator.faults import Fault
from revox_sync.emulator.server import hang_up, running, serve
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from tests.emulator.conftest import KEY, SCHEMAS

PROGRAM = """
import sys
from pathlib import Path
from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import serve
from revox_sync.emulator.store import Store

with Store(Path(sys.argv[2])) as store:
    serve(create_app(Path(sys.argv[1]), store), port=0, ready=lambda url: print(url, flush=True))
print("stopped")
"""


def test_running_stops_listening_and_leaves_no_thread() -> None:
    before = threading.active_count()
    with Store(None) as store, running(create_app(SCHEMAS, store)) as url:
        assert url.startswith("http://127.0.0.1:")
        assert url.endswith("/api")
        assert httpx.get(f"{url}/assistants", headers=KEY).json() == {"assistants": []}
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)
    assert threading.active_count() == before


def test_two_at_once_have_ports_of_their_own() -> None:
    with (
        Store(None) as one,
        Store(None) as other,
        running(create_app(SCHEMAS, one)) as first,
        running(create_app(SCHEMAS, other)) as second,
    ):
        assert first != second
        httpx.post(f"{first}/assistants", headers=KEY, json={"name": "x", "prompt": "y"})
        assert httpx.get(f"{second}/assistants", headers=KEY).json() == {"assistants": []}


def test_an_idle_connection_does_not_delay_the_stop() -> None:
    with Store(None) as store, httpx.Client(headers=KEY) as client:
        with running(create_app(SCHEMAS, store)) as url:
            client.get(f"{url}/voices")
        with pytest.raises(httpx.TransportError):
            client.get(f"{url}/voices")


def test_a_client_that_hangs_up_in_the_middle_of_a_body(caplog: pytest.LogCaptureFixture) -> None:
    head = "POST /api/assistants HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer emulator\r\nContent-Length: 100\r\n\r\n{"
    with caplog.at_level(logging.ERROR), Store(None) as store, running(create_app(SCHEMAS, store)) as url:
        address = httpx.URL(url)
        with socket.create_connection((address.host, address.port or 0)) as connection:
            connection.sendall(head.encode())
        assert httpx.get(f"{url}/assistants", headers=KEY).json() == {"assistants": []}
    assert caplog.records == []


def test_a_taken_port() -> None:
    with Store(None) as store, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=rf"cannot listen on 127\.0\.0\.1 port {port}: .*in use.*port 0 takes a free"):
            serve(create_app(SCHEMAS, store), port=port)


@pytest.mark.parametrize("port", [70000, -1])
def test_an_impossible_port(port: int) -> None:
    with Store(None) as store, pytest.raises(OSError, match=f"cannot listen on 127.0.0.1 port {port}: ports are"):
        serve(create_app(SCHEMAS, store), port=port)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM, str(SCHEMAS), str(tmp_path / "emulator.sqlite3")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        created = httpx.post(f"{url}/assistants", headers=KEY, json={"name": "x", "prompt": "y"}).json()["assistant"]
        process.send_signal(number)
        rest, errors = process.communicate(timeout=20)
    assert (process.returncode, rest, errors) == (0, "stopped\n", "")
    with Store(tmp_path / "emulator.sqlite3") as store:
        assert store.find(created["id"]) is not None


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
