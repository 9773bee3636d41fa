"""A snapshot answers like the API did, and says what it does not know."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from revox_sync.contract.fields import assistant_node, is_hidden
from revox_sync.errors import RefusedError
from revox_sync.remote.http.listing import AssistantList, UnreadableEntry
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.snapshots.reader import Recorder, SnapshotReader
from revox_sync.sync.snapshots.redact import SnapshotRedactor
from revox_sync.sync.snapshots.snapshot import (
    Snapshot,
    dump_snapshot,
    load_snapshot,
)
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret
from tests.strategies import assistants
from tests.sync.snapshots.test_snapshot import SCHEMA


class Api:
    """Answers from memory; `faq_items` are not in its list."""

    connections = 8

    def __init__(self, *held: dict[str, Any]) -> None:
        self._held = {each["id"]: each for each in held}
        self.unreadable: tuple[UnreadableEntry, ...] = ()

    def expect(self, number: int) -> None:
        pass

    def abort(self) -> None:
        """Nothing is under way."""

    def listing(self) -> AssistantList:
        listed = [each for each in self._held.values() if not is_hidden(each)]
        shown = [{key: value for key, value in each.items() if key != "faq_items"} for each in listed]
        return AssistantList(shown, self.unreadable)

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        return self._held.get(assistant_id)


def taken(recorder: Recorder, declared: dict[str, Value] | None = None, **entries: LockEntry) -> Snapshot:
    return recorder.snapshot(
        environment="production",
        base_url="https://x/api",
        taken_at="2026-11-22T16:05:00Z",
        addresses={"asst_0": "a"},
        redactor=SnapshotRedactor(declared or {}, entries),
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
    listed = recorder.listing().assistants
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
    assert {each["id"] for each in reader.listing().assistants} == {each["id"] for each in listed}


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
        reader.listing()
    with pytest.raises(RefusedError, match="does not know asst_1"):
        reader.get_assistant("asst_1")


def test_a_listed_assistant_is_not_a_whole_one() -> None:
    recorder = Recorder(Api({"id": "asst_0", "name": "A", "faq_items": [1]}))
    recorder.listing()
    reader = SnapshotReader(taken(recorder), "s.json")
    assert reader.listing().assistants == [{"id": "asst_0", "name": "A"}]
    with pytest.raises(RefusedError, match="does not hold every field"):
        reader.get_assistant("asst_0")


def test_a_list_that_could_not_be_read_whole_is_not_complete() -> None:
    api = Api({"id": "asst_0", "name": "A"})
    api.unreadable = (UnreadableEntry("`assistants[1]` is not a mapping"),)
    recorder = Recorder(api)
    recorder.listing()
    with pytest.raises(RefusedError, match="holds only some"):
        SnapshotReader(taken(recorder), "s.json").listing()
