"""One call of the API: as many requests as it takes, within one time limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from revox_sync.errors import RemoteError, UnreachableError
from revox_sync.remote.http.connection import ConnectionPool, HttpConnection
from revox_sync.remote.http.rate_limit_gate import RateLimitGate
from revox_sync.remote.http.request_body import Body
from revox_sync.remote.http.response import Answer, document, refusal
from revox_sync.remote.http.retry_policy import (
    RetryPolicy,
    Uniform,
    did_nothing,
    forbids_retry,
    is_rate_limit,
    is_refused,
    is_repeatable,
    spread,
    wished_wait,
)
from revox_sync.values.secret import Secret

_Read = TypeVar("_Read")
PATIENCE: Final = "give it longer with --timeout, or try again later"


@dataclass(frozen=True, slots=True)
class RequestSeen:
    """One finished request, for people who watch; it holds no body and no key.

    Attributes:
        method: such as GET.
        path: below the base URL.
        status: None when there was no answer.
        seconds: from sending to the end of the answer.
        attempt: 1 for the first request of a call.
        again_in: seconds until the next attempt; None when this was the last.
    """

    method: str
    path: str
    status: int | None
    seconds: float
    attempt: int = 1
    again_in: float | None = None


@dataclass(frozen=True, slots=True)
class ClientEnvironment:
    """What calls need of the world.

    Attributes:
        clock: seconds.
        now: the date, for answers that name one and have none themselves.
        uniform: a random number between two others.
        wait: waits so many seconds or until the run is stopped; whether it is.
        observe: called after each request, by the thread that made it.
    """

    clock: Callable[[], float]
    now: Callable[[], datetime]
    uniform: Uniform
    wait: Callable[[float], bool]
    observe: Callable[[RequestSeen], None] | None


@dataclass(slots=True)
class _Progress:
    """How far a call has come.

    Attributes:
        deadline: by the clock.
        repeats: whether a request that failed may be sent again.
        requests: that were sent.
        limited: how many of them were answered with 429.
        failure: how the last one ended of which it cannot be said that it did nothing; else the last one.
    """

    method: str
    path: str
    body: Body | None
    deadline: float
    repeats: bool = True
    requests: int = 0
    limited: int = 0
    failure: RemoteError | None = None

    @property
    def name(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.path}"

    def failed(self, failure: RemoteError) -> None:
        """Take note of how a request ended.

        What is raised in the end is about the whole call: `never-sent` after a time-out would be a lie.
        """
        self.limited += is_rate_limit(failure)
        if self.failure is None or did_nothing(self.failure) or not did_nothing(failure):
            self.failure = failure

    def given_up(self, why: str, *, hint: str | None = None, interrupted: bool = False) -> RemoteError:
        """The last failure, or that there was not even a request."""
        failure = self.failure or UnreachableError(f"{self.name} was not sent", end="never-sent")
        return failure.given_up(why, hint=hint, interrupted=interrupted)


class RequestLoop:
    """Calls of one endpoint, repeated where that is safe; shared by threads.

    Args:
        connections: each call uses one from its beginning to its end.
        key: what no error may quote.
        timeout: seconds for one call with all its requests and waits.
        policy: how often, and how fast.
        world: clock, chance and waiting.
    """

    def __init__(
        self, connections: ConnectionPool, key: Secret, *, timeout: float, policy: RetryPolicy, world: ClientEnvironment
    ) -> None:
        self._connections = connections
        self._key = key
        self._timeout = timeout
        self._policy = policy
        self._world = world
        self._gate = RateLimitGate(world.clock)
        self._met = False

    def call(
        self,
        method: str,
        path: str,
        read: Callable[[str, Any], _Read],
        body: Body | None = None,
        *,
        repeats: bool = True,
    ) -> _Read:
        """What `read` makes of the name of the call and the JSON of its answer.

        Args:
            repeats: whether a request that failed may be sent again.

        Raises:
            RemoteError: the last one, where all attempts failed; `interrupted` where there would have been another.
        """
        # The time a call waits for a connection of its own is not the API's.
        with self._connections.borrowed() as connection:
            progress = _Progress(method, path, body, self._world.clock() + self._timeout, repeats=repeats)
            while True:
                self._pass_gate(progress)
                started, answer = self._world.clock(), None
                try:
                    answer = self._exchange(connection, progress, started)
                    self._met = True
                    found = read(progress.name, self._document(progress, answer))
                except RemoteError as error:
                    failure = error
                else:
                    self._tell(progress, answer, started, None)
                    return found
                progress.failed(failure)
                self._before_next(progress, failure, answer, started)

    def _exchange(self, connection: HttpConnection, progress: _Progress, started: float) -> Answer:
        progress.requests += 1
        content = progress.body.content if progress.body else None
        # A last request gets a moment even when the clock moved on after the decision to make it.
        return connection.exchange(progress.method, progress.path, content, max(progress.deadline - started, 0.001))

    def _document(self, progress: _Progress, answer: Answer) -> Any:
        if not answer.accepted:
            secrets = progress.body.secrets if progress.body else ()
            raise refusal(progress.name, answer, (self._key.reveal(), *secrets))
        return document(progress.name, answer)

    def _before_next(self, progress: _Progress, failure: RemoteError, answer: Answer | None, started: float) -> None:
        """Wait until the next request may be made. Raises the failure where there is to be none."""
        headers = answer.headers if answer else {}
        wish = wished_wait(headers, self._world.now())
        least = self._wait_after(progress, failure, wish)
        wait = least if wish is None else self._with_spread(progress, least)
        exhausted = self._policy.exhausted(progress.requests - progress.limited, progress.limited)
        exhausted = exhausted or (not self._met and is_refused(failure) and progress.requests >= self._policy.unmet)
        safe = progress.repeats and is_repeatable(progress.method, failure)
        again = safe and not forbids_retry(headers) and not exhausted
        in_time = least < self._left(progress)
        self._tell(progress, answer, started, wait if again and in_time else None)
        if not again or (wish is None and not in_time):
            raise progress.failure or failure
        self._require_time(progress, least)
        self._wait(progress, wait)

    def _wait_after(self, progress: _Progress, failure: RemoteError, wish: float | None) -> float:
        """Seconds until the next request at least; after a 429 for everybody."""
        wait = self._policy.backoff(progress.requests - 1, self._world.uniform) if wish is None else wish
        if not is_rate_limit(failure):
            return wait
        self._gate.close_for(wait)
        return self._gate.left()

    def _pass_gate(self, progress: _Progress) -> None:
        while least := self._gate.left():
            self._require_time(progress, least)
            self._wait(progress, self._with_spread(progress, least))

    def _with_spread(self, progress: _Progress, least: float) -> float:
        """A wait that others share, longer by a share of the time that is left."""
        return least + min(spread(least, self._world.uniform), max(0.0, self._left(progress) - least) / 2)

    def _require_time(self, progress: _Progress, seconds: float) -> None:
        if seconds >= self._left(progress):
            asked = f"{seconds:.1f}".removesuffix(".0")
            raise progress.given_up(f"the API asks to wait {asked} s, longer than the time limit leaves", hint=PATIENCE)

    def _wait(self, progress: _Progress, seconds: float) -> None:
        if self._world.wait(seconds):
            raise progress.given_up("not tried again: the run was stopped", interrupted=True)

    def _left(self, progress: _Progress) -> float:
        return progress.deadline - self._world.clock()

    def _tell(self, progress: _Progress, answer: Answer | None, started: float, again_in: float | None) -> None:
        if self._world.observe:
            seconds, status = self._world.clock() - started, answer.status if answer else None
            self._world.observe(
                RequestSeen(progress.method, progress.path, status, seconds, progress.requests, again_in)
            )
