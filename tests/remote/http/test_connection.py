"""Connections: one thread, many threads, proxies, what the environment says, and the time one request may take."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import httpx
import pytest

from revox_sync.errors import ConfigError, UnreachableError
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.values.secret import Secret
from tests.call_counts import call_counts
from tests.remote.calls import ANN, CALLS, KEY, ONCE, client_of
from tests.remote.http.timeless import Clock, SlowNetwork, timeless
from tests.remote.server import Reply, serving
from tests.remote.traces import traces


def test_one_thread_keeps_its_connection() -> None:
    with serving(Reply(body=ANN)) as server, client_of(server, connections=32) as client:
        for _ in range(20):
            client.get_assistant("asst_1")
    assert server.connections == 1


@pytest.mark.parametrize(("threads", "connections"), [(8, 8), (32, 32), (32, 8), (20, 20)])
def test_threads_share_a_client(threads: int, connections: int) -> None:
    """All connections are used at once, and no more than those."""
    with (
        serving(Reply(body=ANN), together=connections) as server,
        client_of(server, connections=connections) as client,
        ThreadPoolExecutor(threads) as pool,
    ):
        assert list(pool.map(client.get_assistant, ["asst_1"] * threads * 5)) == [ANN] * threads * 5
    assert server.connections == connections


def test_one_thread_keeps_all_time_limits() -> None:
    """A timer for each request would be a thread for each request."""
    with (
        serving(Reply(body=ANN), together=8) as server,
        client_of(server, connections=8) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        before = set(threading.enumerate())
        list(pool.map(client.get_assistant, ["asst_1"] * 40))
        (watch,) = (thread for thread in set(threading.enumerate()) - before if thread.name == "time limits")
    watch.join(5)
    assert not watch.is_alive()


def test_waiting_for_an_own_connection_is_no_silence() -> None:
    clock = Clock()
    with (
        serving(Reply(body=ANN)) as server,
        timeless(server, clock, connections=1, transport=SlowNetwork(clock), timeout=0.5) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        assert list(pool.map(client.get_assistant, ["asst_1"] * 8)) == [ANN] * 8


def test_netrc_does_not_replace_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(Reply(body=ANN)) as server, client_of(server) as client:
        client.get_assistant("asst_1")
    assert server.received[0].headers["Authorization"] == f"Bearer {KEY}"


def test_what_is_sent_besides_the_path() -> None:
    with serving(Reply(body=ANN), Reply(body={"assistant": ANN})) as server, client_of(server) as client:
        client.get_assistant("asst_1")
        client.create_assistant({"name": "Ann"})
    first, second = (dict(each.headers) for each in server.received)
    assert first == {
        "Host": server.base_url.split("/")[2],
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "keep-alive",
        "User-Agent": "revox-sync",
        "Authorization": f"Bearer {KEY}",
    }
    assert second == first | {"Content-Type": "application/json", "Content-Length": second["Content-Length"]}


def test_cookies_are_not_kept() -> None:
    cookie = Reply(body=ANN, headers={"Set-Cookie": "session=1"})
    with serving(cookie, Reply(body=ANN)) as server, client_of(server) as client:
        client.get_assistant("asst_1")
        client.get_assistant("asst_1")
    assert "Cookie" not in server.received[1].headers


def test_a_request_costs_what_it_needs() -> None:
    """Redirects, cookies, hooks and ways to log in are a fifth of httpx's work for a request."""
    with serving(Reply(body=ANN)) as server, client_of(server) as client:
        calls = call_counts(lambda: client.get_assistant("asst_1"))
    assert calls["HTTPTransport.handle_request"] == 1
    assert calls["Client.send"] == calls["Cookies.__init__"] == 0


HASTILY: Final = ClientSettings(policy=ONCE)
PROXIES: Final = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
)


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_proxy")
def test_loopback_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Reply(502)) as proxy, serving(Reply(body=ANN)) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
        monkeypatch.setenv("ALL_PROXY", proxy.base_url)
        with client_of(server) as client:
            assert client.get_assistant("asst_1") == ANN
    assert proxy.received == []


@pytest.mark.usefixtures("no_proxy")
def test_other_hosts_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Reply(body=ANN)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url)
        with Client(Endpoint("http://api.invalid/api", Secret(KEY))) as client:
            assert client.get_assistant("asst_1") == ANN
    assert proxy.received[0].path == "http://api.invalid/api/assistants/asst_1"


@pytest.mark.usefixtures("no_proxy")
@pytest.mark.parametrize(
    ("avoided", "is_used"),
    [
        ("", True),
        ("elsewhere.invalid, other.invalid", True),
        ("wwwapi.invalid", True),
        ("api.invalid:81", True),
        ("https://api.invalid", True),
        ("api.invalid", False),
        ("elsewhere.invalid, API.INVALID", False),
        ("invalid", False),
        (".invalid", False),
        ("api.invalid:80", False),
        ("http://api.invalid:80", False),
        ("elsewhere.invalid, *", False),
        ("*", False),
    ],
)
def test_whom_no_proxy_names(monkeypatch: pytest.MonkeyPatch, avoided: str, is_used: bool) -> None:  # noqa: FBT001
    with serving(Reply(body=ANN)) as proxy:
        # As many write it, without `http://`.
        monkeypatch.setenv("ALL_PROXY", proxy.base_url.removeprefix("http://").removesuffix("/api"))
        monkeypatch.setenv("NO_PROXY", avoided)
        with Client(Endpoint("http://api.invalid:80/api", Secret(KEY)), HASTILY) as client:
            if is_used:
                assert client.get_assistant("asst_1") == ANN
            else:
                with pytest.raises(UnreachableError, match="no connection"):
                    client.get_assistant("asst_1")
    assert bool(proxy.received) == is_used


@pytest.mark.usefixtures("no_proxy")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "gopher://user:canary-pw@one.example"),
        ("HTTPS_PROXY", "http://user:canary-pw@one.example:port"),
        ("SSL_CERT_FILE", "/nowhere/canary.pem"),
    ],
)
def test_unusable_environment(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigError, match="proxy or certificate settings") as caught:
        Client(Endpoint("https://api.example", Secret(KEY)))
    assert variable in str(caught.value.hint)
    assert "canary" not in traces(caught.value)


@pytest.mark.usefixtures("no_proxy")
def test_a_proxy_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    endpoint = Endpoint("https://api.example", Secret(KEY))
    with Client(endpoint, HASTILY) as client, pytest.raises(UnreachableError) as caught:
        client.get_assistant("asst_1")
    assert caught.value.hint == "HTTPS_PROXY, HTTP_PROXY and ALL_PROXY name the proxy; NO_PROXY=HOST goes around it"


@pytest.mark.usefixtures("no_proxy")
@pytest.mark.skipif(find_spec("socksio") is not None, reason="the extra `socks` is installed")
def test_socks_needs_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://user:canary-pw@one.example")
    with pytest.raises(ConfigError) as caught:
        Client(Endpoint("https://api.example", Secret(KEY)))
    assert "pip install 'revox-sync[socks]'" in str(caught.value.hint)
    assert "canary" not in traces(caught.value)


@pytest.mark.parametrize(("port", "on"), [(9, " --port 9")])
def test_the_port_that_was_tried_is_named(port: int, on: str) -> None:
    endpoint = Endpoint(f"http://127.0.0.1:{port}", Secret(KEY))
    with Client(endpoint, HASTILY) as client, pytest.raises(UnreachableError) as caught:
        client.get_assistant("asst_1")
    assert caught.value.hint == (
        f"nothing listens on port {port}; `revox-sync emulate{on}` starts a local API in another terminal"
    )


@contextmanager
def tls_server(folder: Path) -> Iterator[tuple[str, Path]]:
    """A server with a certificate that it has signed itself: its URL, and the file of the certificate."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days"]
    made += ["2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = json.dumps(ANN).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(HTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that does not trust the certificate hangs up."""

    server = Quiet(("127.0.0.1", 0), Answers)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", certificate
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
@pytest.mark.usefixtures("no_proxy")
def test_a_certificate_that_nobody_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with tls_server(tmp_path) as (base_url, certificate):
        endpoint = Endpoint(base_url, Secret(KEY))
        with Client(endpoint, HASTILY) as client, pytest.raises(UnreachableError) as caught:
            client.get_assistant("asst_1")
        assert "SSL_CERT_FILE" in str(caught.value.hint)
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, str(certificate))
            with Client(endpoint, HASTILY) as client:
                assert client.get_assistant("asst_1") == ANN
            monkeypatch.delenv(name)


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
    with (
        dripping(DRIPS[kind], drop) as base_url,
        Client(Endpoint(base_url, Secret(KEY)), ClientSettings(timeout=0.3)) as client,
        pytest.raises(UnreachableError) as caught,
    ):
        client.list_assistants()  # the server never ends by itself
    assert caught.value.end == "timeout"
    assert caught.value.message == "no answer to GET /assistants in time"
    assert "canary" not in traces(caught.value)


def test_a_connection_that_takes_too_long_proves_that_nothing_was_sent() -> None:
    def connect(request: httpx.Request) -> httpx.Response:
        time.sleep(0.2)
        raise httpx.ConnectTimeout("too long", request=request)

    settings = ClientSettings(timeout=0.1, transport=httpx.MockTransport(connect))
    with (
        Client(Endpoint("https://api.example", Secret(KEY)), settings) as client,
        pytest.raises(UnreachableError) as caught,
    ):
        CALLS["POST /assistants"](client)
    assert caught.value.end == "never-sent"
