"""How long a call waits before it is tried again, and what ends the waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from revox_sync.errors import RejectedError, RemoteError, UnreachableError
from revox_sync.remote.http.client_settings import RequestSeen
from revox_sync.remote.http.retry_policy import RetryPolicy
from tests.remote.calls import ANN, CALLS, KEY, client_of
from tests.remote.http.timeless import Clock, SlowNetwork, timeless
from tests.remote.server import Reply, Server, serving
from tests.remote.traces import traces

LONG: Final = 20
"""Seconds that are far less than those that would be waited, and far more than a busy machine takes."""


def nearest(low: float, _: float) -> float:
    return low


def test_refusals_for_the_rate_are_followed_more_often() -> None:
    clock = Clock()
    slow_down = Reply(429, headers={"Retry-After": "1"})
    with serving(*[slow_down] * 30, Reply(body=ANN)) as server, timeless(server, clock, timeout=60.0) as client:
        assert client.get_assistant("asst_1") == ANN
    assert clock.waits == [1.25] * 30


def test_waits_grow() -> None:
    clock = Clock()
    with serving(Reply(500)) as server, timeless(server, clock) as client, pytest.raises(RejectedError):
        client.list_assistants()
    assert clock.waits == [0.5, 1, 2]
    assert clock.seconds - 1000 == 3.5  # the next wait of 4 s would end after the 5 s a call may take


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after-ms": "1500"}, 1.5),
        ({"Retry-After": "2"}, 2),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:03 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}, 3),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:03 GMT", "Date": ""}, 4),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_api_names_the_time(status: int, headers: dict[str, str], wait: float) -> None:
    clock = Clock()
    now = datetime(2026, 3, 1, 11, 59, 59, tzinfo=UTC)
    settings: dict[str, Any] = {"uniform": nearest, "now": lambda: now}
    with (
        serving(Reply(status, headers=headers), Reply(body=ANN)) as server,
        timeless(server, clock, **settings) as client,
    ):
        client.get_assistant("asst_1")
    assert clock.waits == [wait]


@pytest.mark.parametrize("call", ["GET /assistants", "POST /assistants"])
def test_a_wish_past_the_time_limit_is_not_waited_for(call: str) -> None:
    clock = Clock()
    with (
        serving(Reply(429, {"error": "slow down"}, {"Retry-After": "60"})) as server,
        timeless(server, clock) as client,
    ):
        with pytest.raises(RejectedError) as caught:
            CALLS[call](client)
        with pytest.raises(UnreachableError) as next_one:
            CALLS[call](client)
    assert clock.waits == []
    assert caught.value.message == (
        f"the API refused {call} (429): slow down; the API asks to wait 60 s, longer than the time limit leaves"
    )
    assert "--timeout" in str(caught.value.hint)
    assert next_one.value.end == "never-sent"
    assert (caught.value.interrupted, next_one.value.interrupted) == (False, False)
    assert next_one.value.message.startswith(f"{call} was not sent; the API asks to wait 60 s")
    assert len(server.received) == 1


def test_the_time_limit_is_that_of_all_attempts_together() -> None:
    clock = Clock()
    policy = RetryPolicy(attempts=100, base=0.001, longest=0.001)
    with (
        serving(Reply(500)) as server,
        timeless(server, clock, transport=SlowNetwork(clock), timeout=0.35, policy=policy) as client,
        pytest.raises(RemoteError),
    ):
        client.list_assistants()
    assert len(server.received) == 4


def after_first_request(server: Server, act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        deadline = time.monotonic() + 5
        while not server.received and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.05)
        act()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("status", [429, 503])
def test_a_stop_ends_the_waiting(status: int) -> None:
    """All workers: the one that was told to wait, and those that wait at the gate."""
    stop, stopped = threading.Event(), 0.0

    def act() -> None:
        nonlocal stopped
        stopped = time.monotonic()
        stop.set()

    errors = []
    with (
        serving(Reply(status, {"error": f"not now, {KEY}"}, {"Retry-After": "60"})) as server,
        client_of(server, stop=stop, timeout=300.0) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        waiter = after_first_request(server, act)
        for future in [pool.submit(CALLS["PATCH /assistants/asst_1"], client) for _ in range(8)]:
            error = future.exception()
            assert isinstance(error, RemoteError)
            errors.append(error)
        assert time.monotonic() - stopped < LONG
        waiter.join()
    assert all(error.interrupted for error in errors)
    assert all(error.message.endswith("; not tried again: the run was stopped") for error in errors)
    assert all("canary" not in traces(error) for error in errors)


def test_a_stopped_run_may_still_finish_what_it_began() -> None:
    stop = threading.Event()
    stop.set()
    with serving(Reply(body=ANN), Reply(500)) as server, client_of(server, stop=stop) as client:
        assert client.get_assistant("asst_1") == ANN
        with pytest.raises(RejectedError) as caught:
            client.get_assistant("asst_1")
    assert caught.value.interrupted
    assert caught.value.status == 500
    assert len(server.received) == 2


def test_abort_ends_requests_and_waits_at_once() -> None:
    with (
        serving(Reply(429, headers={"Retry-After": "60"}), Reply(ending="hang")) as server,
        client_of(server, timeout=300.0) as client,
        ThreadPoolExecutor(2) as pool,
    ):
        waiting = pool.submit(client.get_assistant, "asst_1")
        after_first_request(server, client.abort).join()
        error = waiting.exception(LONG)
    assert isinstance(error, RejectedError)
    assert error.interrupted
    with (
        serving(Reply(ending="hang")) as server,
        client_of(server, timeout=300.0) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        hanging = pool.submit(client.get_assistant, "asst_1")
        after_first_request(server, client.abort).join()
        broken = hanging.exception(LONG)
    assert isinstance(broken, UnreachableError)
    assert broken.end == "reset"
    assert broken.interrupted


def test_after_429_nobody_starts_before_its_end() -> None:
    seen: list[tuple[float, RequestSeen]] = []
    with (
        serving(Reply(429, headers={"retry-after-ms": "400"}), Reply(body=ANN)) as server,
        client_of(server, observe=lambda request: seen.append((time.monotonic(), request))) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        pool.submit(client.get_assistant, "asst_1")
        while not seen:
            time.sleep(0.001)
        closed = seen[0][0]
        assert [call.result() for call in [pool.submit(client.get_assistant, "asst_1") for _ in range(8)]] == [ANN] * 8
    begun = sorted(moment - request.seconds - closed for moment, request in seen[1:])
    assert len(begun) == 9
    assert begun[0] > 0.38
    assert begun[-1] < LONG
    assert begun[-1] - begun[0] > 0.01  # not all at once


@pytest.mark.parametrize(("asked", "wait"), [("1", 1.25), ("4", 4.5), ("4.5", 4.75)])
def test_a_shared_wait_takes_half_of_the_time_that_is_left_at_most(asked: str, wait: float) -> None:
    clock = Clock()
    replies = Reply(429, headers={"Retry-After": asked}), Reply(body=ANN)
    with serving(*replies) as server, timeless(server, clock, timeout=5.0) as client:
        assert client.get_assistant("asst_1") == ANN
    assert clock.waits == [wait]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(500), ""),
        (Reply(503, headers={"Retry-After": "0.5"}), "the API asks to wait 0.5 s"),
        (Reply(429), ""),
    ],
)
def test_a_wait_that_takes_all_of_the_time_is_not_begun(reply: Reply, words: str) -> None:
    clock, seen = Clock(), list[RequestSeen]()
    with (
        serving(reply) as server,
        timeless(server, clock, timeout=0.5, observe=seen.append) as client,
        pytest.raises(RejectedError) as caught,
    ):
        client.get_assistant("asst_1")
    assert (clock.waits, len(seen), seen[0].again_in) == ([], 1, None)
    assert words in caught.value.message
    assert ("asks to wait" in caught.value.message) is bool(words)
