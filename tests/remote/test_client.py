"""The client against a scripted server, over real sockets."""

from __future__ import annotations

import gzip
import json
import logging
import socket
from typing import Any, Final

import httpx
import pytest

from revox_sync.errors import BrokenFilesError, NotAuthorisedError, RejectedError, UnreachableError, UsageError
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.values.secret import Secret
from tests.remote.calls import ANN, BOB, BODY, CALLS, HASTY, KEY, LLM_KEY, ONCE, client_of, failure
from tests.remote.server import Reply, serving
from tests.remote.traces import traces

NO_IDS: Final = ["", ".", "..", "a\r\nX: y", "a\0", "\udc80", "a\u202e", "a" * 501]


def nested(levels: int) -> Any:
    """Lists in lists, so many levels of them."""
    return [nested(levels - 1)] if levels > 1 else []


REFUSABLE: Final = [name for name in CALLS if name != "GET /auth-status"]


@pytest.mark.parametrize(
    ("call", "reply", "expected"),
    [
        ("GET /assistants", {"assistants": []}, []),
        ("GET /assistants", {"assistants": [ANN, BOB], "total": 2}, [ANN, BOB]),
        ("GET /assistants/asst_1", ANN, ANN),
        ("POST /assistants", {"assistant": ANN}, ANN),
        ("PATCH /assistants/asst_1", {"assistant": ANN}, ANN),
        ("DELETE /assistants/asst_1", {"success": True}, True),
        ("GET /voices", {"voices": [{"id": "v", "provider": "cartesia"}]}, [{"id": "v", "provider": "cartesia"}]),
        (
            "GET /phone-numbers",
            {"phone_numbers": [{"id": "n", "phone_number": "+33612345678"}]},
            [{"id": "n", "phone_number": "+33612345678"}],
        ),
        ("GET /auth-status", {"authenticated": True}, True),
        ("GET /auth-status", {"authenticated": False}, False),
    ],
)
def test_documented_answers(call: str, reply: Any, expected: Any) -> None:
    with serving(Reply(body=reply)) as server, client_of(server, agent="revox-sync/9.9") as client:
        assert CALLS[call](client) == expected
    (request,) = server.received
    assert f"{request.method} {request.path}" == call.replace(" /", " /api/")
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert request.headers["User-Agent"] == "revox-sync/9.9"


@pytest.mark.parametrize("call", ["POST /assistants", "PATCH /assistants/asst_1"])
def test_secrets_travel_in_the_body(call: str) -> None:
    with serving(Reply(body={"assistant": ANN})) as server, client_of(server) as client:
        CALLS[call](client)
    (request,) = server.received
    assert json.loads(request.body)["llm_model"]["api_key"] == LLM_KEY
    assert request.headers["Content-Type"] == "application/json"


def test_gone_is_no_error() -> None:
    with serving(Reply(404, {"error": "not found"})) as server, client_of(server) as client:
        assert client.get_assistant("asst_1") is None
        assert client.delete_assistant("asst_1") is False


@pytest.mark.parametrize("call", ["GET /assistants", "POST /assistants", "PATCH /assistants/asst_1", "GET /voices"])
def test_not_found_is_an_error_elsewhere(call: str) -> None:
    error = failure(call, Reply(404, {"error": "no such route"}))
    assert isinstance(error, RejectedError)
    assert error.status == 404
    assert (error.hint is not None and "ends in /api" in error.hint) is (call == "GET /assistants")


@pytest.mark.parametrize(
    ("call", "reply", "words"),
    [
        *[(call, Reply(body=b""), "JSON") for call in CALLS],
        *[
            (call, Reply(body=b"<html>hello</html>", headers={"Content-Type": "text/html"}), "text/html")
            for call in CALLS
        ],
        *[(call, Reply(body=[]), "") for call in CALLS],
        *[(call, Reply(body=None), "") for call in CALLS],
        *[(call, Reply(body={}), "") for call in CALLS],
        *[(call, Reply(204), "JSON") for call in CALLS],
        ("GET /assistants", Reply(body=b'{"assistants": [NaN]}'), "JSON"),
        ("GET /assistants", Reply(body=b"[" * 100_000), "JSON"),
        ("GET /assistants", Reply(body=b'{"assistants": [\xff]}'), "JSON"),
        ("GET /assistants", Reply(body={"assistants": {}}), "a mapping with a list `assistants`"),
        ("GET /assistants", Reply(body={"assistants": [ANN, 7]}), "`assistants[1]` is not a mapping"),
        (
            "GET /assistants",
            Reply(body={"assistants": [{"id": 7, "name": "A"}]}),
            "`id` of `assistants[0]` is not",
        ),
        (
            "GET /assistants",
            Reply(body={"assistants": [{"id": "", "name": "A"}]}),
            "`id` of `assistants[0]` is not",
        ),
        ("GET /assistants", Reply(body={"assistants": [ANN, {"id": "a"}]}), "`name` of `assistants[1]` is not a text"),
        ("GET /assistants", Reply(body={"assistants": [ANN, {"id": "a", "name": None}]}), "`name` of `assistants[1]`"),
        ("GET /assistants/asst_1", Reply(body={"assistant": ANN}), "`id` of the assistant is not a text"),
        *[
            (
                "GET /assistants",
                Reply(body={"assistants": [ANN, {"id": bad, "name": "A"}]}),
                "`id` of `assistants[1]`",
            )
            for bad in NO_IDS
        ],
        (
            "GET /assistants",
            Reply(body={"assistants": [BOB, ANN, BOB | {"name": "Robert"}]}),
            "`assistants[2]` has the id of `assistants[0]`",
        ),
        ("GET /assistants", Reply(body=b'{"assistants": [1e999]}'), "JSON"),
        ("GET /assistants", Reply(body=b'{"assistants": [' + b"1" * 5000 + b"]}"), "JSON"),
        ("GET /assistants", Reply(body="[]".encode("utf-16")), "JSON"),
        ("GET /assistants/asst_1", Reply(body=ANN | {"voice": nested(64)}), "nested more than 64 levels deep"),
        ("GET /assistants/asst_1", Reply(body=BOB), "the assistant does not have the id that was asked for"),
        (
            "PATCH /assistants/asst_1",
            Reply(body={"assistant": BOB}),
            "`assistant` does not have the id",
        ),
        (
            "POST /assistants",
            Reply(body={"assistant": {"id": "..", "name": "A"}}),
            "`id` of `assistant` cannot be an id",
        ),
        ("POST /assistants", Reply(body=ANN), "a mapping with `assistant`"),
        ("POST /assistants", Reply(body={"assistant": [ANN]}), "`assistant` is not a mapping"),
        ("DELETE /assistants/asst_1", Reply(body={"success": False}), "a confirmation"),
        ("DELETE /assistants/asst_1", Reply(body={"success": "yes"}), "`success` is neither true nor false"),
        ("GET /auth-status", Reply(body={"authenticated": 1}), "`authenticated` is neither true nor false"),
    ],
)
def test_answers_of_another_shape(call: str, reply: Reply, words: str) -> None:
    error = failure(call, reply)
    assert isinstance(error, UnreachableError)
    assert error.end == "unreadable"
    assert error.message.startswith(f"the answer to {call} is not ")
    assert words in error.message


BROKEN_OFF: Final = {
    "reset": Reply(ending="reset"),
    "closed": Reply(raw=b""),
    "cut short": Reply(body={"assistants": []}, missing=100),
    "refusal cut short": Reply(500, b"sorry", missing=100),
    "half a status line": Reply(raw=b"HTTP/1.1 20"),
    "no HTTP": Reply(raw=b"SSH-2.0-OpenSSH_9.6\r\n"),
    "endless header": Reply(raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000),
    "bad length": Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
    "bad chunk": Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}"),
    "bad gzip": Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("reply", BROKEN_OFF.values(), ids=BROKEN_OFF)
@pytest.mark.parametrize("call", ["GET /assistants", "POST /assistants"])
def test_answers_that_break_off(call: str, reply: Reply) -> None:
    error = failure(call, reply)
    assert isinstance(error, UnreachableError)
    assert error.end == "reset"
    assert error.message.startswith(f"no complete answer to {call}: ")


@pytest.mark.parametrize("call", CALLS)
def test_silence(call: str) -> None:
    error = failure(call, Reply(ending="hang"), timeout=0.1)
    assert isinstance(error, UnreachableError)
    assert error.end == "timeout"
    assert error.message == f"no answer to {call} in time"
    assert "--timeout" in str(error.hint)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with (
        Client(Endpoint(f"http://127.0.0.1:{port}/api", Secret(KEY)), ClientSettings(policy=HASTY)) as client,
        pytest.raises(UnreachableError, match=f"no connection to http://127.0.0.1:{port}/api: ") as caught,
    ):
        client.create_assistant(BODY)
    assert caught.value.end == "never-sent"
    assert "`revox-sync emulate --port" in str(caught.value.hint)
    assert "canary" not in traces(caught.value)


def test_server_without_encryption() -> None:
    with serving(Reply(raw=b"")) as server:
        endpoint = Endpoint(server.base_url.replace("http:", "https:"), Secret(KEY))
        with (
            Client(endpoint, ClientSettings(timeout=5, policy=HASTY)) as client,
            pytest.raises(UnreachableError, match="no connection") as caught,
        ):
            client.list_assistants()
    assert caught.value.end == "never-sent"
    assert "emulate" not in str(caught.value.hint)


@pytest.mark.parametrize(
    ("error", "never_sent"),
    [
        (httpx.ConnectError, True),
        (httpx.ConnectTimeout, True),
        (httpx.PoolTimeout, True),
        (httpx.ProxyError, True),
        (httpx.ReadTimeout, False),
        (httpx.WriteTimeout, False),
        (httpx.ReadError, False),
        (httpx.WriteError, False),
        (httpx.CloseError, False),
        (httpx.RemoteProtocolError, False),
        (httpx.LocalProtocolError, False),
    ],
)
def test_only_a_missing_connection_proves_that_nothing_was_sent(
    error: type[httpx.TransportError], *, never_sent: bool
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise error(f"about {request.headers['Authorization']}", request=request)

    with (
        Client(
            Endpoint("https://api.example", Secret(KEY)),
            ClientSettings(transport=httpx.MockTransport(fail), policy=HASTY),
        ) as client,
        pytest.raises(UnreachableError) as caught,
    ):
        client.create_assistant(BODY)
    assert caught.value.never_sent is never_sent
    assert "canary" not in traces(caught.value)


@pytest.mark.parametrize("call", REFUSABLE)
@pytest.mark.parametrize("status", [401, 403])
def test_refused_key(call: str, status: int) -> None:
    error = failure(call, Reply(status, {"error": f"bad key {KEY}"}))
    assert isinstance(error, NotAuthorisedError)
    assert f"({status}): bad key (sensitive)" in error.message
    assert "REVOX_API_KEY" in str(error.hint)


@pytest.mark.parametrize("status", [401, 403])
def test_key_check_with_a_refused_key(status: int) -> None:
    with serving(Reply(status)) as server, client_of(server) as client:
        assert client.auth_status() is False


@pytest.mark.parametrize("status", [400, 402, 408, 409, 422, 429, 500, 502, 503, 504, 599])
@pytest.mark.parametrize("call", ["GET /assistants", "POST /assistants", "GET /auth-status"])
def test_refusals(call: str, status: int) -> None:
    error = failure(call, Reply(status, {"message": f"no {KEY}", "details": [{"path": ["name"], "message": "short"}]}))
    assert isinstance(error, RejectedError)
    assert error.status == status
    assert error.words == "no (sensitive); name: short"
    assert error.message == f"the API refused {call} ({status}): {error.words}"


@pytest.mark.parametrize("call", ["POST /assistants", "PATCH /assistants/asst_1"])
def test_refusal_that_quotes_a_secret_of_the_body(call: str) -> None:
    error = failure(call, Reply(422, {"error": f"llm_model.api_key: {LLM_KEY} is no key"}))
    assert error.message.endswith("(422): llm_model.api_key: (sensitive) is no key")


def test_refusal_without_words() -> None:
    error = failure("GET /assistants", Reply(500))
    assert error.message == "the API refused GET /assistants (500)"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://elsewhere.example/login?next=1", "redirected to elsewhere.example (302)"),
        ("//user:pw@elsewhere.example/", "redirected to elsewhere.example (302)"),
        ("/login", "redirected to another path (302)"),
        ("https://[broken", "redirected to another path (302)"),
        ("https://else\x1b[31mwhere.example/", "redirected to another path (302)"),
        ("", "redirected to another path (302)"),
        ("https://one.example/\x9b[31m", "redirected to one.example (302)"),
    ],
)
def test_redirects_are_not_followed(location: str, words: str) -> None:
    with (
        serving(Reply(302, headers={"Location": location})) as server,
        client_of(server) as client,
        pytest.raises(RejectedError) as caught,
    ):
        client.create_assistant(BODY)
    assert words in caught.value.message
    assert "pw" not in traces(caught.value)
    assert caught.value.status == 302
    assert len(server.received) == 1


def test_huge_answer() -> None:
    bomb = gzip.compress(b'{"assistants": ["' + b" " * (128 * 1024 * 1024) + b'"]}', 1)
    error = failure("GET /assistants", Reply(body=bomb, headers={"Content-Encoding": "gzip"}), policy=ONCE)
    assert error.message == "the answer to GET /assistants is not usable: it is larger than 128 MB"


def test_huge_refusal() -> None:
    error = failure("GET /assistants", Reply(500, b"sorry " * 100_000))
    assert isinstance(error, RejectedError)
    assert error.words.startswith("sorry sorry")


@pytest.mark.parametrize(
    ("assistant_id", "path"),
    [
        ("a/b", "a%2Fb"),
        ("../voices", "..%2Fvoices"),
        ("a?b#c", "a%3Fb%23c"),
        ("%2e%2e", "%252e%252e"),
        ("a b: y", "a%20b%3A%20y"),
        ("é", "%C3%A9"),
    ],
)
def test_ids_are_quoted(assistant_id: str, path: str) -> None:
    with serving(Reply(body={"id": assistant_id, "name": "A"})) as server, client_of(server) as client:
        client.get_assistant(assistant_id)
    assert server.received[0].path == f"/api/assistants/{path}"


@pytest.mark.parametrize("assistant_id", NO_IDS)
def test_ids_that_are_none(assistant_id: str) -> None:
    with serving(Reply(body=ANN)) as server, client_of(server) as client:
        for call in (client.get_assistant, client.delete_assistant):
            with pytest.raises(UsageError, match="cannot be the id of an assistant"):
                call(assistant_id)
    assert server.received == []


def test_numbers_without_json_are_not_sent() -> None:
    with serving(Reply()) as server, client_of(server) as client, pytest.raises(BrokenFilesError):
        client.update_assistant("asst_1", {"voice": {"speed": float("nan")}})
    assert server.received == []


def test_logs_hold_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(Reply(body={"assistant": ANN}), Reply(422, {"error": "no"})) as server, client_of(server) as client:
        client.create_assistant(BODY)
        with pytest.raises(RejectedError):
            client.create_assistant(BODY)
    assert caplog.records
    assert "canary" not in caplog.text


def test_what_was_sent_before_is_covered_as_well() -> None:
    """A server may quote the secrets it keeps, in answer to a request that holds none."""
    with (
        serving(
            Reply(body={"assistant": ANN}), Reply(422, {"error": f"bad model key …{LLM_KEY[-8:].upper()}"})
        ) as server,
        client_of(server) as client,
    ):
        client.update_assistant("asst_1", BODY)
        with pytest.raises(RejectedError) as caught:
            client.update_assistant("asst_1", {"prompt": "x"})
    assert caught.value.words == "bad model key …(sensitive)"
