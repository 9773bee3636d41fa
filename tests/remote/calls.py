"""Calls of a client to a scripted server, and the error that one ends in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from revox_sync.errors import RemoteError
from revox_sync.remote.client import Client
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.retry_policy import RetryPolicy
from revox_sync.values.secret import Secret
from tests.remote.server import Reply, Server, serving
from tests.remote.traces import traces

KEY: Final = "canary-6b1f"
LLM_KEY: Final = "canary-llm-77"
BODY: Final = {"name": "A", "prompt": "p", "llm_model": {"type": "custom", "api_key": Secret(LLM_KEY, "LLM_KEY")}}
ANN: Final = {"id": "asst_1", "name": "Ann"}
BOB: Final = {"id": "asst_2", "name": "Bob", "voice": None}
HASTY: Final = RetryPolicy(base=0.001, rate_limited=5)
ONCE: Final = RetryPolicy(attempts=1, rate_limited=1)

Call = Callable[[Client], Any]
CALLS: Final[dict[str, Call]] = {
    "GET /assistants": lambda client: client.list_assistants(),
    "GET /assistants/asst_1": lambda client: client.get_assistant("asst_1"),
    "POST /assistants": lambda client: client.create_assistant(BODY),
    "PATCH /assistants/asst_1": lambda client: client.update_assistant("asst_1", BODY),
    "DELETE /assistants/asst_1": lambda client: client.delete_assistant("asst_1"),
    "GET /voices": lambda client: client.voices(),
    "GET /phone-numbers": lambda client: client.phone_numbers(),
    "GET /auth-status": lambda client: client.auth_status(),
}


def client_of(server: Server, **settings: Any) -> Client:
    return Client(Endpoint(server.base_url, Secret(KEY)), ClientSettings(**{"policy": HASTY, **settings}))


def failure(call: str, *replies: Reply, **settings: Any) -> RemoteError:
    """The error a call ends in; nothing secret is in it."""
    with serving(*replies) as server, client_of(server, **settings) as client, pytest.raises(RemoteError) as caught:
        CALLS[call](client)
    assert "canary" not in traces(caught.value)
    return caught.value
