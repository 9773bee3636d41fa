"""Calls of several requests: what is repeated, when, and what ends the waiting."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest

from revox_sync.errors import NotAuthorisedError, RejectedError, RemoteError, UnreachableError
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings, RequestSeen
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.request_loop import RequestLoop
from revox_sync.remote.http.retry_policy import RetryPolicy
from revox_sync.values.secret import Secret
from tests.remote.http.timeless import Clock, SlowNetwork, farthest, timeless
from tests.remote.server import Reply, Server, serving
from tests.remote.test_client import ANN, CALLS, HASTY, KEY, client_of
from tests.remote.traces import traces

GOOD: Final = {
    "GET /assistants": {"assistants": [ANN]},
    "GET /assistants/asst_1": ANN,
    "POST /assistants": {"assistant": ANN},
    "PATCH /assistants/asst_1": {"assistant": ANN},
    "DELETE /assistants/asst_1": {"success": True},
    "GET /voices": {"voices": []},
}
IDEMPOTENT: Final = [name for name in GOOD if not name.startswith("POST")]
PASSING: Final = {
    "408": Reply(408),
    "429": Reply(429),
    "500": Reply(500, {"error": f"about {KEY}"}),
    "502": Reply(502, b"<html>Bad gateway</html>"),
    "503": Reply(503),
    "504": Reply(504),
    "reset": Reply(ending="reset"),
    "closed": Reply(raw=b""),
    "cut short": Reply(body=b"{}", missing=9),
    "HTML": Reply(body=b"<html>"),
    "another shape": Reply(body=[]),
    "no answer body": Reply(204),
}


LONG: Final = 20
"""Seconds that are far less than those that would be waited, and far more than a busy machine takes."""


def nearest(low: float, _: float) -> float:
    return low


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("call", IDEMPOTENT)
def test_what_may_pass_is_tried_again(call: str, reply: Reply) -> None:
    with serving(reply, reply, Reply(body=GOOD[call])) as server, client_of(server) as client:
        assert CALLS[call](client) is not None
    assert len(server.received) == 3
    assert len({(request.method, request.path, request.body) for request in server.received}) == 1


@pytest.mark.parametrize("reply", [reply for name, reply in PASSING.items() if name != "429"])
def test_a_create_of_unclear_end_is_not_repeated(reply: Reply) -> None:
    replies = reply, Reply(body=GOOD["POST /assistants"])
    with serving(*replies) as server, client_of(server) as client, pytest.raises(RemoteError):
        CALLS["POST /assistants"](client)
    assert len(server.received) == 1


def test_nor_when_the_api_says_that_it_may_be() -> None:
    replies = Reply(500, headers={"x-should-retry": "true", "retry-after-ms": "1"}), Reply(body={"assistant": ANN})
    with serving(*replies) as server, client_of(server) as client, pytest.raises(RejectedError):
        CALLS["POST /assistants"](client)
    assert len(server.received) == 1


def test_a_create_is_repeated_after_429() -> None:
    with serving(Reply(429), Reply(429), Reply(body={"assistant": ANN})) as server, client_of(server) as client:
        assert CALLS["POST /assistants"](client) == ANN
    assert len(server.received) == 3


def test_nobody_is_waited_for_who_never_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    clock, endpoint = Clock(), Endpoint(f"http://127.0.0.1:{port}/api", Secret(KEY))
    settings = ClientSettings(clock=clock, wait=clock.wait, uniform=farthest)
    with (
        Client(endpoint, settings) as client,
        pytest.raises(UnreachableError) as caught,
    ):
        CALLS["POST /assistants"](client)
    assert caught.value.end == "never-sent"
    assert clock.waits == [0.5]
    assert "canary" not in traces(caught.value)


def test_a_create_is_repeated_when_nobody_listens_any_more() -> None:
    answers = [httpx.Response(200, json={"assistants": []})]

    def answer(_: httpx.Request) -> httpx.Response:
        if not answers:
            raise httpx.ConnectError("refused")
        return answers.pop()

    clock, endpoint = Clock(), Endpoint("http://127.0.0.1:9/api", Secret(KEY))
    transport = httpx.MockTransport(answer)
    settings = ClientSettings(clock=clock, wait=clock.wait, uniform=farthest, transport=transport)
    with Client(endpoint, settings) as client:
        client.list_assistants()
        with pytest.raises(UnreachableError):
            CALLS["POST /assistants"](client)
    assert clock.waits == [0.5, 1, 2, 4]


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 422])
@pytest.mark.parametrize("call", GOOD)
def test_a_refusal_is_final(call: str, status: int) -> None:
    replies = Reply(status), Reply(body=GOOD[call])
    refused = suppress(RejectedError, NotAuthorisedError)
    with serving(*replies) as server, client_of(server) as client, refused:
        assert not CALLS[call](client)
    assert len(server.received) == 1


def test_the_api_can_forbid_a_repeat() -> None:
    replies = Reply(503, headers={"X-Should-Retry": "false"}), Reply(body=ANN)
    with serving(*replies) as server, client_of(server) as client, pytest.raises(RejectedError):
        client.get_assistant("asst_1")
    assert len(server.received) == 1


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING)
def test_attempts_are_bounded(reply: Reply) -> None:
    with serving(reply) as server, client_of(server) as client, pytest.raises(RemoteError) as caught:
        client.list_assistants()
    assert len(server.received) == 5
    assert not caught.value.interrupted
    assert "canary" not in traces(caught.value)


def test_refusals_for_the_rate_are_followed_more_often() -> None:
    clock = Clock()
    slow_down = Reply(429, headers={"Retry-After": "1"})
    with serving(*[slow_down] * 30, Reply(body=ANN)) as server, timeless(server, clock, timeout=60.0) as client:
        assert client.get_assistant("asst_1") == ANN
    assert clock.waits == [1.25] * 30


@pytest.mark.parametrize("first", [Reply(ending="reset"), Reply(500)])
def test_an_error_speaks_of_all_attempts(first: Reply) -> None:
    """After one that may have been carried out, no later one makes the call one that did nothing."""
    replies = first, Reply(429, headers={"retry-after-ms": "1"})
    policy = RetryPolicy(base=0.001, rate_limited=2)
    with serving(*replies) as server, client_of(server, policy=policy) as client, pytest.raises(RemoteError) as caught:
        client.update_assistant("asst_1", {})
    assert len(server.received) == 3
    assert getattr(caught.value, "end", "") == "reset" or getattr(caught.value, "status", 0) == 500


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


def test_what_an_answer_says_of_its_time_is_observed() -> None:
    seen: list[RequestSeen] = []
    reply = Reply(body=ANN, headers={"Date": "Sun, 01 Mar 2026 12:00:00 GMT"})
    with serving(reply) as server, client_of(server, observe=seen.append) as client:
        client.get_assistant("asst_1")
    assert [request.dated for request in seen] == [datetime(2026, 3, 1, 12, tzinfo=UTC)]


# How many requests may be under way after each: only reading counts, and only that the API cannot answer is a failure.
PACE: Final = [
    (1, [("GET", 200, 2), ("GET", 200, 2), ("GET", 200, 4)]),
    (1, [("GET", 404, 2), ("GET", 404, 2), ("GET", 404, 4)]),
    (1, [("PATCH", 200, 1), ("POST", 200, 1), ("DELETE", 200, 1)]),
    (4, [("PATCH", 200, 4), ("PATCH", 500, 4), ("GET", 500, 2), ("GET", 200, 2), ("GET", 429, 1)]),
]


@pytest.mark.parametrize(("first", "calls"), PACE)
def test_requests_at_once_follow_the_answers(first: int, calls: list[tuple[str, int, int]]) -> None:
    clock = Clock()

    def answer(request: httpx.Request) -> httpx.Response:
        clock.seconds += 0.1
        return httpx.Response(int(request.url.params["status"]), json={})

    settings = ClientSettings(
        clock=clock,
        transport=httpx.MockTransport(answer),
        connections=first,
        most_connections=8,
        policy=RetryPolicy(attempts=1, rate_limited=1),
    )
    loop = RequestLoop(Endpoint("http://127.0.0.1:9/api", Secret(KEY)), settings)
    for method, status, expected in calls:
        with suppress(RemoteError):
            loop.call(method, f"/assistants?status={status}", lambda _, document: document)
        assert loop.connections == expected
    loop.close()


def test_requests_are_observed() -> None:
    seen: list[RequestSeen] = []
    clock = Clock()
    replies = (
        Reply(429, headers={"retry-after": "1"}),
        Reply(ending="reset"),
        Reply(body=b"<html>"),
        Reply(body={"assistants": []}),
        Reply(422, {"error": KEY}),
        Reply(ending="reset"),
    )
    with serving(*replies) as server, timeless(server, clock, observe=seen.append, timeout=60.0) as client:
        client.list_assistants()
        for call in ("PATCH /assistants/asst_1", "POST /assistants"):
            with pytest.raises(RemoteError):
                CALLS[call](client)
    assert seen == [
        RequestSeen("GET", "/assistants", 429, 0.0, 1, 1.25),
        RequestSeen("GET", "/assistants", None, 0.0, 2, 1.0),
        RequestSeen("GET", "/assistants", 200, 0.0, 3, 2.0),
        RequestSeen("GET", "/assistants", 200, 0.0, 4),
        RequestSeen("PATCH", "/assistants/asst_1", 422, 0.0, 1),
        RequestSeen("POST", "/assistants", None, 0.0, 1),
    ]


def test_repeats_leave_no_secret_in_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    replies = Reply(500, {"error": KEY}), Reply(ending="reset"), Reply(429), Reply(422, {"error": KEY})
    with serving(*replies) as server, client_of(server, policy=HASTY) as client, pytest.raises(RejectedError) as caught:
        CALLS["PATCH /assistants/asst_1"](client)
    assert caplog.records
    assert "canary" not in caplog.text + traces(caught.value)
