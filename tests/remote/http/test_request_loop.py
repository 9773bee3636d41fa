"""Calls of several requests: what is repeated, how many are under way, and what is observed of them."""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import httpx
import pytest

from revox_sync.errors import NotAuthorisedError, RejectedError, RemoteError, UnreachableError
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings, RequestSeen
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.request_loop import RequestLoop
from revox_sync.remote.http.retry_policy import RetryPolicy
from revox_sync.values.secret import Secret
from tests.remote.calls import ANN, CALLS, HASTY, KEY, client_of
from tests.remote.http.timeless import Clock, farthest, timeless
from tests.remote.server import Reply, serving
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


@pytest.mark.parametrize("first", [Reply(ending="reset"), Reply(500)])
def test_an_error_speaks_of_all_attempts(first: Reply) -> None:
    """After one that may have been carried out, no later one makes the call one that did nothing."""
    replies = first, Reply(429, headers={"retry-after-ms": "1"})
    policy = RetryPolicy(base=0.001, rate_limited=2)
    with serving(*replies) as server, client_of(server, policy=policy) as client, pytest.raises(RemoteError) as caught:
        client.update_assistant("asst_1", {})
    assert len(server.received) == 3
    assert getattr(caught.value, "end", "") == "reset" or getattr(caught.value, "status", 0) == 500


@pytest.mark.parametrize("status", [500, 429])
def test_an_error_is_the_last_of_its_kind(status: int) -> None:
    """After failures that say the same of the call, the newest one says best what is wrong now."""
    replies = (Reply(status, {"error": words}, {"retry-after-ms": "1"}) for words in ("at first", "in the end"))
    policy = RetryPolicy(attempts=2, rate_limited=2)
    with serving(*replies) as server, client_of(server, policy=policy) as client, pytest.raises(RejectedError) as found:
        client.get_assistant("asst_1")
    assert len(server.received) == 2
    assert "in the end" in found.value.message


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
