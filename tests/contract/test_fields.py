"""Questions to the contract, with answers from docs/api.md."""

from __future__ import annotations

from typing import Any, Final

import pytest

from revox_sync.contract.fields import (
    assistant_node,
    contract,
    known_contracts,
    newest_contract,
    oldest_first,
    secret_pointers,
)
from revox_sync.contract.schema_files import load_schema, schema_names
from revox_sync.errors import ConfigError
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret

ALL: Final = ("0.0", "0.1", "0.2", "0.4")
FROM_2: Final = ("0.2", "0.4")
UNTIL_2: Final = ("0.0", "0.1", "0.2")
WINDOW: Final = {"calling_window_start_time": "9:00", "calling_window_end_time": "6pm", "retry_delay_seconds": 60}
RETRY: Final = {"calling_windows": [WINDOW], "max_retry_attempts": 3}
NEW_RETRY: Final = {**RETRY, "allowed_days": ["monday"], "call_twice_in_a_row": False}
CUSTOM: Final = {"type": "custom", "api_key": "k", "api_url": "https://llm.example/v1", "model_name": "m"}
SLACK: Final = {"connection_id": "c", "outcomes": ["completed"]}
CALENDLY: Final = {
    "connection_id": "c",
    "event_type_id": "https://api.calendly.com/event_types/b2330295-2a91-4a1d-bb73-99e7707663d5",
}


def with_delay(seconds: object, retry: dict[str, Any]) -> dict[str, Any]:
    return {**retry, "calling_windows": [{**WINDOW, "retry_delay_seconds": seconds}]}


def test_contracts() -> None:
    assert known_contracts() == ALL
    assert newest_contract() == "0.4"


@pytest.mark.parametrize("listed", [("0.0", "0.10", "0.4", "1.0"), ("1.0", "0.10", "0.4", "0.0")])
def test_contracts_are_ordered_by_number(listed: tuple[str, ...]) -> None:
    assert oldest_first(listed) == ("0.0", "0.4", "0.10", "1.0")


@pytest.mark.parametrize(
    ("fields", "accepted_in"),
    [
        ({}, ALL),
        ({"first_sentence": "Hello"}, ALL),
        ({"voicemail_message": None}, ALL),
        ({"background_sound": None}, ALL),
        ({"calendly": CALENDLY}, ALL),
        ({"calendly": None}, ("0.0", "0.2", "0.4")),
        ({"call_retry_config": RETRY}, ("0.0", "0.1")),
        ({"call_retry_config": NEW_RETRY}, FROM_2),
        ({"call_retry_config": with_delay(0, NEW_RETRY)}, FROM_2),
        ({"call_retry_config": with_delay(-1, NEW_RETRY)}, ()),
        ({"call_retry_config": {**NEW_RETRY, "max_retry_attempts": 0}}, ()),
        ({"call_retry_config": {**NEW_RETRY, "max_retry_attempts": 2**53 - 1}}, FROM_2),
        ({"call_retry_config": {**NEW_RETRY, "max_retry_attempts": 2**53}}, ()),
        ({"first_sentence_delay_ms": -(2**53) + 1}, ALL),
        ({"first_sentence_delay_ms": -(2**53)}, ()),
        ({"first_sentence_delay_ms": 1.5}, ()),
        ({"first_sentence_delay_ms": True}, ()),
        ({"type": "sub-assistant"}, FROM_2),
        ({"transfer_phone_number": "+33612345678"}, UNTIL_2),
        ({"transfer_phone_number": None}, UNTIL_2),
        ({"transfer_destinations": [{"label": "Sales", "phone_number": "+33612345678"}]}, ("0.4",)),
        ({"precall_lookup_url": "https://crm.example/{{phone}}"}, ("0.4",)),
        ({"email_notification_language": "fr"}, ("0.2",)),
        ({"voice": {"id": "v", "provider": "cartesia", "speed": 1.5}}, ALL),
        ({"voice": {"id": "v", "provider": "cartesia", "speed": 1.6}}, ()),
        ({"voice": {"id": "", "provider": "cartesia"}}, ()),
        ({"voice": {"id": "v", "provider": "cartesia", "volume": 2}}, FROM_2),
        ({"voice": {"id": "v", "provider": "gradium"}}, ("0.4",)),
        ({"llm_model": {"type": "dedicated-instance", "name": "gpt-4.1"}}, ALL),
        ({"llm_model": CUSTOM}, FROM_2),
        ({"llm_model": {**CUSTOM, "name": "gpt-4.1"}}, ()),
        ({"slack": {**SLACK, "channel_id": "C1", "channel_name": None}}, ("0.2",)),
        ({"slack": {**SLACK, "channels": [{"id": "C1", "name": None}]}}, ("0.4",)),
        ({"slack": SLACK}, ()),
        ({"after_call_sms_outcomes": ["interested", "none"]}, FROM_2),
        ({"after_call_sms_outcomes": ["do_not_contact"]}, ("0.2",)),
        ({"id": "asst_1"}, ()),
        ({"faq_items": [{"question": "q", "answer": "a"}]}, ALL),
        ({"faq_items": [{"question": "q", "answer": "a", "source": "ai"}]}, ()),
        ({"promt": "p"}, ()),
        ({"name": None}, ()),
        *[
            ({field: None}, ())
            for field in (
                *("call_retry_config", "end_of_call_sentence", "faq_items", "first_sentence"),
                *("structured_output_config", "voice", "webhook_url"),
            )
        ],
    ],
)
def test_accepted_in(fields: dict[str, Any], accepted_in: tuple[str, ...]) -> None:
    document = {"name": "Ann", "prompt": "You are Ann.", **fields}
    assert tuple(each for each in ALL if contract(each).is_valid(document)) == accepted_in
    assert contract(None).is_valid(document) is bool(accepted_in)


def test_without_a_contract_fields_of_several_may_meet() -> None:
    document = {"name": "Ann", "prompt": "p", "call_retry_config": with_delay(0, RETRY)}
    assert not any(contract(each).is_valid(document) for each in ALL)
    assert contract(None).is_valid(document)


@pytest.mark.parametrize("document", [{}, {"name": "Ann"}, {"prompt": "p"}, [], None, "name: Ann", 7])
def test_no_assistant(document: object) -> None:
    assert not any(contract(each).is_valid(document) for each in (*ALL, None))


@pytest.mark.parametrize("version", ["0.3", "0.5", "any", "", "assistant", "../contract-0.4"])
def test_unknown_contract(version: str) -> None:
    with pytest.raises(ConfigError) as refused:
        contract(version)
    assert refused.value.message == f"contract `{version}` does not exist"
    assert refused.value.hint == "known contracts: 0.0, 0.1, 0.2, 0.4"


def test_pinned() -> None:
    assert contract("0.4").pinned
    assert not contract(None).pinned


def test_schemas_are_found_by_name() -> None:
    assert {"assistant", "contract-0.4", "contract-any"} <= set(schema_names())
    assert all(load_schema(name)["$id"] for name in schema_names())
    with pytest.raises(KeyError):
        load_schema("../pyproject")


LLM: Final = {"llm_model": {"type": "custom"}}


@pytest.mark.parametrize(
    ("pointer", "value", "types"),
    [
        ((), None, ("object",)),
        (("name",), None, ("string",)),
        (("voicemail_message",), None, ("string", "null")),
        (("voice", "speed"), None, ("number",)),
        (("faq_items",), None, ("array",)),
        (("faq_items", 3), None, ("object",)),
        (("faq_items", 3, "answer"), None, ("string",)),
        (("llm_model",), None, ("object",)),
        (("llm_model", "api_url"), LLM, ("string",)),
        (("custom_tools", 0, "headers", 1, "value"), None, ("string",)),
        (("call_retry_config", "calling_windows", 0, "calling_window_start_time"), None, ("string",)),
        (("from_phone_number",), None, ("string", "null")),
        (("created_at",), None, ()),
    ],
)
def test_node_at(pointer: Pointer, value: object, types: tuple[str, ...]) -> None:
    node = assistant_node().at(pointer, value)
    assert node is not None
    assert node.types == types
    assert node.nullable is ("null" in types)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (("promt",), None),
        (("promt", "deeper", 0), None),
        (("name", "deeper"), None),
        (("name", 0), None),
        (("faq_items", "answer"), None),
        (("llm_model", "api_key"), {}),
        (("llm_model", "api_key"), {"llm_model": {"type": "openrouter"}}),
        (("llm_model", "name"), LLM),
    ],
)
def test_no_node_at(pointer: Pointer, value: object) -> None:
    assert assistant_node().at(pointer, value) is None


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ({"type": "custom"}, "custom"),
        ({"type": "realtime", "name": "x"}, "realtime"),
        ({"type": "other"}, None),
        ({"type": ["custom"]}, None),
        ({}, None),
        ("custom", None),
        (None, None),
    ],
)
def test_branch(value: object, title: str | None) -> None:
    node = assistant_node().properties["llm_model"]
    branch = node.branch(value)
    assert branch.schema.get("title") == title
    assert (branch is node) is (title is None)


def test_branches_are_named_by_the_discriminator() -> None:
    assert list(assistant_node().properties["llm_model"].branches) == [
        *("dedicated-instance", "openrouter", "custom", "realtime"),
    ]
    assert assistant_node().properties["voice"].branches == {}


@pytest.mark.parametrize(
    ("name", "annotation", "expected"),
    [
        ("id", "read_only", True),
        ("name", "read_only", False),
        ("name", "impact", "cosmetic"),
        ("prompt", "impact", "speech"),
        ("webhook_url", "impact", "data"),
        ("sms_enabled", "default", False),
        ("sms_enabled", "has_default", True),
        ("prompt", "default", None),
        ("prompt", "has_default", False),
        ("transfer_phone_number", "deprecated", True),
        ("transfer_destinations", "deprecated", False),
        ("transfer_destinations", "key", "label"),
        ("transfer_destinations", "order_free", False),
        ("after_call_sms_outcomes", "order_free", True),
        ("faq_items", "key", "question"),
        ("faq_items", "absent_from_list", True),
        ("faq_items", "server_grown", [{"source": "ai"}, {"needs_human_answer": True}]),
        ("custom_tools", "server_grown", []),
        ("voice", "discriminator", "provider"),
        ("prompt", "discriminator", None),
    ],
)
def test_annotations(name: str, annotation: str, expected: object) -> None:
    assert getattr(assistant_node().properties[name], annotation) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, []),
        ({"name": "Ann", "unknown": {"api_key": "k"}}, []),
        ({"llm_model": CUSTOM}, [("llm_model", "api_key")]),
        ({"llm_model": {**CUSTOM, "api_key": None}}, []),
        ({"llm_model": {**CUSTOM, "api_key": Secret("k")}}, []),
        ({"llm_model": None, "custom_tools": None}, []),
        (
            {
                "custom_tools": [
                    {"headers": [{"key": "k", "value": "v"}, {"key": "k"}], "query_params": []},
                    {"url": "https://x.example", "query_params": [{"key": "k", "value": "v"}]},
                ]
            },
            [("custom_tools", 0, "headers", 0, "value"), ("custom_tools", 1, "query_params", 0, "value")],
        ),
        ({"llm_model": {"api_key": 12345}}, [("llm_model", "api_key")]),
        ({"llm_model": {"type": "openrouter", "api_keyy": "k"}}, [("llm_model", "api_keyy")]),
        ([], []),
        ("text", []),
    ],
)
def test_secret_pointers(value: object, expected: list[Pointer]) -> None:
    assert list(secret_pointers(value)) == expected
