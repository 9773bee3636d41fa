"""What comes back of a snapshot's assistant, and what is sent for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action, Change, Plan, PlanOptions
from revox_sync.sync.planning.request_body import restored_body
from revox_sync.sync.planning.saved_plan import dump_plan, load_plan, with_secrets
from revox_sync.sync.snapshots.restore import by_address, restorable_value
from revox_sync.sync.snapshots.snapshot import Captured, Snapshot
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret
from tests.strategies import assistants

BASE: Final[dict[str, Any]] = {
    "id": "asst_1",
    "name": "A",
    "prompt": "P",
    "organization_id": "org_1",
    "updated_at": "t",
}
CUSTOM: Final = {"type": "custom", "api_url": "https://x.example.com", "model_name": "m"}
FILE_KEY: Final = Secret("canary", "KEY")


def kept_key() -> dict[str, Any]:
    return CUSTOM | {"api_key": Secret(None)}


def back(
    kept: dict[str, Any], current: dict[str, Any] | None, declared: Mapping[str, Value] | None = None
) -> tuple[dict[str, Value], list[str]]:
    found = restorable_value(BASE | kept, declared or {}, None if current is None else BASE | current, whole=True)
    return found.fields, found.notes


KEPT_NOTE: Final = "`llm_model.api_key`: no snapshot holds secrets; the server keeps what it has"
LOST_NOTE: Final = (
    "`llm_model` cannot come back, for no snapshot holds secrets: declare `llm_model.api_key` with `!env`"
)
CASES: Final[list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], list[str]]]] = [
    ("nothing differs", {"first_sentence": "Hi"}, {"first_sentence": "Hi\n"}, {}, []),
    ("only read-only fields differ", {"updated_at": "old"}, {"updated_at": "new"}, {}, []),
    ("a value", {"first_sentence": "Hi"}, {"first_sentence": "Ho"}, {"first_sentence": "Hi"}, []),
    ("a value the server lost", {"first_sentence": "Hi"}, {}, {"first_sentence": "Hi"}, []),
    ("a field the snapshot lacks", {}, {"voicemail_message": "x"}, {}, []),
    ("cleared", {"voicemail_message": None}, {"voicemail_message": "x"}, {"voicemail_message": None}, []),
    (
        "not to be cleared",
        {"voice": None},
        {"voice": {"id": "v", "provider": "cartesia"}},
        {},
        ["`voice` cannot be cleared once it is set; the server keeps its value"],
    ),
    (
        "nested nulls and unknown keys",
        {"voice": {"id": "v", "provider": "cartesia", "speed": None, "new": 1, "newer": None}},
        {},
        {"voice": {"id": "v", "provider": "cartesia", "new": 1}},
        [],
    ),
    (
        "read-only keys of entries",
        {"faq_items": [{"id": "f1", "question": "q", "answer": "a", "source": "human"}]},
        {"faq_items": []},
        {"faq_items": [{"question": "q", "answer": "a"}]},
        [],
    ),
    (
        "entries the server had added",
        {"faq_items": [{"question": "q", "answer": "a", "source": "ai"}]},
        {"faq_items": []},
        {"faq_items": [{"question": "q", "answer": "a"}]},
        ["`faq_items`: entries the server had added by itself come back as ordinary ones (1)"],
    ),
    (
        "entries the server has added since",
        {"faq_items": []},
        {"faq_items": [{"question": "q", "answer": "a", "source": "ai"}]},
        {},
        [],
    ),
    ("a secret that cannot be compared", {"llm_model": kept_key()}, {"llm_model": kept_key()}, {}, [KEPT_NOTE]),
    (
        "a secret beside a change",
        {"llm_model": kept_key()},
        {"llm_model": kept_key() | {"model_name": "n"}},
        {},
        [LOST_NOTE],
    ),
]


@pytest.mark.parametrize(("name", "kept", "current", "fields", "notes"), CASES, ids=[case[0] for case in CASES])
def test_what_comes_back(
    name: str, kept: dict[str, Any], current: dict[str, Any], fields: dict[str, Any], notes: list[str]
) -> None:
    assert back(kept, current) == (fields, notes), name


def test_secrets_come_from_the_file() -> None:
    fields, notes = back({"llm_model": kept_key()}, {"llm_model": None}, {"llm_model": {"api_key": FILE_KEY}})
    assert fields["llm_model"]["api_key"] is FILE_KEY
    assert notes == ["the secrets in `llm_model` are those of the file; no snapshot holds any"]


def test_a_secret_written_in_the_file_is_none_to_go_by() -> None:
    literal = {"llm_model": {"api_key": Secret("canary")}}
    assert back({"llm_model": kept_key()}, None, literal) == (
        {"name": "A", "prompt": "P"},
        [LOST_NOTE],
    )


def test_secrets_in_lists_are_paired_by_their_names() -> None:
    def tool(value: Value, *, name: str) -> dict[str, Any]:
        return {"name": name, "headers": [{"name": "X", "value": value}]}

    mine = {"custom_tools": [tool(FILE_KEY, name="b"), tool(Secret("other", "OTHER"), name="a")]}
    fields, _ = back({"custom_tools": [tool(Secret(None), name=name) for name in "ab"]}, {}, mine)
    assert [each["headers"][0]["value"].variable for each in fields["custom_tools"]] == ["OTHER", "KEY"]


@settings(max_examples=60, deadline=None)
@given(assistants(), assistants())
def test_the_server_is_as_it_was_but_for_what_is_named(kept: dict[str, Any], current: dict[str, Any]) -> None:
    """With PATCH replacing top-level fields whole, everything differs no more, or has a note."""
    fields, notes = back(kept, current)
    after = BASE | current | restored_body(fields, current, fields)
    again, remaining = back(kept, after)
    assert again == {}
    assert set(remaining) <= set(notes)
    node = assistant_node()
    for key, value in kept.items():
        if not any(f"`{key}`" in each for each in notes):
            assert equal(value, after.get(key), node.child(key)), key


def test_keys_the_server_gained_go_and_questions_asked_stay() -> None:
    asked = {"question": "new", "answer": "", "source": "ai", "id": "f2"}
    current = {"voice": {"id": "w", "provider": "cartesia", "volume": 2}, "faq_items": [asked]}
    declared = {"voice": {"id": "v", "provider": "cartesia"}, "faq_items": []}
    assert restored_body(declared, current, declared) == {
        "voice": {"id": "v", "provider": "cartesia"},
        "faq_items": [{"question": "new", "answer": ""}],
    }


CREATE: Final = Change("a", "A", None, Action.CREATE)


def test_a_saved_plan_takes_each_secret_from_the_place_it_goes_to() -> None:
    change = replace(CREATE, declared={"name": "A", "llm_model": CUSTOM | {"api_key": FILE_KEY}}, body={"name": "A"})
    plan = Plan("e", "https://x", None, PlanOptions(), "d", (change,), restored_from="2026-11-22T16:05:00Z")
    loaded = load_plan(dump_plan(plan), "p.json")
    assert loaded.restored_from == plan.restored_from
    filled = with_secrets(loaded, {"a": {"llm_model": CUSTOM | {"api_key": FILE_KEY}}})
    assert filled.changes[0].declared["llm_model"]["api_key"].reveal() == "canary"
    for elsewhere in ({"webhook_url": FILE_KEY}, {"llm_model": {"api_key": Secret("canary", "OTHER")}}):
        with pytest.raises(RefusedError, match="no longer declares"):
            with_secrets(loaded, {"a": elsewhere})


def test_an_address_is_the_one_of_now() -> None:
    def one(number: int, address: str | None) -> Captured:
        return Captured(address, whole=True, value={"id": f"asst_{number}", "name": f"A{number}"})

    entries = {"new": LockEntry("asst_1", "A1", {}), "taken": LockEntry("asst_9", "A9", {})}
    assistants_ = (one(1, "old"), one(2, "gone"), one(3, "taken"), one(4, None))
    snapshot = Snapshot("e", "https://x", None, "t", complete=False, assistants=assistants_)
    found = by_address(snapshot, Lock("e", "https://x", None, entries))
    assert {address: each.id for address, each in found.items()} == {
        "new": "asst_1",
        "gone": "asst_2",
        "taken": "asst_3",
    }
