"""What counts as a secret before an assistant is written to a snapshot."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.snapshots.reader import Recorder
from revox_sync.sync.snapshots.redact import SnapshotRedactor
from revox_sync.sync.snapshots.snapshot import (
    dump_snapshot,
)
from revox_sync.values.secret import Secret
from tests.strategies import assistants
from tests.sync.snapshots.test_reader import Api, taken

CANARY: Final = "canary-4f1c9e"


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
    recorder.listing()
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
    redactor = SnapshotRedactor({"a": {"x": [Secret(CANARY), Secret("short"), Secret("", "UNSET"), Secret(None)]}}, {})
    bare = redactor.redacted({"id": CANARY, "prompt": text}, None)
    assert bare == {"id": CANARY, "prompt": Secret(None) if hidden else text}


@pytest.mark.parametrize(
    ("declared", "entry", "hidden"),
    [
        ({}, None, False),
        ({"first_sentence": Secret(None, "K")}, None, True),
        ({}, LockEntry("asst_0", "A", {("first_sentence",): None}), True),
        ("broken", None, False),
    ],
)
def test_who_says_that_a_field_is_a_secret(declared: Any, entry: LockEntry | None, *, hidden: bool) -> None:
    redactor = SnapshotRedactor({"a": declared}, {"a": entry} if entry else {})
    answer = {"id": "asst_0", "name": "A", "first_sentence": "Hello"}
    redacted = redactor.redacted(answer, "a")
    assert redacted["first_sentence"] == (Secret(None) if hidden else "Hello")
    assert redactor.redacted(answer, None) == answer, "nobody says so of an assistant without a file"
    assert answer["first_sentence"] == "Hello"
