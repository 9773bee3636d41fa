"""Every reason to refuse a body is reported once, at its place, without the value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from revox_sync.emulator.contract import BodyViolation, ServedContract
from tests.contract.later_contract import LATER, schema_with_later_contract
from tests.emulator.conftest import CONTRACTS, SCHEMAS, full_body
from tools.make_schemas import views

NOT_TEXT = 'the value is not of type "string"'
CUSTOM_MODEL = {"type": "custom", "api_url": "https://llm.example.com", "model_name": "m", "api_key": 5}

VIOLATIONS: list[tuple[str | None, dict[str, Any], dict[str, str]]] = [
    (None, {"promt": "x", "voise": {}}, {"promt": "unknown field", "voise": "unknown field"}),
    (None, {"updated_at": "now"}, {"updated_at": "read-only: set by the server"}),
    (
        None,
        {"faq_items": [{"question": "a", "answer": "b"}, {"question": "a", "id": "faq_1"}]},
        {"faq_items[1].answer": "required", "faq_items[1].id": "read-only: set by the server"},
    ),
    (None, {"voice": {"id": "x", "provider": "cartesia", "question": 1}}, {"voice.question": "unknown field"}),
    (None, {"llm_model": "gpt"}, {"llm_model": 'the value is not of type "object"'}),
    (None, {"llm_model": {"name": "gpt-4.1"}}, {"llm_model.type": "required"}),
    (
        None,
        {"llm_model": {"type": "x"}},
        {"llm_model.type": 'the value is not one of "dedicated-instance", "openrouter" or 2 other candidates'},
    ),
    (
        None,
        {"llm_model": {"type": "dedicated-instance", "api_key": "k"}},
        {"llm_model.name": "required", "llm_model.api_key": "unknown field"},
    ),
    (None, {"llm_model": CUSTOM_MODEL}, {"llm_model.api_key": NOT_TEXT}),
    (
        "0.1",
        {"llm_model": CUSTOM_MODEL},
        {"llm_model.type": 'the value is not one of "dedicated-instance" or "openrouter"'},
    ),
    (None, {"slack": {"connection_id": "c", "outcomes": []}}, {"slack.channels": "required"}),
    ("0.2", {"slack": {"connection_id": "c", "outcomes": []}}, {"slack.channel_id": "required"}),
    (None, {"type": None}, {"type": NOT_TEXT}),
    (None, {"webhook_url": None}, {"webhook_url": NOT_TEXT}),
    ("0.1", {"calendly": None}, {"calendly": 'the value is not of type "object"'}),
    (
        None,
        {"from_phone_number": "0199001200"},
        {"from_phone_number": r'the value does not match "^\+[1-9][0-9]{1,14}$"'},
    ),
    (None, {"first_sentence_delay_ms": 1.5}, {"first_sentence_delay_ms": 'the value is not of type "integer"'}),
    (
        None,
        {"voice": {"id": "", "provider": "cartesia", "speed": 9}},
        {
            "voice.id": "the value is shorter than 1 character",
            "voice.speed": "the value is greater than the maximum of 1.5",
        },
    ),
    ("0.4", {"transfer_phone_number": "+33199001200"}, {"transfer_phone_number": "unknown field"}),
    ("0.0", {"stt_model": "stt-rt-v4"}, {"stt_model": "unknown field"}),
]


@pytest.mark.parametrize(("version", "fields", "expected"), VIOLATIONS)
def test_violations(version: str | None, fields: dict[str, Any], expected: dict[str, str]) -> None:
    contract = ServedContract(SCHEMAS, version)
    assert {violation.path: violation.message for violation in contract.update_violations(fields)} == expected
    assert len(contract.create_violations({"name": "x", "prompt": "y", **fields})) == len(expected)


@pytest.mark.parametrize("version", CONTRACTS)
def test_the_full_body_of_a_contract_fits_it(version: str) -> None:
    assert ServedContract(SCHEMAS, version).create_violations(full_body(version)) == []
    assert ServedContract(SCHEMAS, None).create_violations(full_body(version)) == []


def test_an_update_may_be_any_subset() -> None:
    contract = ServedContract(SCHEMAS, None)
    assert contract.update_violations({}) == []
    assert contract.create_violations({}) == [BodyViolation("name", "required"), BodyViolation("prompt", "required")]


def test_a_body_nested_too_deeply() -> None:
    value: Any = "x"
    for _ in range(600):
        value = [value]
    assert ServedContract(SCHEMAS, None).update_violations({"prompt": value}) == [
        BodyViolation("", "nested too deeply")
    ]


@pytest.mark.parametrize(
    ("version", "field", "known"),
    [
        ("0.0", "created_by", False),
        ("0.2", "created_by", True),
        ("0.2", "is_inbound_receptionist", False),
        ("0.2", "email_notification_language", True),
        (None, "email_notification_language", False),
        (None, "is_inbound_receptionist", True),
        (None, "transfer_destinations", True),
    ],
)
def test_fields_of_an_answer(version: str | None, field: str, *, known: bool) -> None:
    assert (field in ServedContract(SCHEMAS, version).fields) == known


@pytest.mark.parametrize(
    ("version", "known"),
    [
        ("0.2", {"until_later", "until_0_4", "other_from_later", "server_until_0_4"}),
        ("0.4", {"since_0_4", "until_later", "until_0_4", "other_from_later", "server_until_0_4"}),
        (LATER, {"since_later", "since_0_4", "until_later", "other_from_later", "server_since_later"}),
        (None, {"since_later", "since_0_4", "until_later", "other_from_later", "server_since_later"}),
    ],
)
def test_contracts_are_ordered_by_number(tmp_path: Path, version: str | None, known: set[str]) -> None:
    master = schema_with_later_contract()
    for name, text in {**views(master), "assistant.schema.json": json.dumps(master)}.items():
        (tmp_path / name).write_text(text, "utf-8")
    before = json.loads((SCHEMAS / "assistant.schema.json").read_text("utf-8"))["properties"]
    assert set(ServedContract(tmp_path, version).fields) - before.keys() == known
