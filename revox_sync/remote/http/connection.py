"""Requests on the wire: connections that scale with threads, and the ways a request ends without an answer."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from queue import LifoQueue
from typing import Any, Final

from revox_sync.errors import ConfigError, UnreachableError
from revox_sync.remote.http.deadline import DeadlineWatch
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.httpx_import import httpx
from revox_sync.remote.http.response import Answer, unreadable
from revox_sync.remote.redaction.error_text import server_words, tidy
from revox_sync.values.secret import Secret

LARGEST_ANSWER: Final = 128 * 1024 * 1024
LARGEST_REFUSAL: Final = 64 * 1024
LONGEST_CONNECT: Final = 10.0
NEVER_SENT: Final = (httpx.InvalidURL, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
# Those whose expansion is bounded: 64 KB of them on the wire are at most 66 MB.
ENCODINGS: Final = ("gzip", "deflate")
NETWORK_HINT: Final = "check the network, REVOX_BASE_URL and the proxy settings"
EMULATE_HINT: Final = "`revox-sync emulate` starts a local API in another terminal"


class Bearer(httpx.Auth):
    """Sends the key. Being an explicit choice, it leaves nothing to `.netrc` or to a URL's user part."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with its Authorization header."""
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


class HttpConnection:
    """One connection to an endpoint, for one thread at a time; it is made when needed and kept."""

    def __init__(self, client: httpx.Client, endpoint: Endpoint, watch: DeadlineWatch) -> None:
        self._client = client
        self._watch = watch
        self._base_url = endpoint.base_url
        self._is_loopback = endpoint.is_loopback
        self._key = endpoint.key
        self._stream: Any = None

    def exchange(self, method: str, path: str, content: bytes | None, seconds: float) -> Answer:
        """Send one request and read the whole answer, all within so many seconds.

        Raises:
            UnreachableError: there is no whole answer, or one past 128 MB.
        """
        call = f"{method} {path}"
        failure: UnreachableError | None = None
        with self._watch.limit(seconds, self.break_off) as limit:
            try:
                answer = self._answer(call, method, path, content, seconds)
            except (httpx.RequestError, httpx.InvalidURL) as error:
                failure = self._unanswered(call, error)
        # Raised here and not above: httpx's error carries the request, and with it the key.
        if failure is not None and (failure.never_sent or not limit.reached):
            raise failure
        # An answer that ends with its connection looks whole when it was cut off.
        if limit.reached:
            raise _late(call)
        return answer

    def _answer(self, call: str, method: str, path: str, content: bytes | None, seconds: float) -> Answer:
        with self._client.stream(
            method,
            f"{self._base_url}{path}",
            content=content,
            headers={"Content-Type": "application/json"} if content is not None else {},
            timeout=httpx.Timeout(seconds, connect=min(seconds, LONGEST_CONNECT)),
            extensions={"trace": self._trace},
        ) as response:
            return Answer(response.status_code, response.headers, _body(call, response))

    def _unanswered(self, call: str, error: httpx.RequestError | httpx.InvalidURL) -> UnreachableError:
        reason = server_words(str(error).encode("utf-8", "replace"), [self._key.reveal()]).rstrip(".")
        if isinstance(error, NEVER_SENT):
            return UnreachableError(
                f"no connection to {self._base_url}: {reason or 'timed out'}",
                end="never-sent",
                hint=EMULATE_HINT if self._is_loopback and _nobody_listens(error) else NETWORK_HINT,
            )
        if isinstance(error, httpx.TimeoutException):
            return _late(call)
        return UnreachableError(f"no complete answer to {call}: {reason or type(error).__name__}", end="reset")

    def _trace(self, event: str, details: dict[str, Any]) -> None:
        # The documented way to the socket before there is an answer; TLS puts a new one in place of the first.
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._stream = details["return_value"]

    def break_off(self) -> None:
        """Break the connection, whatever another thread is reading from it or writing to it."""
        stream = self._stream
        wire = stream.get_extra_info("socket") if stream is not None else None
        if wire is not None:
            with suppress(OSError):
                # The object underneath: to shut TLS down properly is for the thread that uses it.
                socket.socket.shutdown(wire, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it; no thread may be using it."""
        self._client.close()


class ConnectionPool:
    """Connections to one endpoint, shared by threads; each is one httpx client that one thread uses at a time.

    Threads do not share a client: its pool costs the square of its connections (half the possible rate is left at 32),
    and it now and then closes a connection on which another thread has just sent a request.

    Args:
        endpoint: where, and with which key.
        connections: at most so many at once.
        transport: instead of the network.
        agent: the User-Agent header.

    Raises:
        ConfigError: the environment's proxy or certificate settings cannot be used.
    """

    def __init__(
        self, endpoint: Endpoint, *, connections: int, transport: httpx.BaseTransport | None, agent: str
    ) -> None:
        clients = _clients(endpoint, connections, transport, agent)
        self._watch = DeadlineWatch()
        self._all = [HttpConnection(client, endpoint, self._watch) for client in clients]
        # Last in, first out: few threads need few connections, and those stay warm.
        self._free: LifoQueue[HttpConnection] = LifoQueue()
        for connection in self._all:
            self._free.put(connection)

    @contextmanager
    def borrowed(self) -> Iterator[HttpConnection]:
        """A connection nobody else uses, as soon as there is one."""
        connection = self._free.get()
        try:
            yield connection
        finally:
            self._free.put(connection)

    def break_off(self) -> None:
        """Break every connection; requests on them end without an answer."""
        for connection in self._all:
            connection.break_off()

    def close(self) -> None:
        """Close every connection."""
        self._watch.close()
        for connection in self._all:
            connection.close()


def _clients(
    endpoint: Endpoint, connections: int, transport: httpx.BaseTransport | None, agent: str
) -> list[httpx.Client]:
    try:
        tls = _tls(endpoint)
        return [
            httpx.Client(
                auth=Bearer(endpoint.key),
                headers={
                    "User-Agent": agent,
                    "Accept": "application/json",
                    "Accept-Encoding": ", ".join(ENCODINGS),
                },
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
                verify=tls,
                trust_env=not endpoint.is_loopback,
                transport=transport,
            )
            for _ in range(connections)
        ]
    except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
        problem = type(error).__name__
    raise ConfigError(
        f"the proxy or certificate settings of the environment cannot be used ({problem})",
        hint="check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
    )


def _tls(endpoint: Endpoint) -> ssl.SSLContext:
    """One context for all clients; loading the authorities takes longer than many a command, so http does without."""
    if endpoint.base_url.startswith("https:"):
        return httpx.create_ssl_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _body(call: str, response: httpx.Response) -> bytes:
    limit = LARGEST_ANSWER if response.is_success else LARGEST_REFUSAL
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity", *ENCODINGS}:
        if response.is_success:
            raise unreadable(call, f"in an encoding that was asked for ({tidy(encoding)[:80]})")
        return b""
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > limit:
            break
    if response.is_success and len(content) > limit:
        raise unreadable(call, f"usable: it is larger than {limit // 1024 // 1024} MB")
    return bytes(memoryview(content)[:limit])


def _nobody_listens(error: BaseException) -> bool:
    """Whether the system refused the connection: what it said is below httpx's error, and its pool drops the cause."""
    below: BaseException | None = error
    while below is not None and not isinstance(below, ConnectionRefusedError):
        below = below.__context__
    return below is not None


def _late(call: str) -> UnreachableError:
    return UnreachableError(
        f"no answer to {call} in time", end="timeout", hint="try again, or give it longer with --timeout"
    )
