"""The Revox API for assistants, one method per call; endpoints and shapes are those of docs/api.md, "Endpoints"."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from revox_sync.errors import NotAuthorisedError, RejectedError, UsageError
from revox_sync.remote.http.connection import ConnectionPool
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.httpx_import import httpx
from revox_sync.remote.http.request_body import encode
from revox_sync.remote.http.request_loop import ClientEnvironment, RequestLoop, RequestSeen
from revox_sync.remote.http.response import (
    assistant,
    assistants,
    flag,
    is_assistant_id,
    numbered_list,
    unreadable,
    unwrapped,
)
from revox_sync.remote.http.retry_policy import RetryPolicy, Uniform

# Long enough for a rate limit that is counted by the minute; also the official SDK's.
TIMEOUT_SECONDS = 60.0


class Client:
    """The API of one endpoint; its methods may be called by many threads at once.

    Every method raises `UnreachableError` (no answer, or none that fits the documentation), `NotAuthorisedError`
    (401, 403) or `RejectedError` (any other refusal, redirects too). What may pass is tried again as long as that can
    do nothing twice: a create only after 429 or when there was no connection. After a 429 every thread waits.

    Args:
        endpoint: where, and with which key.
        timeout: seconds one call may take, with all its requests and the waits between them.
        connections: at most so many at once.
        transport: instead of the network.
        observe: called after each request, by the thread that made it.
        agent: the User-Agent header.
        policy: how often something is tried again, and how fast.
        stop: ends every wait for another attempt at once; the call raises the error it waited for, `interrupted`.
        clock: seconds.
        now: the date, for answers that name one and have none themselves.
        uniform: a random number between two others.
        wait: waits so many seconds or until the run is stopped; whether it is. By default waits for `stop`.
    """

    def __init__(  # noqa: PLR0913 - independent settings, all but the first by name
        self,
        endpoint: Endpoint,
        *,
        timeout: float = TIMEOUT_SECONDS,
        connections: int = 8,
        transport: httpx.BaseTransport | None = None,
        observe: Callable[[RequestSeen], None] | None = None,
        agent: str = "revox-sync",
        policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = partial(datetime.now, UTC),  # noqa: B008 - a function, called later
        uniform: Uniform = random.uniform,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self._stop = stop or threading.Event()
        self._connections = ConnectionPool(endpoint, connections=connections, transport=transport, agent=agent)
        world = ClientEnvironment(clock, now, uniform, wait or self._stop.wait, observe)
        self._calls = RequestLoop(self._connections, endpoint.key, timeout=timeout, policy=policy, world=world)

    def list_assistants(self) -> list[dict[str, Any]]:
        """All assistants but sub-assistants, which the API leaves out of the list; no id occurs twice."""
        return self._calls.call("GET", "/assistants", assistants)

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None when the API says that there is none (404)."""

        def read(call: str, answer: Any) -> dict[str, Any]:
            return assistant(call, answer, "the assistant", assistant_id)

        try:
            return self._calls.call("GET", _path(assistant_id), read)
        except RejectedError as refused:
            if refused.status != 404:
                raise
            return None

    def create_assistant(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The new assistant. Not idempotent: after an error other than a refusal it may exist all the same."""

        def read(call: str, answer: Any) -> dict[str, Any]:
            return assistant(call, unwrapped(call, answer, "assistant"), "`assistant`")

        return self._calls.call("POST", "/assistants", read, encode(body))

    def update_assistant(self, assistant_id: str, body: Mapping[str, Any], *, repeats: bool = True) -> dict[str, Any]:
        """The assistant after its top-level fields in `body` were replaced.

        Args:
            repeats: whether it is sent again where that does nothing twice; it undoes what others did in between.
        """

        def read(call: str, answer: Any) -> dict[str, Any]:
            return assistant(call, unwrapped(call, answer, "assistant"), "`assistant`", assistant_id)

        return self._calls.call("PATCH", _path(assistant_id), read, encode(body), repeats=repeats)

    def delete_assistant(self, assistant_id: str, *, repeats: bool = True) -> bool:
        """Whether it was deleted; False when it was already gone (404), also by an earlier attempt of this call.

        Args:
            repeats: see `update_assistant`.
        """
        try:
            return self._calls.call("DELETE", _path(assistant_id), _confirmed, repeats=repeats)
        except RejectedError as refused:
            if refused.status != 404:
                raise
            return False

    def voices(self) -> list[dict[str, Any]]:
        """The voices an assistant can have."""
        return self._calls.call("GET", "/voices", partial(numbered_list, key="voices", texts=("id", "provider")))

    def phone_numbers(self) -> list[dict[str, Any]]:
        """The phone numbers of the organisation."""
        read = partial(numbered_list, key="phone_numbers", texts=("id", "phone_number"))
        return self._calls.call("GET", "/phone-numbers", read)

    def auth_status(self) -> bool:
        """Whether the API accepts the key."""
        try:
            return self._calls.call("GET", "/auth-status", partial(flag, key="authenticated"))
        except NotAuthorisedError:
            return False

    def abort(self) -> None:
        """Give up every call of every thread now: requests break off, waits end. Nothing new should be called."""
        self._stop.set()
        self._connections.break_off()

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _confirmed(call: str, answer: Any) -> bool:
    if not flag(call, answer, "success"):
        raise unreadable(call, "a confirmation: `success` is false")
    return True


def _path(assistant_id: str) -> str:
    if not is_assistant_id(assistant_id):
        raise UsageError(f"`{assistant_id[:80]}` is no assistant id")
    return f"/assistants/{quote(assistant_id, safe='')}"
