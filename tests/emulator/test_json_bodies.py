"""Request bodies as the emulator reads them, and its refusals."""

from __future__ import annotations

import json

import httpx
import pytest

from tests.emulator.conftest import MINIMAL


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
