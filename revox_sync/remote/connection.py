"""Requests on the wire: connections that scale with threads, and the ways a request ends without an answer."""

from __future__ import annotations

import ssl
from collections.abc import Generator
from queue import LifoQueue
from typing import Final

import httpx

from revox_sync.errors import ConfigError, UnreachableError
from revox_sync.remote.answer import Answer
from revox_sync.remote.endpoint import Endpoint
from revox_sync.remote.words import server_words
from revox_sync.secret import Secret

LARGEST_ANSWER: Final = 64 * 1024 * 1024
LARGEST_REFUSAL: Final = 64 * 1024
NEVER_SENT: Final = (httpx.InvalidURL, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class Bearer(httpx.Auth):
    """Sends the key. Being an explicit choice, it leaves nothing to `.netrc` or to a URL's user part."""

    def __init__(self, key: Secret) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with its Authorization header."""
        request.headers["Authorization"] = f"Bearer {self._key.reveal()}"
        yield request


class Connections:
    """Connections to one endpoint, shared by threads; each is one httpx client that one thread uses at a time.

    Threads do not share a client: its pool costs the square of its connections (half the possible rate is left at 32),
    and it now and then closes a connection on which another thread has just sent a request.

    Args:
        endpoint: where, and with which key.
        timeout: seconds the server may be silent while connecting, reading or writing.
        connections: at most so many at once.
        transport: instead of the network.
        agent: the User-Agent header.

    Raises:
        ConfigError: the environment's proxy or certificate settings cannot be used.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout: float,
        connections: int,
        transport: httpx.BaseTransport | None,
        agent: str,
    ) -> None:
        self._base_url = endpoint.base_url
        self._key = endpoint.key
        self._clients = _clients(endpoint, timeout, connections, transport, agent)
        # Last in, first out: few threads need few connections, and those stay warm.
        self._free: LifoQueue[httpx.Client] = LifoQueue()
        for client in self._clients:
            self._free.put(client)

    def exchange(self, method: str, path: str, content: bytes | None) -> Answer:
        """Send one request and read the whole answer.

        Raises:
            UnreachableError: there is no answer, or one past 64 MB.
        """
        headers = {"Content-Type": "application/json"} if content is not None else {}
        url = f"{self._base_url}{path}"
        client = self._free.get()
        try:
            with client.stream(method, url, content=content, headers=headers) as response:
                return Answer(response.status_code, response.headers, _body(f"{method} {path}", response))
        except (httpx.RequestError, httpx.InvalidURL) as error:
            failure = self._unanswered(f"{method} {path}", error)
        finally:
            self._free.put(client)
        # Raised here and not above: httpx's error carries the request, and with it the key.
        raise failure

    def _unanswered(self, call: str, error: httpx.RequestError | httpx.InvalidURL) -> UnreachableError:
        reason = server_words(str(error).encode("utf-8", "replace"), [self._key.reveal()]).rstrip(".")
        if isinstance(error, NEVER_SENT):
            return UnreachableError(
                f"no connection to {self._base_url}: {reason or 'timed out'}",
                hint="check the network, REVOX_BASE_URL and the proxy settings",
                never_sent=True,
            )
        if isinstance(error, httpx.TimeoutException):
            return UnreachableError(f"no answer to {call} in time", hint="try again, or give it longer with --timeout")
        return UnreachableError(f"no complete answer to {call}: {reason or type(error).__name__}")

    def close(self) -> None:
        """Close every connection."""
        for client in self._clients:
            client.close()


def _clients(
    endpoint: Endpoint, timeout: float, connections: int, transport: httpx.BaseTransport | None, agent: str
) -> list[httpx.Client]:
    try:
        tls = _tls(endpoint)
        return [
            httpx.Client(
                auth=Bearer(endpoint.key),
                headers={"User-Agent": agent, "Accept": "application/json"},
                timeout=timeout,
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
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > limit:
            break
    if response.is_success and len(content) > limit:
        raise UnreachableError(f"the answer to {call} is larger than {limit // 1024 // 1024} MB")
    return bytes(content[:limit])
