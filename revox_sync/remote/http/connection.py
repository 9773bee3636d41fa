"""Connections to an endpoint: one request at a time on each, and the ways it ends without an answer.

The only module that loads httpx, so that it is always loaded without httpx's command line program.
"""

from __future__ import annotations

import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import LifoQueue
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from revox_sync.errors import ConfigError, UnreachableError
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.deadline import DeadlineWatch
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.response import Answer, unreadable
from revox_sync.remote.redaction.error_text import printable_line, server_words

# httpx imports its program along with itself, and with it rich, pygments and click: 45 of 120 ms. None among the loaded
# modules says that there is no such module (Python reference, "The module cache"), a case httpx is prepared for.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # typeshed knows modules only

import httpx  # noqa: E402 - must follow the line above

_ANSWER_LIMIT: Final = 128 * 1024 * 1024
_REFUSAL_LIMIT: Final = 64 * 1024
_CONNECT_SECONDS: Final = 10.0
_WAITS: Final = ("read", "write", "pool")
"""What else a request may wait for."""
# httpx raises these before it sends the first byte.
_NEVER_SENT: Final = (httpx.InvalidURL, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
# Both expand to a bounded size: 64 KB on the wire are at most 66 MB. Brotli and zstd have no such bound.
_ENCODINGS: Final = ("gzip", "deflate")
_VARIABLES: Final = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
)
_NETWORK_HINT: Final = "check the network, REVOX_BASE_URL and the proxy settings"
_EMULATE_HINT: Final = "nothing listens on port {port}; `revox-sync emulate{on}` starts a local API in another terminal"
_EMULATOR_PORT: Final = 8787
_TLS_HINT: Final = "where a company signs certificates itself, SSL_CERT_FILE names the file with its authority"
_PROXY_HINT: Final = "HTTPS_PROXY, HTTP_PROXY and ALL_PROXY name the proxy; NO_PROXY=HOST goes around it"
_SOCKS_HINT: Final = "a SOCKS proxy needs one more package: pip install 'revox-sync[socks]'"
# As the libraries requests and curl name it; those of OpenSSL, which httpx reads, go first.
_OTHER_BUNDLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class HttpConnection:
    """One connection to an endpoint, for one thread at a time; it is opened when needed and kept open."""

    def __init__(
        self, network: httpx.BaseTransport, endpoint: Endpoint, headers: httpx.Headers, watch: DeadlineWatch
    ) -> None:
        self._network = network
        self._endpoint = endpoint
        self._headers = headers
        self._watch = watch
        self._stream: Any = None

    def exchange(self, method: str, path: str, content: bytes | None, seconds: float) -> Answer:
        """Send one request and read the whole answer within so many seconds.

        Raises:
            UnreachableError: there is no whole answer, or it is larger than 128 MB.
        """
        call = f"{method} {path}"
        failure: UnreachableError | None = None
        with self._watch.limit(seconds, self.break_off) as deadline:
            try:
                answer = self._answer(method, path, content, seconds)
            except (httpx.RequestError, httpx.InvalidURL) as error:
                failure = self._failure(call, error)
        # Raised here and not above: httpx's error carries the request, and with it the key.
        if failure is not None and (failure.never_sent or not deadline.reached):
            raise failure
        # An answer without a length looks complete when its connection is cut off.
        if deadline.reached:
            raise _too_late(call)
        return answer

    def _answer(self, method: str, path: str, content: bytes | None, seconds: float) -> Answer:
        # Not with an httpx client: its redirects, cookies, hooks and ways to log in are a fifth of the work for a
        # request, and none of them is wanted.
        request = httpx.Request(
            method,
            f"{self._endpoint.base_url}{path}",
            headers=self._headers if content is None else [*self._headers.raw, (b"Content-Type", b"application/json")],
            content=content,
            extensions={
                "timeout": {"connect": min(seconds, _CONNECT_SECONDS), **dict.fromkeys(_WAITS, seconds)},
                "trace": self._trace,
            },
        )
        response = self._network.handle_request(request)
        try:
            return Answer(response.status_code, response.headers, _body(f"{method} {path}", response))
        finally:
            response.close()

    def _failure(self, call: str, error: httpx.RequestError | httpx.InvalidURL) -> UnreachableError:
        reason = server_words(str(error).encode("utf-8", "replace"), self._endpoint.secrets).rstrip(".")
        if isinstance(error, _NEVER_SENT):
            return UnreachableError(
                f"no connection to {self._endpoint.shown}: {reason or 'timed out'}",
                end="never-sent",
                hint=_hint(self._endpoint, error),
            )
        if isinstance(error, httpx.TimeoutException):
            return _too_late(call)
        return UnreachableError(f"no complete answer to {call}: {reason or type(error).__name__}", end="reset")

    def _trace(self, event: str, details: dict[str, Any]) -> None:
        # The documented way to the socket before there is an answer. TLS replaces the first stream by its own.
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = details["return_value"]

    def break_off(self) -> None:
        """Break the connection, even while another thread reads from it or writes to it."""
        stream = self._stream
        wire = stream.get_extra_info("socket") if stream is not None else None
        if wire is not None:
            # The peer may have closed it already.
            with suppress(OSError):
                # The base class's method: only the thread that uses a TLS socket may shut TLS down properly.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection; no thread may be using it."""
        self._network.close()


class ConnectionPool:
    """Connections to one endpoint, shared by threads; each is one httpx transport that one thread uses at a time.

    A connection is made when there is no free one.

    Threads do not share a transport: its pool costs the square of its connections (at 32, half the rate is left),
    and it now and then closes a connection on which another thread has just sent a request.

    Raises:
        ConfigError: the environment's proxy or certificate settings cannot be used.
    """

    def __init__(self, endpoint: Endpoint, settings: ClientSettings) -> None:
        self._make_network = _network_maker(endpoint, settings)
        self._endpoint = endpoint
        self._headers = httpx.Headers(
            {
                "Accept": "application/json",
                "Accept-Encoding": ", ".join(_ENCODINGS),
                "Connection": "keep-alive",
                "User-Agent": settings.agent,
                "Authorization": f"Bearer {endpoint.key.reveal()}",
            }
        )
        self._watch = DeadlineWatch(settings.clock)
        self._all: list[HttpConnection] = []
        self._changing = threading.Lock()
        # Last in, first out: few threads need few connections, and those stay warm. None stands for one to be made.
        self._free: LifoQueue[HttpConnection | None] = LifoQueue()
        for _ in range(max(settings.connections, settings.most_connections) - 1):
            self._free.put(None)
        self._free.put(self._made())

    @contextmanager
    def borrowed(self) -> Iterator[HttpConnection]:
        """A connection that no other thread uses; waits until one is free."""
        connection = self._free.get()
        try:
            connection = connection or self._made()  # one more than were ever needed at once
            yield connection
        finally:
            self._free.put(connection)

    def _made(self) -> HttpConnection:
        connection = HttpConnection(self._make_network(), self._endpoint, self._headers, self._watch)
        with self._changing:
            self._all.append(connection)
        return connection

    def break_off(self) -> None:
        """Break every connection; their requests end without an answer."""
        with self._changing:
            connections = [*self._all]
        for connection in connections:
            connection.break_off()

    def close(self) -> None:
        """Close every connection."""
        self._watch.close()
        for connection in self._all:
            connection.close()


def _network_maker(endpoint: Endpoint, settings: ClientSettings) -> Callable[[], httpx.BaseTransport]:
    """What makes transports of one connection; it raises ConfigError where the environment allows none."""
    tls: ssl.SSLContext | None = None

    def make() -> httpx.BaseTransport:
        nonlocal tls
        if settings.transport is not None:
            return settings.transport
        try:
            # One TLS context for all of them: loading the authorities takes longer than many a command.
            tls = tls or _tls_context(endpoint)
            return httpx.HTTPTransport(
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1), verify=tls, proxy=_proxy(endpoint)
            )
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
            problem = type(error).__name__
            socks = isinstance(error, ImportError)
        # Raised here and not above: the error may quote a proxy URL, and with it a password.
        raise ConfigError(
            f"the proxy or certificate settings of the environment cannot be used ({problem})",
            hint=_SOCKS_HINT if socks else f"check {', '.join(_VARIABLES[:-1])} and {_VARIABLES[-1]}",
        )

    return make


def _tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    if endpoint.base_url.startswith("https:"):
        bundle = next((named for name in _OTHER_BUNDLES if (named := os.environ.get(name))), None)
        if bundle is not None and not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
            is_folder = Path(bundle).is_dir()
            return ssl.create_default_context(
                cafile=None if is_folder else bundle, capath=bundle if is_folder else None
            )
        return httpx.create_ssl_context()
    # Never used for http://; it only keeps httpx from loading the authorities.
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _body(call: str, response: httpx.Response) -> bytearray:
    limit = _ANSWER_LIMIT if response.is_success else _REFUSAL_LIMIT
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity", *_ENCODINGS}:
        if response.is_success:
            raise unreadable(call, f"in an encoding that was asked for ({printable_line(encoding)[:80]})")
        return bytearray()
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > limit:
            break
    if response.is_success and len(content) > limit:
        raise unreadable(call, f"usable: it is larger than {limit // 1024 // 1024} MB")
    # The first words of a refusal are enough, so it is cut and not refused.
    del content[limit:]
    return content


def _hint(endpoint: Endpoint, error: Exception) -> str:
    """What to look at where no connection was made."""
    if _is_caused(error, ssl.SSLError):
        return _TLS_HINT
    if isinstance(error, httpx.ProxyError) or _proxy(endpoint):
        return _PROXY_HINT
    if endpoint.is_loopback and _is_caused(error, ConnectionRefusedError):
        port = httpx.URL(endpoint.base_url).port or 80
        on = "" if port == _EMULATOR_PORT else f" --port {port}"
        return _EMULATE_HINT.format(port=port, on=on)
    return _NETWORK_HINT


def _proxy(endpoint: Endpoint) -> str | None:
    """The proxy that the environment names for an endpoint."""
    url, proxies = urlsplit(endpoint.base_url), getproxies()
    hosts = (url.netloc, url.hostname or "")
    # A proxy cannot reach this machine's loopback addresses.
    if endpoint.is_loopback or any(map(proxy_bypass, hosts)):
        return None
    # Beside what urllib knows, httpx takes a star and URLs in NO_PROXY.
    avoided = {name.strip() for name in proxies.get("no", "").split(",")}
    if not avoided.isdisjoint({"*", *(f"{url.scheme}://{host}" for host in hosts)}):
        return None
    named = proxies.get(url.scheme) or proxies.get("all")
    return named if not named or "://" in named else f"http://{named}"


def _is_caused(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether an error comes from another one, such as the operating system's."""
    # It is somewhere in the chain of contexts: httpx's pool drops the cause.
    while not isinstance(error, kind):
        if error.__context__ is None:
            return False
        error = error.__context__
    return True


def _too_late(call: str) -> UnreachableError:
    return UnreachableError(
        f"no answer to {call} in time", end="timeout", hint="try again, or allow more time with --timeout"
    )
