"""One call of the API: as many requests as it takes, within one time limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from revox_sync.errors import RemoteError, UnreachableError
from revox_sync.remote.http.adaptive_limit import AdaptiveLimit
from revox_sync.remote.http.client_settings import ClientSettings, RequestSeen
from revox_sync.remote.http.connection import ConnectionPool
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.request_body import NO_BODY, Body
from revox_sync.remote.http.response import Answer, document, refusal
from revox_sync.remote.http.retry_policy import (
    changed_nothing,
    forbids_retry,
    http_date,
    is_connect_failure,
    is_rate_limit,
    is_repeatable,
    jitter,
    requested_wait,
)

_Read = TypeVar("_Read")
_TIMEOUT_HINT: Final = "allow more time with --timeout, or try again later"


class RateLimitGate:
    """Where all requests of a client wait while the API asks for a pause; shared by threads.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._opens_at = float("-inf")

    def close_for(self, seconds: float) -> None:
        """Close the gate for so long; an earlier request for a longer pause stays in force."""
        with self._lock:
            self._opens_at = max(self._opens_at, self._clock() + seconds)

    def seconds_left(self) -> float:
        """Seconds until it opens, 0 when it is open."""
        with self._lock:
            return max(0.0, self._opens_at - self._clock())


@dataclass(slots=True)
class _Call:
    """One call, and how far it has come.

    Attributes:
        deadline: by the clock of the settings.
        repeats: whether a request that failed may be sent again.
        requests: how many were sent.
        limited: how many of them were answered with 429.
        failure: the last failure after which the API may have done what it was asked; if there is none, the last one.
    """

    method: str
    path: str
    deadline: float
    repeats: bool
    requests: int = 0
    limited: int = 0
    failure: RemoteError | None = None

    @property
    def name(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.path}"

    def record(self, failure: RemoteError) -> None:
        """Remember how a request failed."""
        self.limited += is_rate_limit(failure)
        # The error of a call is about all its requests: `never-sent` after a time-out would promise too much.
        if self.failure is None or changed_nothing(self.failure) or not changed_nothing(failure):
            self.failure = failure

    def given_up(self, why: str, *, hint: str | None = None, interrupted: bool = False) -> RemoteError:
        """The error of a call that ends before its next request, perhaps before its first."""
        failure = self.failure or UnreachableError(f"{self.name} was not sent", end="never-sent")
        return failure.given_up(why, hint=hint, interrupted=interrupted)


class RequestLoop:
    """Calls of one endpoint, repeated where that is safe (docs/design.md, "Retries"); shared by threads."""

    def __init__(self, endpoint: Endpoint, settings: ClientSettings) -> None:
        self._connections = ConnectionPool(endpoint, settings)
        # Of every request so far: a server may quote what it was told before.
        self._secrets = {*endpoint.secrets}
        self._settings = settings
        self._pause = settings.wait or settings.stop.wait
        self._gate = RateLimitGate(settings.clock)
        most = max(settings.connections, settings.most_connections)
        self._limit = AdaptiveLimit(settings.connections, most, settings.clock())
        self._was_answered = False

    @property
    def connections(self) -> int:
        """Requests that may be under way at once, as the API answers now."""
        return self._limit.current

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[str, Any], _Read],
        body: Body = NO_BODY,
        *,
        repeats: bool = True,
    ) -> _Read:
        """The same as `exchange`, but `read` gets the JSON of the answer."""
        return self.exchange(
            method, path, lambda call, answer: read(call, document(call, answer)), body, repeats=repeats
        )

    def exchange(
        self,
        method: str,
        path: str,
        read: Callable[[str, Answer], _Read],
        body: Body = NO_BODY,
        *,
        repeats: bool = True,
    ) -> _Read:
        """Send a request until it is answered, and return what `read` makes of the call's name and the answer.

        Args:
            repeats: whether a request that failed may be sent again.

        Raises:
            RemoteError: every attempt failed. It is `interrupted` when the run was stopped before another one.
        """
        self._secrets.update(body.secrets)
        # The time limit starts after this line: waiting for one of our own connections is not the API's fault.
        with self._connections.borrowed() as connection:
            call = _Call(method, path, self._settings.clock() + self._settings.timeout, repeats=repeats)
            while True:
                self._wait_at_gate(call)
                started, answer = self._settings.clock(), None
                try:
                    call.requests += 1
                    # The clock moves on after the decision to send; a last request still gets a moment.
                    seconds = max(call.deadline - started, 0.001)
                    answer = connection.exchange(method, path, body.content, seconds)
                    self._was_answered = True
                    if not answer.accepted:
                        raise refusal(call.name, answer, tuple(self._secrets))
                    found = read(call.name, answer)
                except RemoteError as error:
                    failure = error
                else:
                    self._count(call, started, None)
                    self._observe(call, answer, started, None)
                    return found
                self._count(call, started, failure)
                call.record(failure)
                self._prepare_repeat(call, failure, answer, started)

    def abort(self) -> None:
        """End every call of every thread now: requests break off, waits end."""
        # In this order: a request that breaks off before the stop would be repeated.
        self._settings.stop.set()
        self._connections.break_off()

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def _count(self, call: _Call, started: float, failure: RemoteError | None) -> None:
        # Other requests take longer than reading an assistant, and say nothing about it.
        if call.method != "GET":
            return
        if failure is not None and is_repeatable(call.method, failure):
            self._limit.failed(started, self._settings.clock())
        else:
            self._limit.answered(started, self._settings.clock())

    def _prepare_repeat(self, call: _Call, failure: RemoteError, answer: Answer | None, started: float) -> None:
        """Wait until the next request may be sent. Raises the failure if there must not be another."""
        headers = answer.headers if answer else {}
        requested = requested_wait(headers, self._settings.now())
        least = self._shortest_wait(call, failure, requested)
        wait = least if requested is None else self._with_jitter(call, least)
        again = call.repeats and is_repeatable(call.method, failure) and not forbids_retry(headers)
        again = again and not self._is_exhausted(call, failure)
        in_time = least < self._seconds_left(call)
        self._observe(call, answer, started, wait if again and in_time else None)
        if not again or (requested is None and not in_time):
            raise call.failure or failure
        self._require_time(call, least)
        self._wait(call, wait)

    def _is_exhausted(self, call: _Call, failure: RemoteError) -> bool:
        policy = self._settings.policy
        if policy.exhausted(call.requests - call.limited, call.limited):
            return True
        # A wrong address does not come right by waiting.
        never_connected = not self._was_answered and is_connect_failure(failure)
        return never_connected and call.requests >= policy.first_connects

    def _shortest_wait(self, call: _Call, failure: RemoteError, requested: float | None) -> float:
        """Seconds before the next request; after a 429 the gate makes every thread wait them."""
        wait = requested
        if wait is None:
            wait = self._settings.policy.backoff(call.requests - 1, self._settings.uniform)
        if not is_rate_limit(failure):
            return wait
        self._gate.close_for(wait)
        return self._gate.seconds_left()

    def _wait_at_gate(self, call: _Call) -> None:
        # Another thread may close the gate again while this one waits.
        while least := self._gate.seconds_left():
            self._require_time(call, least)
            self._wait(call, self._with_jitter(call, least))

    def _with_jitter(self, call: _Call, least: float) -> float:
        """A wait that many threads share, lengthened by at most half of the time that is left after it."""
        return least + min(jitter(least, self._settings.uniform), max(0.0, self._seconds_left(call) - least) / 2)

    def _require_time(self, call: _Call, seconds: float) -> None:
        if seconds >= self._seconds_left(call):
            asked = f"{seconds:.1f}".removesuffix(".0")
            why = f"the API asks to wait {asked} s, longer than the time limit leaves"
            raise call.given_up(why, hint=_TIMEOUT_HINT)

    def _wait(self, call: _Call, seconds: float) -> None:
        if self._pause(seconds):
            raise call.given_up("not tried again: the run was stopped", interrupted=True)

    def _seconds_left(self, call: _Call) -> float:
        return call.deadline - self._settings.clock()

    def _observe(self, call: _Call, answer: Answer | None, started: float, again_in: float | None) -> None:
        if self._settings.observe:
            seconds, status = self._settings.clock() - started, answer.status if answer else None
            dated = http_date(answer.headers.get("date", "")) if answer else None
            seen = RequestSeen(call.method, call.path, status, seconds, call.requests, again_in, dated)
            self._settings.observe(seen)
