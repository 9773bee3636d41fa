"""The schema for editors that see a tagged value as the text behind its tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from revox_sync.contract.editor_schema import editor_schema
from revox_sync.contract.fields import contract, known_contracts, newest_contract
from revox_sync.contract.schema_files import load_schema
from tests.contract.samples import samples

BARE: Final = {"name": "A", "prompt": "B"}
NEWEST: Final = editor_schema(None, {"speed", "mode", "team-1.a"})


def errors(schema: Mapping[str, Any], document: object) -> list[str]:
    return [".".join(map(str, each.absolute_path)) for each in Draft202012Validator(schema).iter_errors(document)]


@pytest.mark.parametrize("version", [*known_contracts(), None])
def test_it_is_a_schema_with_an_address(version: str | None) -> None:
    schema = editor_schema(version, None)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith("https://")
    assert (version or newest_contract()) in schema["title"]


@pytest.mark.parametrize("version", known_contracts())
def test_what_the_contract_accepts_it_accepts(version: str) -> None:
    view, schema = contract(version).schema, editor_schema(version, None)
    refused = [(each, found) for each in samples(view, view) if (found := errors(schema, each))]
    assert refused == []


# By the place, texts that may stand behind a tag there.
@pytest.mark.parametrize(
    "fields",
    [
        {"voice": "_shared/voice.yaml"},
        {"voice": "_shared/all.yml#/voice"},
        {"voice": {"id": "VOICE_ID", "provider": "mode", "speed": "speed"}},
        {"first_sentence_mode": "mode"},
        {"first_sentence_delay_ms": "team-1.a"},
        {"sms_enabled": "speed"},
        {"faq_items": "_shared/faq.yaml"},
        {"faq_items": ["_shared/faq.yaml#/0"]},
        {"llm_model": "_shared/models.yaml#/own"},
        {"llm_model": {"type": "custom", "api_url": "https://${host}/v1", "api_key": "KEY", "model_name": "MODEL"}},
        {"llm_model": {"type": "LLM_TYPE", "api_url": "https://x.example.com", "api_key": "KEY", "model_name": "x"}},
        {"from_phone_number": "PHONE_NUMBER"},
        {"precall_lookup_url": "https://${crm}/callers"},
        {"call_retry_config": "../_shared/retry.yaml"},
    ],
    ids=str,
)
def test_what_stands_behind_a_tag_is_accepted(fields: dict[str, Any]) -> None:
    assert errors(NEWEST, BARE | fields) == []


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"id": "asst_1"}, ""),
        ({"created_at": "2026-01-01"}, ""),
        ({"voicemail_mesage": "x"}, ""),
        ({"first_sentence_mode": "statc"}, "first_sentence_mode"),
        ({"first_sentence_delay_ms": "soon"}, "first_sentence_delay_ms"),
        ({"voice": "cartesia"}, "voice"),
        ({"voice": {"id": "x", "provider": "cartsia"}}, "voice"),
        ({"prompt": 3}, "prompt"),
        ({"faq_items": [{"question": "Q", "answer": "A", "source": "ai"}]}, "faq_items"),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused(fields: dict[str, Any], at: str) -> None:
    assert errors(NEWEST, BARE | fields) == [at]


def test_any_name_may_be_a_variable_where_they_are_not_known() -> None:
    assert errors(editor_schema(None, None), BARE | {"first_sentence_delay_ms": "soon"}) == []
    assert errors(editor_schema(None, ()), BARE | {"first_sentence_delay_ms": "soon"}) != []


def test_what_is_inherited_need_not_be_named() -> None:
    assert errors(editor_schema(None, ()), {"name": "A"}) == [""]
    assert errors(editor_schema(None, (), {"prompt"}), {"name": "A"}) == []


def fields_of(schema: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field at any depth, by its path."""
    for key, child in schema.items():
        if key == "properties":
            for name, field in child.items():
                yield f"{at}.{name}", field
                yield from fields_of(field, f"{at}.{name}")
        elif isinstance(child, dict):
            yield from fields_of(child, at)
        elif isinstance(child, list):
            for number, each in enumerate(child):
                if isinstance(each, dict):
                    yield from fields_of(each, f"{at}<{number}>" if len(child) > 2 else at)


def test_every_field_has_a_page() -> None:
    pages = {path: field.get("markdownDescription", "") for path, field in fields_of(NEWEST)}
    assert len(pages) > 100
    assert [path for path, page in pages.items() if not page] == []
    assert "**Default**: `400`" in pages[".first_sentence_delay_ms"]
    assert "**Impact**: speech" in pages[".prompt"]
    assert "- `static`: first_sentence is spoken word for word." in pages[".first_sentence_mode"]
    assert "null clears it" in pages[".voicemail_message"]


def test_every_field_of_the_schema_is_described() -> None:
    assert [path for path, field in fields_of(load_schema("assistant")) if not field.get("description")] == []


def test_every_choice_that_has_words_has_all_of_them() -> None:
    worded = [field for _, field in fields_of(load_schema("assistant")) if "enumDescriptions" in field]
    assert len(worded) > 8
    assert [each for each in worded if len(each["enum"]) != len(each["enumDescriptions"])] == []


def test_what_is_gone_is_flagged_with_the_way_to_replace_it() -> None:
    gone = {path: field["deprecationMessage"] for path, field in fields_of(NEWEST) if "deprecationMessage" in field}
    assert gone[".transfer_phone_number"] == (
        "gone after contract 0.2; use `transfer_destinations` with a label for the number"
    )
    assert gone[".email_notification_language"] == "gone after contract 0.2"
    assert errors(NEWEST, BARE | {"transfer_phone_number": "+33199001200"}) == []
    older = dict(fields_of(editor_schema("0.2", None)))
    assert "deprecationMessage" not in older[".transfer_phone_number"]
    assert ".transfer_destinations" not in older
