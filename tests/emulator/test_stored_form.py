from __future__ import annotations

import json
from typing import Any

import pytest

from revox_sync.emulator.stored_form import normalised, without
from tests.emulator.conftest import CONTRACTS, SCHEMAS, emulated, full_body

TOOL = {
    "name": "look_up",
    "description": "x",
    "method": "GET",
    "url": "https://example.com",
    "headers": [{"value": "secret \r\n", "key": "B "}, {"key": "A", "value": ""}],
    "query_params": [],
    "body_template": None,
    "input_schema": [],
}


def schema(contract: str = "0.4") -> dict[str, Any]:
    text = (SCHEMAS / f"contract-{contract}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"prompt": "a\r\nb \rc \n\n"}, {"prompt": "a\nb \nc"}),
        ({"prompt": "  a"}, {"prompt": "  a"}),
        ({"first_sentence": None, "sms_enabled": True}, {"first_sentence": None, "sms_enabled": True}),
        (
            {"email_notification_address": "A@Example.com ,b@EXAMPLE.com\n"},
            {"email_notification_address": "a@example.com, b@example.com"},
        ),
        (
            {"after_call_sms_outcomes": ["interested", "completed"]},
            {"after_call_sms_outcomes": ["completed", "interested"]},
        ),
        (
            {"structured_output_config": [{"name": "b", "enum_options": ["z", "a"]}, {"name": "a"}]},
            {"structured_output_config": [{"enum_options": ["z", "a"], "name": "b"}, {"name": "a"}]},
        ),
        (
            {"slack": {"connection_id": "c", "channels": [{"id": "C2"}, {"id": "C1", "name": "n "}], "outcomes": []}},
            {
                "slack": {
                    "channels": [{"id": "C2", "name": None}, {"id": "C1", "name": "n"}],
                    "connection_id": "c",
                    "outcomes": [],
                }
            },
        ),
        (
            {"llm_model": {"type": "custom", "model_name": "m ", "api_key": "k ", "api_url": "u"}},
            {"llm_model": {"api_key": "k ", "api_url": "u", "model_name": "m", "type": "custom"}},
        ),
        ({"no_such_field": ["b ", "a"]}, {"no_such_field": ["b", "a"]}),
    ],
    ids=lambda value: next(iter(value)),
)
def test_the_form_it_keeps(sent: dict[str, Any], kept: dict[str, Any]) -> None:
    assert json.dumps(normalised(sent, schema())) == json.dumps(kept)


def test_secrets_stay_as_they_are() -> None:
    (tool,) = normalised({"custom_tools": [TOOL]}, schema())["custom_tools"]
    assert tool["headers"] == [{"key": "B", "value": "secret \r\n"}, {"key": "A", "value": ""}]
    assert list(tool) == sorted(tool)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_twice_changes_nothing(contract: str) -> None:
    once = normalised(full_body(contract), schema(contract))
    assert json.dumps(normalised(once, schema(contract))) == json.dumps(once)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_what_it_keeps_fits_the_contract(contract: str) -> None:
    with emulated(contract=contract, normalise=True) as client:
        created = client.post("/assistants", json=full_body(contract)).json()["assistant"]
        kept = normalised(full_body(contract), schema(contract))
        again = client.patch(f"/assistants/{created['id']}", json=kept)
    assert again.status_code == 200
    assert {key: created[key] for key in kept if key != "faq_items"} == {
        key: value for key, value in kept.items() if key != "faq_items"
    }


def test_without_the_switch_texts_stay_as_they_are() -> None:
    with emulated() as client:
        created = client.post("/assistants", json={"name": "A ", "prompt": "x\r\n"})
    assert (created.json()["assistant"]["name"], created.json()["assistant"]["prompt"]) == ("A ", "x\r\n")


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ({"a": {"b": {"c": 1, "d": 2}}, "e": 3}, {"a": {"b": {"d": 2}}}),
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": None}, {"a": None}),
        ({}, {}),
    ],
)
def test_without(body: dict[str, Any], rest: dict[str, Any]) -> None:
    assert without(body, [("a", "b", "c"), ("e",)]) == rest
