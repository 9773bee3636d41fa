"""Snapshots as text: what goes in comes out, secrets apart."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from revox_sync.contract.fields import assistant_node, is_hidden
from revox_sync.errors import RefusedError, UsageError
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.planning.saved_plan_model import decode_value
from revox_sync.sync.snapshots.reader import Recorder, SnapshotReader
from revox_sync.sync.snapshots.redact import Redactor
from revox_sync.sync.snapshots.snapshot import (
    Captured,
    Snapshot,
    dump_snapshot,
    load_snapshot,
    require_organization,
    require_same_api,
)
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret
from tests.account import SCHEMAS
from tests.strategies import assistants

SCHEMA: Final = json.loads((SCHEMAS / "snapshot.schema.json").read_text("utf-8"))
EMPTY: Final = Snapshot("production", "https://x/api", "org_1", "2026-11-22T16:05:00Z", complete=True, assistants=())
CANARY: Final = "canary-4f1c9e"


class Api:
    """Answers from memory; `faq_items` are not in its list."""

    def __init__(self, *held: dict[str, Any]) -> None:
        self._held = {each["id"]: each for each in held}

    def abort(self) -> None:
        """Nothing is under way."""

    def list_assistants(self) -> list[dict[str, Any]]:
        listed = [each for each in self._held.values() if not is_hidden(each)]
        return [{key: value for key, value in each.items() if key != "faq_items"} for each in listed]

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        return self._held.get(assistant_id)


def taken(recorder: Recorder, declared: dict[str, Value] | None = None, **entries: LockEntry) -> Snapshot:
    return recorder.snapshot(
        environment="production",
        base_url="https://x/api",
        taken_at="2026-11-22T16:05:00Z",
        addresses={"asst_0": "a"},
        redactor=Redactor(declared or {}, entries),
    )


def unsecret(value: Value) -> Value:
    """Secrets as a snapshot has them."""
    if isinstance(value, dict):
        return {key: unsecret(child) for key, child in value.items()}
    if isinstance(value, list):
        return [unsecret(child) for child in value]
    return Secret(None) if isinstance(value, Secret) else value


@settings(max_examples=60, deadline=None)
@given(st.lists(assistants(), min_size=1, max_size=3))
def test_a_snapshot_answers_like_the_api_but_for_secrets(drawn: list[dict[str, Any]]) -> None:
    held = [each | {"id": f"asst_{number}", "organization_id": "org_1"} for number, each in enumerate(drawn)]
    recorder = Recorder(Api(*held))
    listed = recorder.list_assistants()
    fetched = [recorder.get_assistant(each["id"]) for each in held]
    assert recorder.get_assistant("gone") is None
    text = dump_snapshot(taken(recorder))
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    snapshot = load_snapshot(text, "s.json")
    assert dump_snapshot(snapshot) == text
    reader, node = SnapshotReader(snapshot, "s.json"), assistant_node()
    assert [reader.get_assistant(each["id"]) for each in held] == [
        unsecret(wrap_schema_secrets(each, node)) for each in fetched
    ]
    assert reader.get_assistant("gone") is None
    assert {each["id"] for each in reader.list_assistants()} == {each["id"] for each in listed}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_secret_of_a_file_is_in_the_bytes(data: st.DataObject) -> None:
    drawn = data.draw(assistants())
    keys = sorted(key for key, value in drawn.items() if isinstance(value, str) and key not in {"name", "type"})
    chosen = data.draw(st.sets(st.sampled_from(keys), min_size=1))
    held = drawn | dict.fromkeys(chosen, CANARY) | {"id": "asst_0"}
    declared = drawn | {key: Secret(None, "K") for key in chosen}
    entry = LockEntry("asst_0", "x", {(key,): None for key in chosen})
    clone = held | {"id": "asst_1", "name": "clone"}
    for snapshot in (
        taken(_recorded(held), {"a": declared}),
        taken(_recorded(held), a=entry),
        taken(_recorded(held, clone), {"a": drawn | {key: Secret(CANARY, "K") for key in chosen}}),
    ):
        assert CANARY not in dump_snapshot(snapshot)


def _recorded(*held: dict[str, Any]) -> Recorder:
    recorder = Recorder(Api(*held))
    for each in held:
        recorder.get_assistant(each["id"])
    recorder.list_assistants()
    return recorder


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"Bearer {CANARY}", True),
        (CANARY, True),
        ("short", True),
        ("a short text", False),
        ("", False),
    ],
)
def test_where_a_known_secret_is_recognised(text: str, *, hidden: bool) -> None:
    redactor = Redactor({"a": {"x": [Secret(CANARY), Secret("short"), Secret("", "UNSET"), Secret(None)]}}, {})
    bare = redactor.redacted({"id": CANARY, "prompt": text}, None)
    assert bare == {"id": CANARY, "prompt": Secret(None) if hidden else text}


def test_only_what_was_asked_is_known() -> None:
    recorder = Recorder(Api({"id": "asst_0", "name": "A", "faq_items": []}, {"id": "asst_1", "name": "B"}))
    recorder.get_assistant("asst_0")
    snapshot = taken(recorder)
    assert (snapshot.complete, [(each.id, each.address, each.whole) for each in snapshot.assistants]) == (
        False,
        [("asst_0", "a", True)],
    )
    reader = SnapshotReader(snapshot, "s.json")
    with pytest.raises(RefusedError, match="holds only some"):
        reader.list_assistants()
    with pytest.raises(RefusedError, match="does not know asst_1"):
        reader.get_assistant("asst_1")


def test_a_listed_assistant_is_not_a_whole_one() -> None:
    recorder = Recorder(Api({"id": "asst_0", "name": "A", "faq_items": [1]}))
    recorder.list_assistants()
    reader = SnapshotReader(taken(recorder), "s.json")
    assert reader.list_assistants() == [{"id": "asst_0", "name": "A"}]
    with pytest.raises(RefusedError, match="does not hold every field"):
        reader.get_assistant("asst_0")


def text_with(**changed: Any) -> str:
    return json.dumps(json.loads(dump_snapshot(EMPTY)) | changed)


def nested(levels: int) -> dict[str, Any]:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return {"id": "a", "name": "A", "voice": value}


NO_SNAPSHOTS: Final = [
    ("", "is no snapshot"),
    ("[]", "is no snapshot"),
    ("[" * 100_000, "is no snapshot"),
    (text_with(format="x"), "is no snapshot"),
    (text_with(assistants=[{"address": None, "whole": True, "value": nested(140)}]), "is no snapshot"),
    (text_with(version=True), "of version true, not 1"),
    (text_with(version=None), "of version null, not 1"),
    (text_with(taken_at="yesterday"), "does not fit"),
    (text_with(base_url="ftp://x"), "does not fit"),
    (text_with(assistants=[{"address": None, "whole": True, "value": {"id": "", "name": "A"}}]), "does not fit"),
    (text_with(assistants=[{"address": None, "whole": True, "value": {"id": "a"}}]), "does not fit"),
    (text_with(**{"\ud800": 1}), "does not fit"),
]


@pytest.mark.parametrize(("text", "words"), NO_SNAPSHOTS, ids=range(len(NO_SNAPSHOTS)))
def test_what_is_no_snapshot(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load_snapshot(text, "s.json")


def test_a_name_may_be_a_secret() -> None:
    value = {"id": "asst_0", "name": Secret("x"), "prompt": "p\ud800", "\ud800": 10**400}
    text = dump_snapshot(
        Snapshot(
            "e",
            "http://x",
            None,
            EMPTY.taken_at,
            complete=True,
            assistants=(Captured(None, whole=True, value=value | {"\ud800": 1}),),
        )
    )
    assert json.loads(text)["assistants"][0]["value"]["name"] == {"$secret": None}


def test_decoded_secrets_are_objects_of_their_own() -> None:
    first, second = decode_value([{"$secret": None}, {"$secret": None}])
    assert first is not second, "restore tells them apart by identity"


@pytest.mark.parametrize(
    ("environment", "base_url", "refused"),
    [
        ("production", "https://x/api", False),
        ("production", None, False),
        ("staging", "https://x/api", True),
        ("production", "https://y/api", True),
    ],
)
def test_a_snapshot_belongs_to_one_api(environment: str, base_url: str | None, *, refused: bool) -> None:
    if refused:
        with pytest.raises(RefusedError, match="was taken of"):
            require_same_api(EMPTY, "s.json", environment, base_url)
    else:
        require_same_api(EMPTY, "s.json", environment, base_url)


def test_a_snapshot_belongs_to_one_organisation() -> None:
    require_organization(EMPTY, "s.json", [None, "org_1"])
    with pytest.raises(RefusedError, match="organisation org_1, not org_2"):
        require_organization(EMPTY, "s.json", ["org_1", "org_2"])


def test_no_snapshot_can_ask_for_a_variable() -> None:
    value = {"id": "a", "name": "A", "webhook_url": {"$secret": "KEY"}, "prompt": {"$secret": None}}
    (found,) = load_snapshot(
        text_with(assistants=[{"address": "a", "whole": True, "value": value}]), "s.json"
    ).assistants
    assert found.value["webhook_url"] == {"$secret": "KEY"}
    assert isinstance(found.value["prompt"], Secret)
    assert found.value["prompt"].variable is None
