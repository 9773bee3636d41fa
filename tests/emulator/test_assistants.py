"""What the server makes of bodies: fields of its own, questions of callers, the form it keeps."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
import pytest

from revox_sync.emulator.assistants import AssistantBuilder, normalised, without
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.settings import EmulatorSettings
from tests.emulator.conftest import CONTRACTS, MINIMAL, SCHEMAS, emulated, full_body

NOW = "2026-01-02T00:00:00.000000Z"
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


def builder_of(contract: str | None = None) -> AssistantBuilder:
    """A builder whose clock stands still and whose ids are numbers."""
    numbers = count(1)
    settings = EmulatorSettings(
        clock=lambda: datetime(2026, 1, 2, tzinfo=UTC), new_id=lambda prefix: f"{prefix}_{next(numbers)}"
    )
    return AssistantBuilder(ServedContract(SCHEMAS, contract), settings)


def test_a_new_assistant_has_defaults_and_fields_of_the_server() -> None:
    created = builder_of("0.0").created(MINIMAL | {"faq_items": [{"question": "Q", "answer": "A"}]})
    assert (created["id"], created["created_at"], created["updated_at"]) == ("asst_1", NOW, NOW)
    assert created["first_sentence_delay_ms"] == 400
    assert created["faq_items"] == [
        {"question": "Q", "answer": "A", "id": "faq_2", "source": "human", "needs_human_answer": False}
    ]


def test_an_update_replaces_whole_fields_and_leaves_the_others() -> None:
    builder = builder_of()
    created = builder.created(MINIMAL | {"voice": {"provider": "cartesia", "id": "v", "speed": 1.5}})
    updated = builder.updated(created, {"voice": {"provider": "cartesia", "id": "w"}})
    assert updated == created | {"voice": {"provider": "cartesia", "id": "w"}}


def test_a_clone_differs_in_name_and_id() -> None:
    builder = builder_of()
    original = builder.created(MINIMAL)
    clone = builder.cloned(original)
    assert {key for key in clone if clone[key] != original[key]} == {"id", "name"}
    assert clone["name"] == "Minimal (copy)"


@pytest.mark.parametrize("contract", [None, "0.2"])
def test_only_a_pinned_contract_hides_other_fields(contract: str | None) -> None:
    builder = builder_of(contract)
    answer = builder.answer(builder.created(MINIMAL) | {"voicemail_message": "m", "from_another_contract": 1})
    assert ("from_another_contract" in answer) is (contract is None)
    assert (answer["voicemail_message"], answer["webhook_url"], answer["pending_faq_count"]) == ("m", None, 0)
    assert {"faq_items", "pending_faq_count"}.isdisjoint(builder.listed(answer))


def questions_after_reads(client: httpx.Client, times: int) -> list[int]:
    """Number of questions after each of so many reads."""
    created = client.post("/assistants", json=MINIMAL).json()["assistant"]
    return [len(client.get(f"/assistants/{created['id']}").json()["faq_items"] or []) for _ in range(times)]


def test_questions_grow_as_the_seed_says() -> None:
    counts = []
    for seed in (1, 1, 2):
        with emulated(grow_faq=0.5, seed=seed) as client:
            counts.append(questions_after_reads(client, 30))
    assert counts[0] == counts[1] != counts[2]
    assert counts[0] == sorted(counts[0])
    assert 5 < counts[0][-1] < 25


def test_a_grown_question_is_one_a_caller_asked() -> None:
    with emulated(grow_faq=1) as client:
        created = client.post("/assistants", json=MINIMAL | {"faq_items": [{"question": "Q", "answer": "A"}]})
        before = created.json()["assistant"]
        after = client.patch(f"/assistants/{before['id']}", json={"prompt": "y"}).json()["assistant"]
        read = client.get(f"/assistants/{before['id']}").json()
        listed = client.get("/assistants").json()["assistants"]
    assert (len(before["faq_items"]), before["pending_faq_count"]) == (1, 0)
    own, asked = after["faq_items"]
    assert own == before["faq_items"][0]
    assert asked.pop("id").startswith("faq_")
    assert asked == {
        "question": "What did caller 2 want to know?",
        "answer": "",
        "source": "ai",
        "needs_human_answer": True,
    }
    assert (after["pending_faq_count"], read["pending_faq_count"], len(listed)) == (1, 2, 1)


@pytest.mark.parametrize("method", ["get", "delete"])
def test_nothing_grows_where_nothing_is(method: str) -> None:
    with emulated(grow_faq=1) as client:
        assert client.request(method, "/assistants/asst_none").status_code == 404
        assert client.get("/assistants").json() == {"assistants": []}


def test_dropped_fields_are_accepted_and_ignored() -> None:
    voice = {"provider": "elevenlabs", "id": "v", "speed": 1.1}
    drops = frozenset({"voicemail_message", "sms_enabled", "voice.speed"})
    with emulated(drops=drops) as client:
        sent = MINIMAL | {"voicemail_message": "m", "sms_enabled": True, "voice": voice}
        created = client.post("/assistants", json=sent).json()["assistant"]
        updated = client.patch(f"/assistants/{created['id']}", json=sent | {"prompt": "new"}).json()["assistant"]
    for answer in (created, updated):
        assert (answer["voicemail_message"], answer["sms_enabled"]) == (None, False)
        assert answer["voice"] == {"provider": "elevenlabs", "id": "v"}
    assert updated["prompt"] == "new"


def test_a_field_that_does_not_exist() -> None:
    settings = EmulatorSettings(drops=frozenset({"voicemail"}))
    with pytest.raises(ValueError, match="no field 'voicemail' that could be ignored"):
        AssistantBuilder(ServedContract(SCHEMAS, None), settings)


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
