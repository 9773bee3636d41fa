"""What the server makes of bodies: fields of its own, questions of callers. Quirks: test_quirk_effects.py."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

import httpx
import pytest

from revox_sync.emulator.assistants import AssistantBuilder
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.settings import EmulatorSettings
from tests.emulator.conftest import MINIMAL, SCHEMAS, emulated

NOW = "2026-01-02T00:00:00.000000Z"


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


def test_without_a_quirk_texts_stay_as_they_are() -> None:
    with emulated() as client:
        created = client.post("/assistants", json={"name": "A ", "prompt": "x\r\n"})
    assert (created.json()["assistant"]["name"], created.json()["assistant"]["prompt"]) == ("A ", "x\r\n")
