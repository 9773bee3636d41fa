"""Quirks as clients see them over a real socket, the official SDK among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from revox import Revox

from revox_sync.emulator.app import create_app
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.faults import Fault
from revox_sync.emulator.quirk_effects import merged, with_former, without
from revox_sync.emulator.quirks import Quirks
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from revox_sync.emulator.stored_form import respelled
from tests.clock import SetClock
from tests.emulator.conftest import CONTRACTS, KEY, MINIMAL, SCHEMAS, emulated, full_body

VOICE = {"provider": "cartesia", "id": "v", "speed": 1.2, "volume": 0.8}
TOOL: dict[str, Any] = {
    "name": "look_up",
    "description": "Looks up.",
    "method": "GET",
    "url": "https://example.com",
    "headers": [],
    "query_params": [],
    "body_template": None,
    "input_schema": [],
}
SLACK = {"connection_id": "c", "channels": [], "outcomes": ["completed"]}
Assistant = dict[str, Any]


@contextmanager
def odd(*quirks: str, **settings: Any) -> Iterator[httpx.Client]:
    """A client of an emulator with quirks."""
    with emulated(quirks=Quirks.parse(quirks), **settings) as client:
        yield client


def sdk_of(client: httpx.Client) -> Revox:
    """The official client of the same emulator."""
    return Revox(base_url=str(client.base_url).rstrip("/"), api_key="emulator", max_retries=0)


def create(client: httpx.Client, **fields: Any) -> Assistant:
    answer = client.post("/assistants", json=MINIMAL | fields)
    assert answer.status_code == 200, answer.text
    created: Assistant = answer.json()["assistant"]
    return created


def update(client: httpx.Client, assistant: Assistant, **fields: Any) -> Assistant:
    answer = client.patch(f"/assistants/{assistant['id']}", json=fields)
    assert answer.status_code == 200, answer.text
    updated: Assistant = answer.json()["assistant"]
    return updated


def read(client: httpx.Client, assistant: Assistant) -> Assistant:
    found: Assistant = client.get(f"/assistants/{assistant['id']}").json()
    return found


def names(client: httpx.Client) -> list[str]:
    return [listed["name"] for listed in client.get("/assistants").json()["assistants"]]


def test_merge_patch_keeps_what_an_update_leaves_out() -> None:
    with odd("merge-patch") as client, sdk_of(client) as sdk:
        before = create(client, voice=VOICE, faq_items=[{"question": "Q", "answer": "A"}], slack=None)
        sdk.assistants.update(before["id"], voice={"provider": "elevenlabs", "id": "w"})
        after = read(client, before)
        emptied = update(client, before, faq_items=[], voicemail_message=None)
    assert after["voice"] == VOICE | {"provider": "elevenlabs", "id": "w"}
    assert (emptied["faq_items"], emptied["voicemail_message"]) == ([], None)


@pytest.mark.parametrize(
    ("before", "patch", "after"),
    [  # the examples of RFC 7396, appendix A, that have an object for a patch
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "foo"}, None, None),
    ],
)
def test_merged(before: Any, patch: Any, after: Any) -> None:
    assert merged(before, patch) == after


def test_a_list_that_lags() -> None:
    clock = SetClock()
    with odd("list-lag:5", clock=clock) as client, sdk_of(client) as sdk:
        first = create(client, name="first")
        assert (names(client), read(client, first)["name"]) == ([], "first")
        clock.advance(5)
        assert names(client) == ["first"]
        update(client, first, name="renamed")
        clock.advance(1)
        create(client, name="second")
        assert [shown.name for shown in sdk.assistants.list().assistants] == ["first"]
        clock.advance(4)
        assert names(client) == ["renamed"]
        client.delete(f"/assistants/{first['id']}")
        assert client.get(f"/assistants/{first['id']}").status_code == 404
        clock.advance(4.9)
        assert names(client) == ["renamed", "second"]
        clock.advance(0.1)
        assert names(client) == ["second"]


def test_reads_that_lag() -> None:
    clock = SetClock()
    with odd("read-lag:5", clock=clock) as client:
        created = create(client)
        assert (names(client), client.get(f"/assistants/{created['id']}").status_code) == (["Minimal"], 404)
        clock.advance(5)
        assert update(client, created, prompt="new")["prompt"] == "new"
        clock.advance(4.9)
        assert read(client, created)["prompt"] == MINIMAL["prompt"]
        assert client.get("/assistants").json()["assistants"][0]["prompt"] == "new"
        clock.advance(0.1)
        assert read(client, created)["prompt"] == "new"
        client.delete(f"/assistants/{created['id']}")
        assert (names(client), read(client, created)["prompt"]) == ([], "new")
        clock.advance(5)
        assert client.get(f"/assistants/{created['id']}").status_code == 404


def test_what_callers_ask_is_read_late_too() -> None:
    clock = SetClock()
    with odd("read-lag:5", grow_faq=1, clock=clock) as client:
        created = create(client)
        clock.advance(5)
        assert read(client, created)["pending_faq_count"] == 0
        clock.advance(5)
        assert read(client, created)["pending_faq_count"] == 1


def test_edits_behind_the_api_lag_too() -> None:
    clock = SetClock()
    settings = EmulatorSettings(quirks=Quirks(list_lag=5), clock=clock)
    with Store(None) as store:
        create_app(SCHEMAS, store, settings)
        store.add({"id": "a", "name": "new"})
        assert (store.all(seconds_ago=5), store.all()) == ([], [{"id": "a", "name": "new"}])


def test_a_page_and_what_it_says_of_the_rest() -> None:
    with odd("page:2") as client, sdk_of(client) as sdk:
        kept = [create(client, name=name) for name in "ab"]
        whole = client.get("/assistants").json()
        create(client, name="c")
        create(client, name="hidden", type="sub-assistant")
        first = client.get("/assistants").json()
        shown = sdk.assistants.list()
    assert (whole["has_more"], whole["next_cursor"], len(whole["assistants"])) == (False, None, 2)
    assert (first["has_more"], first["next_cursor"]) == (True, kept[1]["id"])
    assert [assistant["name"] for assistant in first["assistants"]] == ["a", "b"]
    assert (len(shown.assistants), (shown.model_extra or {})["has_more"]) == (2, True)


def test_without_a_page_nothing_is_said() -> None:
    with odd() as client:
        assert client.get("/assistants").json() == {"assistants": []}


def test_empty_lists_as_null() -> None:
    with odd("null-empty") as client, sdk_of(client) as sdk:
        created = create(client, custom_tools=[TOOL], faq_items=[], slack=SLACK)
        (listed,) = client.get("/assistants").json()["assistants"]
        shown = sdk.assistants.retrieve(created["id"])
        emptied = update(client, created, custom_tools=[])
        client.delete(f"/assistants/{created['id']}")
        assert client.get("/assistants").json() == {"assistants": []}
    assert (shown.faq_items, created["pending_faq_count"]) == (None, 0)
    for answer in (created, listed):
        assert answer["slack"]["channels"] is None
        assert answer["custom_tools"] == [TOOL | {"headers": None, "query_params": None, "input_schema": None}]
    assert emptied["custom_tools"] is None


def test_dropped_fields_are_accepted_and_ignored() -> None:
    voice = {"provider": "elevenlabs", "id": "v", "speed": 1.1}
    with odd("drop:voicemail_message,sms_enabled", "drop:voice.speed", "drop:faq_items.answer") as client:
        sent = {"voicemail_message": "m", "sms_enabled": True, "voice": voice}
        created = create(client, **sent, faq_items=[{"question": "Q", "answer": "A"}])
        updated = update(client, created, **sent, prompt="new")
    for answer in (created, updated):
        assert (answer["voicemail_message"], answer["sms_enabled"]) == (None, False)
        assert answer["voice"] == {"provider": "elevenlabs", "id": "v"}
        assert [question.keys() & {"question", "answer"} for question in answer["faq_items"]] == [{"question"}]
    assert updated["prompt"] == "new"


def test_a_dropped_field_stays_what_it_was() -> None:
    with Store(None) as store:
        app = create_app(SCHEMAS, store, EmulatorSettings(quirks=Quirks(drop=("voice.speed", "logo_url"))))
        with running(app) as url, httpx.Client(base_url=url, headers=KEY) as client:
            created = create(client, voice=VOICE)
            former = {"voice": VOICE, "logo_url": "https://example.com/old.png"}
            store.change(created["id"], lambda document: document | former)
            sent = {"voice": VOICE | {"speed": 0.9, "volume": 1.1}, "logo_url": None}
            updated = update(client, created, **sent)
    assert (updated["voice"], updated["logo_url"]) == (VOICE | {"volume": 1.1}, former["logo_url"])


@pytest.mark.parametrize(
    ("after", "field", "whole"),
    [
        ({"a": {"b": 2}}, "a.b", {"a": {"b": 1}}),
        ({"a": {}}, "a.b", {"a": {"b": 1}}),
        ({"a": {"b": 2}}, "a.c", {"a": {"b": 2}}),
        ({"a": None}, "a.b", {"a": None}),
        ({"a": [{"b": 2}]}, "a.b", {"a": [{"b": 2}]}),
        ({}, "a.b", {}),
        ({}, "a", {"a": {"b": 1}}),
        ({"c": 1}, "c", {"c": 1}),
    ],
)
def test_with_former(after: Assistant, field: str, whole: Assistant) -> None:
    assert with_former(after, {"a": {"b": 1}}, field) == whole


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ({"a": {"b": {"c": 1, "d": 2}}, "e": 3}, {"a": {"b": {"d": 2}}}),
        ({"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": [{"b": [{"c": 1}, 2]}, None]}, {"a": [{"b": [{}, 2]}, None]}),
        ({"a": None}, {"a": None}),
        ({}, {}),
    ],
)
def test_without(body: Assistant, rest: Assistant) -> None:
    assert without(body, ["a.b.c", "e"]) == rest


def test_a_create_that_ignores_fields() -> None:
    sent = {"ivr_navigation_enabled": True, "max_call_duration_secs": 90, "voice": VOICE, "sms_enabled": True}
    with odd(
        "ignore-on-create:ivr_navigation_enabled,max_call_duration_secs", "ignore-on-create:voice.speed"
    ) as client:
        created = create(client, **sent)
        updated = update(client, created, **sent)
        clone = client.post(f"/assistants/{created['id']}/clone").json()["assistant"]
    assert [created[name] for name in sent] == [False, 600, {k: v for k, v in VOICE.items() if k != "speed"}, True]
    assert [updated[name] for name in sent] == [clone[name] for name in sent] == list(sent.values())


def test_keys_of_list_entries_that_nobody_sent() -> None:
    output = {"name": "x", "type": "string", "required": True}
    added = {"category": "set by the server"}
    with odd("item-key:category") as client, sdk_of(client) as sdk:
        created = create(
            client,
            custom_tools=[TOOL | {"headers": [{"key": "a", "value": "b"}]}],
            structured_output_config=[output],
            after_call_sms_outcomes=["completed"],
            voice=VOICE,
        )
        kept = update(client, created, structured_output_config=[output | {"category": "mine"}])
        refused = client.patch(
            f"/assistants/{created['id']}", json={"structured_output_config": [output | {"kind": 1}]}
        )
        (shown,) = sdk.assistants.list().assistants
    assert created["structured_output_config"] == [output | added]
    assert created["custom_tools"] == [TOOL | added | {"headers": [{"key": "a", "value": "b"} | added]}]
    assert (created["after_call_sms_outcomes"], created["voice"]) == (["completed"], VOICE)
    assert kept["structured_output_config"] == [output | {"category": "mine"}]
    assert refused.status_code == 422
    assert [tool.model_extra for tool in shown.custom_tools or []] == [added]


def test_masked_texts() -> None:
    tool = TOOL | {"headers": [{"key": "a", "value": "bearer-1234"}]}
    with odd("mask:webhook_url,custom_tools.headers.value", "mask:faq_items") as client:
        made = create(client, webhook_url="https://hooks.example.com/abcd", custom_tools=[tool])
        read_back, updated = read(client, made), update(client, made, prompt="new")
        (listed,) = client.get("/assistants").json()["assistants"]
    for answer in (made, read_back, updated, listed):
        assert answer["webhook_url"] == "********abcd"
        assert answer["custom_tools"][0]["headers"] == [{"key": "a", "value": "********1234"}]
        assert answer["custom_tools"][0]["url"] == TOOL["url"]


def test_a_create_with_a_thin_answer() -> None:
    with odd("thin-create:faq_items,updated_at", "thin-create:voice.speed") as client, sdk_of(client) as sdk:
        created = sdk.assistants.create(**MINIMAL, voice=VOICE).assistant  # type: ignore[arg-type]  # a mapping
        thin = create(client, voice=VOICE)
        whole = read(client, thin)
        updated = update(client, thin, prompt="new")
    assert "faq_items" not in created.model_fields_set
    assert thin.keys() ^ whole.keys() == {"faq_items", "updated_at"}
    assert thin["voice"].keys() ^ VOICE.keys() == {"speed"}
    assert (updated.keys(), updated["voice"]) == (whole.keys(), VOICE)


def test_names_in_lower_case() -> None:
    with odd("lower-name") as client:
        created = create(client, name="FRONT Desk")
        updated = update(client, created, prompt="X")
        renamed = update(client, created, name="BACK")
    assert (created["name"], updated["name"], updated["prompt"], renamed["name"]) == (
        "front desk",
        "front desk",
        "X",
        "back",
    )


def test_texts_in_one_unicode_form() -> None:
    with odd("nfc") as client:
        created = create(client, name="Cafe\u0301", faq_items=[{"question": "Ou\u0300?", "answer": "x"}])
        updated = update(client, created, prompt="e\u0301")
    assert (created["name"], created["faq_items"][0]["question"], updated["prompt"]) == (
        "Caf\u00e9",
        "O\u00f9?",
        "\u00e9",
    )


@pytest.mark.parametrize("contract", CONTRACTS)
def test_what_is_respelled_fits_the_contract(contract: str) -> None:
    kept = respelled(full_body(contract), ServedContract(SCHEMAS, contract).schema)
    with odd("respell", contract=contract) as client:
        created = create(client, **full_body(contract))
        update(client, created, **kept)
    del kept["faq_items"]  # with ids of the server
    assert json.dumps({key: created[key] for key in kept}) == json.dumps(kept)


def test_without_quirks_texts_stay_as_they_are() -> None:
    with odd() as client:
        created = create(client, name="A ", prompt="x\r\ne\u0301")
    assert (created["name"], created["prompt"]) == ("A ", "x\r\ne\u0301")


def test_quirks_combine_with_each_other_and_with_faults() -> None:
    clock = SetClock()
    faults = (Fault("error-500-after-commit", 1),)
    with odd("lower-name", "list-lag:5", "null-empty", "respell", faults=faults, clock=clock) as client:
        body = {"name": "Front Desk ", "prompt": "x", "custom_tools": []}
        assert client.post("/assistants", json=body).status_code == 500
        assert names(client) == []
        clock.advance(5)
        (listed,) = client.get("/assistants").json()["assistants"]
    assert (listed["name"], listed["custom_tools"]) == ("front desk", None)


@pytest.mark.parametrize(
    ("quirks", "words"),
    [
        ("drop:voicemail", "no field `voicemail`; known: name, prompt, "),
        ("thin-create:voice.sped", r"no field `voice\.sped`; known: voice\.id, voice\.provider, "),
        ("ignore-on-create:voice.speed.unit", r"no field `voice\.speed\.unit`$"),
        ("drop:custom_tools.0", r"no field `custom_tools\.0`; known: custom_tools\.name"),
        ("item-key:description", "may have `description` without the quirk"),
    ],
)
def test_quirks_that_contradict_the_contract(quirks: str, words: str) -> None:
    with Store(None) as store, pytest.raises(ValueError, match=words):
        create_app(SCHEMAS, store, EmulatorSettings(quirks=Quirks.parse([quirks])))


def test_a_pinned_contract_has_its_own_fields() -> None:
    quirks = Quirks(drop=("sms_enabled",))
    with Store(None) as store:
        create_app(SCHEMAS, store, EmulatorSettings(quirks=quirks))
        with pytest.raises(ValueError, match="no field `sms_enabled`"):
            create_app(SCHEMAS, store, EmulatorSettings(quirks=quirks, contract="0.0"))
