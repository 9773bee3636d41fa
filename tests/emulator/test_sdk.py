"""The official SDK works with the emulator unchanged, and every answer fits its models strictly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pydantic
import pytest
from revox import AuthenticationError, BadRequestError, NotFoundError, Revox, UnprocessableEntityError, types
from revox._models import BaseModel

from tests.emulator.conftest import SCHEMAS, full_body

MINIMAL: dict[str, Any] = {"name": "Minimal", "prompt": "Say hello."}


def undeclared(value: Any, place: str = "") -> Iterator[str]:
    """Places of keys that the SDK's models do not know."""
    if isinstance(value, BaseModel):
        yield from (f"{place}.{name}" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from undeclared(getattr(value, name), f"{place}.{name}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from undeclared(entry, f"{place}[{index}]")


def strictly(model: type[pydantic.BaseModel], answer: Any) -> Any:
    """The answer as the model, which must know every key of it."""
    validated = model.model_validate(answer, strict=True)
    assert list(undeclared(validated)) == []
    return validated


def create(sdk: Revox, body: dict[str, Any]) -> dict[str, Any]:
    """The raw answer to a create."""
    answer: dict[str, Any] = sdk.assistants.with_raw_response.create(**body).http_response.json()
    return answer


@pytest.mark.parametrize("body", [MINIMAL, full_body("0.4")], ids=["minimal", "every field"])
def test_create(sdk: Revox, body: dict[str, Any]) -> None:
    answer = create(sdk, body)
    created = strictly(types.AssistantCreateResponse, answer).assistant
    assert created.id.startswith("asst_")
    assert created.organization_id == "org_emulator"
    assert created.created_at == created.updated_at
    sent = {name: value for name, value in body.items() if name != "faq_items"}
    assert {name: answer["assistant"][name] for name in sent} == sent


def test_the_full_body_is_full() -> None:
    view = json.loads((SCHEMAS / "contract-0.4.schema.json").read_text("utf-8"))
    assert set(full_body("0.4")) == set(view["properties"])
    assert len(full_body("0.4")) == 45


def test_create_fills_defaults_and_nulls(sdk: Revox) -> None:
    created = create(sdk, MINIMAL)["assistant"]
    assert created["first_sentence_delay_ms"] == 400
    assert created["type"] == "standalone"
    assert created["llm_model"] == {"type": "dedicated-instance", "name": "gpt-4.1"}
    assert created["voice"] is None
    assert created["created_by"] is None
    assert created["pending_faq_count"] == 0
    assert set(types.AssistantRetrieveResponse.model_fields) == set(created)


def test_create_completes_questions(sdk: Revox) -> None:
    question = sdk.assistants.create(**full_body("0.4")).assistant.faq_items
    assert question is not None
    assert (question[0].question, question[0].source, question[0].needs_human_answer) == (
        "Where do I park?",
        "human",
        False,
    )
    assert question[0].id is not None


def test_retrieve_is_not_wrapped(sdk: Revox) -> None:
    created = create(sdk, full_body("0.4"))["assistant"]
    answer = sdk.assistants.with_raw_response.retrieve(created["id"]).http_response.json()
    strictly(types.AssistantRetrieveResponse, answer)
    assert answer == created


def test_list_leaves_out_sub_assistants_and_questions(sdk: Revox) -> None:
    shown = sdk.assistants.create(**full_body("0.4")).assistant
    hidden = sdk.assistants.create(**MINIMAL, type="sub-assistant").assistant
    answer = sdk.assistants.with_raw_response.list().http_response.json()
    strictly(types.AssistantListResponse, answer)
    by_id = {assistant["id"]: assistant for assistant in answer["assistants"]}
    assert hidden.id not in by_id
    assert sdk.assistants.retrieve(hidden.id).type == "sub-assistant"
    assert {"faq_items", "pending_faq_count"}.isdisjoint(by_id[shown.id])
    assert by_id[shown.id]["prompt"] == shown.prompt


def test_update_replaces_top_level_fields_whole(sdk: Revox) -> None:
    before = create(sdk, full_body("0.4"))["assistant"]
    voice = {"id": "JBFqnCBsd6RMkjVDRZzb", "provider": "elevenlabs"}
    answer = sdk.assistants.with_raw_response.update(
        before["id"],
        voice=voice,  # type: ignore[arg-type]  # a mapping of the right keys is a TypedDict at run time
        slack=None,
    ).http_response.json()
    after = strictly(types.AssistantUpdateResponse, answer).assistant.to_dict()
    changed = {name for name in before if answer["assistant"][name] != before[name]}
    assert changed == {"voice", "slack", "updated_at"}
    assert after["voice"] == voice
    assert answer["assistant"]["slack"] is None
    assert answer["assistant"]["updated_at"] > before["updated_at"]


def test_update_replaces_questions_whole(sdk: Revox) -> None:
    before = sdk.assistants.create(**full_body("0.4")).assistant
    after = sdk.assistants.update(before.id, faq_items=[{"question": "Open?", "answer": "Yes."}]).assistant
    assert [item.question for item in after.faq_items or []] == ["Open?"]
    assert sdk.assistants.update(before.id, faq_items=[]).assistant.faq_items == []


def test_update_with_nothing_changes_only_the_time(sdk: Revox) -> None:
    before = create(sdk, MINIMAL)["assistant"]
    after = sdk.assistants.with_raw_response.update(before["id"]).http_response.json()["assistant"]
    assert {name for name in before if before[name] != after[name]} == {"updated_at"}


def test_clone(sdk: Revox) -> None:
    original = create(sdk, full_body("0.4"))["assistant"]
    answer = sdk.assistants.with_raw_response.clone(original["id"]).http_response.json()
    strictly(types.AssistantCloneResponse, answer)
    copy = answer["assistant"]
    assert copy["name"] == "Front desk (copy)"
    differing = {name for name in original if copy[name] != original[name]}
    assert differing == {"id", "name", "created_at", "updated_at", "faq_items"}
    assert copy["faq_items"][0]["id"] != original["faq_items"][0]["id"]


def test_delete(sdk: Revox) -> None:
    created = sdk.assistants.create(**MINIMAL).assistant
    answer = sdk.assistants.with_raw_response.delete(created.id).http_response.json()
    strictly(types.AssistantDeleteResponse, answer)
    assert answer == {"success": True}
    with pytest.raises(NotFoundError):
        sdk.assistants.delete(created.id)


def test_voices(sdk: Revox) -> None:
    answer = sdk.voices.with_raw_response.list().http_response.json()
    voices = strictly(types.VoiceListResponse, answer).voices
    assert {voice.provider for voice in voices} == {"cartesia", "elevenlabs", "gradium"}


def test_phone_numbers(sdk: Revox) -> None:
    answer = sdk.phone_numbers.with_raw_response.list().http_response.json()
    assert strictly(types.PhoneNumberListResponse, answer).phone_numbers


@pytest.mark.parametrize(("key", "authenticated"), [("emulator", True), ("another", False)])
def test_auth_status(base_url: str, key: str, *, authenticated: bool) -> None:
    with Revox(base_url=base_url, api_key=key, max_retries=0) as client:
        answer = client.auth_status.with_raw_response.retrieve().http_response.json()
    strictly(types.AuthStatusRetrieveResponse, answer)
    assert answer == {"authenticated": authenticated}


def test_wrong_key(base_url: str) -> None:
    with Revox(base_url=base_url, api_key="another", max_retries=0) as client, pytest.raises(AuthenticationError):
        client.assistants.list()


@pytest.mark.parametrize("call", ["retrieve", "update", "delete", "clone"])
def test_unknown_id(sdk: Revox, call: str) -> None:
    with pytest.raises(NotFoundError):
        getattr(sdk.assistants, call)("asst_unknown")


def test_a_body_outside_the_contract(sdk: Revox) -> None:
    with pytest.raises(UnprocessableEntityError) as caught:
        sdk.assistants.create(name="No prompt", prompt=1)  # type: ignore[arg-type]  # that is the point
    assert caught.value.body == {
        "error": "the body does not match the contract",
        "details": [{"path": "prompt", "message": 'the value is not of type "string"'}],
    }


def test_a_body_that_is_no_mapping(sdk: Revox) -> None:
    with pytest.raises(BadRequestError):
        sdk.post("/assistants", body=[1], cast_to=object)
