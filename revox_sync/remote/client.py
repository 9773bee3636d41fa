"""The Revox API for assistants, one method per call; endpoints and shapes from api/README."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from revox_sync.errors import NotAuthorisedError, RejectedError, UsageError
from revox_sync.remote.answer import Answer, document, flag, listed, mapping, refusal, unreadable, wrapped
from revox_sync.remote.connection import Connections
from revox_sync.remote.endpoint import Endpoint
from revox_sync.remote.wire import Body, encode

NAMED: Final = ("id", "name")


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One finished request, for people who watch; it holds no body and no key.

    Attributes:
        method: such as GET.
        path: below the base URL.
        status: None when there was no answer.
        seconds: from sending to the end of the answer.
    """

    method: str
    path: str
    status: int | None
    seconds: float


class Client:
    """The API of one endpoint; its methods may be called by many threads at once.

    Every method raises `UnreachableError` (no answer, or none that fits the documentation), `NotAuthorisedError`
    (401, 403) or `RejectedError` (any other refusal, redirects too). Nothing is tried twice.

    Args:
        endpoint: where, and with which key.
        timeout: seconds the server may be silent before a request is given up.
        connections: at most so many at once.
        transport: instead of the network.
        observe: called after each request, by the thread that made it.
        agent: the User-Agent header.
        clock: seconds, for `RequestSeen`.
    """

    def __init__(  # noqa: PLR0913 - independent settings, all but the first by name
        self,
        endpoint: Endpoint,
        *,
        timeout: float = 30.0,
        connections: int = 8,
        transport: httpx.BaseTransport | None = None,
        observe: Callable[[RequestSeen], None] | None = None,
        agent: str = "revox-sync",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = endpoint.key
        self._observe = observe
        self._clock = clock
        self._connections = Connections(
            endpoint, timeout=timeout, connections=connections, transport=transport, agent=agent
        )

    def list_assistants(self) -> list[dict[str, Any]]:
        """All assistants but sub-assistants, which the API leaves out of the list."""
        call, answer = self._call("GET", "/assistants")
        return listed(call, answer, "assistants", NAMED)

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None when the API says that there is none (404)."""
        try:
            call, answer = self._call("GET", _path(assistant_id))
        except RejectedError as refused:
            if refused.status != 404:
                raise
            return None
        return mapping(call, answer, NAMED, "the assistant")

    def create_assistant(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The new assistant. Not idempotent: after an error other than a refusal it may exist all the same."""
        call, answer = self._call("POST", "/assistants", encode(body))
        return mapping(call, wrapped(call, answer, "assistant"), NAMED, "`assistant`")

    def update_assistant(self, assistant_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The assistant after its top-level fields in `body` were replaced."""
        call, answer = self._call("PATCH", _path(assistant_id), encode(body))
        return mapping(call, wrapped(call, answer, "assistant"), NAMED, "`assistant`")

    def delete_assistant(self, assistant_id: str) -> bool:
        """Whether it was deleted; False when it was already gone (404)."""
        try:
            call, answer = self._call("DELETE", _path(assistant_id))
        except RejectedError as refused:
            if refused.status != 404:
                raise
            return False
        if not flag(call, answer, "success"):
            raise unreadable(call, "a confirmation: `success` is false")
        return True

    def voices(self) -> list[dict[str, Any]]:
        """The voices an assistant can have."""
        call, answer = self._call("GET", "/voices")
        return listed(call, answer, "voices", ("id", "provider"))

    def phone_numbers(self) -> list[dict[str, Any]]:
        """The phone numbers of the organisation."""
        call, answer = self._call("GET", "/phone-numbers")
        return listed(call, answer, "phone_numbers", ("id", "phone_number"))

    def auth_status(self) -> bool:
        """Whether the API accepts the key."""
        try:
            call, answer = self._call("GET", "/auth-status")
        except NotAuthorisedError:
            return False
        return flag(call, answer, "authenticated")

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _call(self, method: str, path: str, body: Body | None = None) -> tuple[str, Any]:
        """Name of the call, for messages, and the JSON of its answer."""
        call = f"{method} {path}"
        answer = self._watched(method, path, body.content if body else None)
        if not answer.accepted:
            raise refusal(call, answer, (self._key.reveal(), *(body.secrets if body else ())))
        return call, document(call, answer)

    def _watched(self, method: str, path: str, content: bytes | None) -> Answer:
        started, status = self._clock(), None
        try:
            answer = self._connections.exchange(method, path, content)
            status = answer.status
        finally:
            if self._observe:
                self._observe(RequestSeen(method, path, status, self._clock() - started))
        return answer


def _path(assistant_id: str) -> str:
    # A server resolves dots even when they are quoted, and an empty id would be the list.
    if assistant_id in {"", ".", ".."}:
        raise UsageError(f"`{assistant_id}` is no assistant id")
    return f"/assistants/{quote(assistant_id, safe='', errors='surrogatepass')}"
