from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.stored_form import composed, respelled
from tests.emulator.conftest import CONTRACTS, SCHEMAS, full_body

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


@cache
def schema(contract: str = "0.4") -> dict[str, Any]:
    return ServedContract(SCHEMAS, contract).schema


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
        (
            {"webhook_url": "HTTPS://Me@Hooks.Example.com:443/Done?A=B"},
            {"webhook_url": "https://Me@hooks.example.com:443/Done?A=B"},
        ),
        (
            {"custom_tools": [{"url": "Https://API.{{Region}}.Example.com/X"}]},
            {"custom_tools": [{"body_template": None, "url": "https://api.{{Region}}.Example.com/X"}]},
        ),
        ({"precall_lookup_url": "{{phone}}"}, {"precall_lookup_url": "{{phone}}"}),
        ({"sms_template": "HTTPS://Example.com"}, {"sms_template": "HTTPS://Example.com"}),
        ({"max_call_duration_secs": 600}, {"max_call_duration_secs": 600.0}),
        ({"max_call_duration_secs": 2**53}, {"max_call_duration_secs": 2**53}),
        ({"first_sentence_delay_ms": 400, "sms_enabled": True}, {"first_sentence_delay_ms": 400, "sms_enabled": True}),
        ({"voice": {"speed": 1, "provider": "cartesia"}}, {"voice": {"provider": "cartesia", "speed": 1.0}}),
        ({"no_such_field": ["b ", "a"]}, {"no_such_field": ["b", "a"]}),
    ],
    ids=lambda value: next(iter(value)),
)
def test_what_is_respelled(sent: dict[str, Any], kept: dict[str, Any]) -> None:
    assert json.dumps(respelled(sent, schema())) == json.dumps(kept)


def test_secrets_stay_as_they_are() -> None:
    (tool,) = respelled({"custom_tools": [TOOL]}, schema())["custom_tools"]
    assert tool["headers"] == [{"key": "B", "value": "secret \r\n"}, {"key": "A", "value": ""}]
    assert list(tool) == sorted(tool)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_twice_changes_nothing(contract: str) -> None:
    once = respelled(full_body(contract), schema(contract))
    assert json.dumps(respelled(once, schema(contract))) == json.dumps(once)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("9am", "09:00"),
        ("9:30am", "09:30"),
        ("6pm", "18:00"),
        ("12 PM", "12:00"),
        ("12:05am", "00:05"),
        ("0:00", "00:00"),
        ("23:59", "23:59"),
    ],
)
def test_times_have_four_digits(sent: str, kept: str) -> None:
    window = {"calling_window_start_time": sent}
    (respelled_window,) = respelled({"call_retry_config": {"calling_windows": [window]}}, schema())[
        "call_retry_config"
    ]["calling_windows"]
    assert respelled_window == {"calling_window_start_time": kept}


def test_composed_texts() -> None:
    decomposed = "Cafe\u0301"
    sent = {
        "name": decomposed,
        "sms_enabled": True,
        "stt_context": {"general": [], "terms": [decomposed]},
        "no_such_field": {decomposed: decomposed},
        "custom_tools": [{"headers": [{"key": decomposed, "value": decomposed}]}],
    }
    assert composed(sent, schema()) == {
        "name": "Caf\u00e9",
        "sms_enabled": True,
        "stt_context": {"general": [], "terms": ["Caf\u00e9"]},
        "no_such_field": {decomposed: "Caf\u00e9"},
        "custom_tools": [{"headers": [{"key": "Caf\u00e9", "value": decomposed}]}],
    }
