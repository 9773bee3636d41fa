"""What the emulator answers to requests the SDK would not send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx
import jsonschema_rs
import pytest

from revox_sync.emulator.app import create_app
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from tests.emulator.conftest import CONTRACTS, KEY, MINIMAL, SCHEMAS, full_body

SDK_SHAPES = Path(__file__).parents[1] / "contract" / "sdk"
SDK_RELEASES = {"0.0": "0.0.3", "0.1": "0.1.1", "0.2": "0.2.0", "0.4": "0.4.0"}


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": "Basic emulator"}, {"Authorization": "Bearer"}]
)
@pytest.mark.parametrize("path", ["/assistants", "/assistants/asst_1", "/voices", "/nowhere"])
def test_without_the_key(keyless: httpx.Client, path: str, headers: dict[str, str]) -> None:
    answer = keyless.get(path, headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "missing or wrong API key"})
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_auth_status_without_a_key(keyless: httpx.Client) -> None:
    assert keyless.get("/auth-status").json() == {"authenticated": False}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/assistants/asst_unknown", 404),
        ("PATCH", "/assistants/asst_unknown", 404),
        ("DELETE", "/assistants/asst_unknown", 404),
        ("POST", "/assistants/asst_unknown/clone", 404),
        ("GET", "/assistants/", 404),
        ("GET", "/assistants/a%2Fb", 404),
        ("GET", "/nowhere", 404),
        ("GET", "", 404),
        ("PUT", "/assistants", 405),
        ("DELETE", "/assistants", 405),
        ("POST", "/assistants/asst_unknown", 405),
        ("GET", "/assistants/asst_unknown/clone", 405),
        ("POST", "/voices", 405),
    ],
)
def test_refused_requests_are_answered_in_json(http: httpx.Client, method: str, path: str, status: int) -> None:
    answer = http.request(method, path, json={} if method == "PATCH" else None)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert ("Allow" in answer.headers) == (status == 405)


def test_head_is_get_without_a_body(http: httpx.Client) -> None:
    answer = http.head("/assistants")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_refused_update_changes_nothing(http: httpx.Client) -> None:
    before = http.post("/assistants", json=MINIMAL).json()["assistant"]
    answer = http.patch(f"/assistants/{before['id']}", json={"prompt": "New", "webhook_url": None})
    assert answer.status_code == 422
    assert http.get(f"/assistants/{before['id']}").json() == before


def test_fields_of_older_contracts_are_answered_where_they_were_sent() -> None:
    body = {name: value for name, value in full_body("0.2").items() if name != "faq_items"}
    with Store(None) as store, running(create_app(SCHEMAS, store)) as url, httpx.Client(headers=KEY) as client:
        created = client.post(f"{url}/assistants", json=body).json()["assistant"]
        listed = client.get(f"{url}/assistants").json()["assistants"][0]
        minimal = client.post(f"{url}/assistants", json=MINIMAL).json()["assistant"]
    for answer in (created, listed):
        assert {name: answer[name] for name in body} == body
        assert answer["transfer_destinations"] is None
    assert set(created) - set(minimal) == {"transfer_phone_number", "email_notification_language"}


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("body", ["minimal", "full"])
def test_a_pinned_contract_answers_as_its_sdk_expects(contract: str, body: str) -> None:
    shape = json.loads((SDK_SHAPES / f"sdk-{SDK_RELEASES[contract]}.json").read_text("utf-8"))["response"]
    sent = full_body(contract) if body == "full" else MINIMAL
    with Store(None) as store, running(create_app(SCHEMAS, store, EmulatorSettings(contract=contract))) as url:
        created = httpx.post(f"{url}/assistants", json=sent, headers=KEY).json()["assistant"]
        listed = httpx.get(f"{url}/assistants", headers=KEY).json()["assistants"][0]
    assert set(created) == set(shape["properties"])
    assert set(created) - set(listed) == {"faq_items", "pending_faq_count"}
    for answer in (created, listed):
        jsonschema_rs.validate(_closed(shape), answer)


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    return {key: False if key == "additionalProperties" else _closed(value) for key, value in node.items()}


@pytest.mark.parametrize(
    ("contract", "body"),
    [("0.0", "0.2"), ("0.1", "0.2"), ("0.2", "0.4"), ("0.4", "0.2"), ("0.4", "0.0")],
)
def test_a_pinned_contract_refuses_the_others(contract: str, body: str) -> None:
    with Store(None) as store, running(create_app(SCHEMAS, store, EmulatorSettings(contract=contract))) as url:
        assert httpx.post(f"{url}/assistants", json=full_body(body), headers=KEY).status_code == 422


@pytest.mark.parametrize(
    ("contract", "providers"),
    [("0.2", {"cartesia", "elevenlabs"}), ("0.4", {"cartesia", "elevenlabs", "gradium"})],
)
def test_voices_are_of_providers_the_contract_knows(contract: str, providers: set[str]) -> None:
    with Store(None) as store, running(create_app(SCHEMAS, store, EmulatorSettings(contract=contract))) as url:
        voices = httpx.get(f"{url}/voices", headers=KEY).json()["voices"]
    assert {voice["provider"] for voice in voices} == providers


def test_an_unknown_contract() -> None:
    with Store(None) as store, pytest.raises(ValueError, match=r"no contract '9\.9'; known: 0\.0, 0\.1"):
        create_app(SCHEMAS, store, EmulatorSettings(contract="9.9"))


def test_assistants_survive_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "emulator.sqlite3"
    with Store(database) as store, running(create_app(SCHEMAS, store)) as url:
        created = httpx.post(f"{url}/assistants", json=full_body("0.4"), headers=KEY).json()["assistant"]
    with Store(database) as store, running(create_app(SCHEMAS, store)) as url:
        assert httpx.get(f"{url}/assistants/{created['id']}", headers=KEY).json() == created


def test_a_database_opened_under_a_newer_contract(tmp_path: Path) -> None:
    database = tmp_path / "emulator.sqlite3"
    with Store(database) as store, running(create_app(SCHEMAS, store, EmulatorSettings(contract="0.0"))) as url:
        created = httpx.post(f"{url}/assistants", json=MINIMAL, headers=KEY).json()["assistant"]
    with Store(database) as store, running(create_app(SCHEMAS, store, EmulatorSettings(contract="0.4"))) as url:
        answer = httpx.get(f"{url}/assistants/{created['id']}", headers=KEY).json()
    assert answer["stt_model"] == "stt-rt-v5"


def test_parallel_creates(http: httpx.Client) -> None:
    def create(number: int) -> str:
        answer = http.post("/assistants", json={**MINIMAL, "name": f"Parallel {number}"})
        identifier: str = answer.json()["assistant"]["id"]
        return identifier

    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(create, range(20)))
    listed = http.get("/assistants").json()["assistants"]
    assert len(ids) == 20
    assert ids <= {assistant["id"] for assistant in listed}
    assert sorted(assistant["name"] for assistant in listed if assistant["id"] in ids) == sorted(
        f"Parallel {n}" for n in range(20)
    )


def test_parallel_updates_lose_nothing(http: httpx.Client) -> None:
    url = f"/assistants/{http.post('/assistants', json=MINIMAL).json()['assistant']['id']}"
    changes = [{"voicemail_message": "a"}, {"sms_template": "b"}, {"first_sentence": "c"}, {"logo_url": "https://d"}]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda change: http.patch(url, json=change), changes))
    after = http.get(url).json()
    assert [after[name] for change in changes for name in change] == ["a", "b", "c", "https://d"]


def test_an_answer_does_not_wait_for_an_acknowledgement(http: httpx.Client) -> None:
    def seconds() -> float:
        began = perf_counter()
        http.post("/assistants", json={})
        return perf_counter() - began

    assert sorted(seconds() for _ in range(15))[7] < 0.03


def test_clock_ids_organisation_and_key_are_parameters() -> None:
    numbers = iter(range(10))
    new_id: Callable[[str], str] = lambda prefix: f"{prefix}_{next(numbers)}"  # noqa: E731 - one line says it all
    clock: Callable[[], datetime] = lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)  # noqa: E731 - same
    with Store(None) as store:
        settings = EmulatorSettings(key="other", organization_id="org_1", clock=clock, new_id=new_id)
        app = create_app(SCHEMAS, store, settings)
        with running(app) as url:
            answer = httpx.post(f"{url}/assistants", json=MINIMAL, headers={"Authorization": "bearer other"})
    created = answer.json()["assistant"]
    assert (created["id"], created["organization_id"], created["updated_at"]) == (
        "asst_0",
        "org_1",
        "2026-01-02T03:04:05.000000Z",
    )


def test_a_failure_of_our_own_is_answered_in_json() -> None:
    with Store(None) as store, running(create_app(SCHEMAS, store)) as url:
        store.close()
        answer = httpx.get(f"{url}/assistants", headers=KEY)
    assert (answer.status_code, answer.json()) == (500, {"error": "the emulator failed"})


def test_it_runs_in_a_server_that_announces_its_lifespan() -> None:
    sent: list[str] = []
    announced = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, Any]:
        return {"type": next(announced)}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message["type"])

    with Store(None) as store:
        asyncio.run(create_app(SCHEMAS, store)({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"name": "x", "prompt": "y", "max_call_duration_secs": NaN}',
        b'{"name": "x", "prompt": "y", "max_call_duration_secs": -Infinity}',
        b'{"name": "x", "prompt": "y", "max_call_duration_secs": 1e999}',
        b'{"name": "x", "prompt": "\\ud800"}',
        b'{"name": "x", "prompt": "\xff"}',
        b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"name": ' + b"1" * 5_000 + b"}",
    ],
    ids=lambda text: text[:60],
)
def test_bad_json(http: httpx.Client, text: bytes) -> None:
    created = http.post("/assistants", json=MINIMAL).json()["assistant"]
    answers = http.post("/assistants", content=text), http.patch(f"/assistants/{created['id']}", content=text)
    for answer in answers:
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("the body is not") or "nested" in answer.json()["error"]


@pytest.mark.parametrize(("size", "status"), [(5 * 1024 * 1024, 200), (5 * 1024 * 1024 + 1, 413)])
def test_body_limit(http: httpx.Client, size: int, status: int) -> None:
    empty = json.dumps({"name": "Large", "prompt": ""}).encode()
    answer = http.post("/assistants", content=empty[:-2] + b"x" * (size - len(empty)) + empty[-2:])
    assert answer.status_code == status
    assert ("error" in answer.json()) == (status == 413)
    if status == 200:
        http.delete(f"/assistants/{answer.json()['assistant']['id']}")


def test_a_violation_names_place_and_reason(http: httpx.Client) -> None:
    answer = http.post("/assistants", json={"name": 1, "id": "asst_mine"})
    assert answer.status_code == 422
    assert answer.json() == {
        "error": "the body does not match the contract",
        "details": [
            {"path": "name", "message": 'the value is not of type "string"'},
            {"path": "prompt", "message": "required"},
            {"path": "id", "message": "read-only: set by the server"},
        ],
    }


@pytest.mark.parametrize(("sent", "answered"), [("400.0", "400"), ("400", "400"), ("0", "0"), ("4e2", "400")])
def test_whole_numbers(http: httpx.Client, sent: str, answered: str) -> None:
    answer = http.post("/assistants", content=f'{{"name": "x", "prompt": "y", "first_sentence_delay_ms": {sent}}}')
    assert f'"first_sentence_delay_ms":{answered},' in answer.text
