from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.errors import ExitCode
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.field_diff import field_changes
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.planning.request_body import UndeclaredSecret, patch_body
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.strategies import assistants
from tests.sync.records import confirmed

ROOT = assistant_node()
CALM = {LeafState.IN_SYNC}


def node(field: str) -> Node:
    found = ROOT.child(field)
    assert found is not None
    return found


def overlay(
    declared: Any, current: Any, entry: LockEntry | None, field: str, keep: frozenset[Pointer] = frozenset()
) -> Any:
    """What is sent for one field."""
    return patch_body({field: declared}, {field: current}, entry, [field], keep)[field]


def locked(*pointers: Pointer) -> LockEntry:
    return LockEntry("asst_1", "A", dict.fromkeys(pointers))


@pytest.mark.parametrize(
    ("field", "declared", "current", "gone", "body"),
    [
        (  # docs/design.md, "What is sent"
            "voice",
            {"provider": "p", "id": "B"},
            {"provider": "p", "id": "A", "speed": 1.1, "model": None},
            [],
            {"provider": "p", "id": "B", "speed": 1.1},
        ),
        (
            "voice",
            {"provider": "q", "id": "B"},
            {"provider": "p", "id": "A", "speed": 1.1},
            [],
            {"provider": "q", "id": "B"},
        ),
        (
            "voice",
            {"provider": "p", "id": "B"},
            {"provider": "p", "id": "A", "speed": 1.1, "volume": 1},
            [("voice", "speed")],
            {"provider": "p", "id": "B", "volume": 1},
        ),
        ("voice", {"provider": "p", "id": "B", "speed": 1}, None, [], {"provider": "p", "id": "B", "speed": 1}),
        ("voice", None, {"provider": "p"}, [], None),
        ("position", {}, {"x": 1, "y": 2}, [], {"x": 1, "y": 2}),
        ("prompt", "b", "a", [], "b"),
        (
            "call_retry_config",
            {"max_retry_attempts": 2},
            {"max_retry_attempts": 1, "timezone": None, "allowed_days": ["monday"], "new_key": {"a": None, "b": 1}},
            [],
            {"max_retry_attempts": 2, "timezone": None, "allowed_days": ["monday"], "new_key": {"b": 1}},
        ),
        (
            "call_retry_config",
            {"max_retry_attempts": 2},
            {"max_retry_attempts": 1, "new_key": {"b": 1}},
            [("call_retry_config", "new_key", "b")],
            {"max_retry_attempts": 2},
        ),
        (
            "slack",
            {"connection_id": "c"},
            {"connection_id": "b", "channel_name": None, "template": None, "channels": [{"id": "C1", "name": None}]},
            [],
            {"connection_id": "c", "template": None, "channels": [{"id": "C1", "name": None}]},
        ),
        (
            "faq_items",
            [{"question": "a", "answer": "1"}],
            [
                {"question": "a", "answer": "0", "source": "human"},
                {"question": "b", "answer": "2", "source": "ai", "id": "q", "needs_human_answer": None},
                {"question": "c", "answer": "3", "source": "human"},
            ],
            [],
            [{"question": "a", "answer": "1"}, {"question": "b", "answer": "2"}],
        ),
        (
            "llm_model",
            {"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "p"},
            {"type": "custom", "api_key": Secret("k"), "api_url": "u", "model_name": "m"},
            [],
            {"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "p"},
        ),
        (
            "llm_model",
            {"type": "custom", "api_key": Secret("n")},
            {"type": "custom", "api_key": Secret("k"), "api_url": "u"},
            [],
            {"type": "custom", "api_key": Secret("n"), "api_url": "u"},
        ),
        (
            "llm_model",
            {"type": "custom", "api_url": "v"},
            {"type": "custom", "api_key": Secret("k"), "api_url": "u"},
            [("llm_model", "api_key")],
            {"type": "custom", "api_url": "v"},
        ),
    ],
)
def test_what_is_sent(field: str, declared: Any, current: Any, gone: list[Pointer], body: Any) -> None:
    assert overlay(declared, current, locked(*gone), field) == body


def test_a_secret_the_file_does_not_declare_is_refused() -> None:
    current = {"type": "custom", "api_key": Secret("canary"), "api_url": "u"}
    with pytest.raises(UndeclaredSecret) as caught:
        overlay({"type": "custom", "api_url": "v"}, current, None, "llm_model")
    assert "declare `llm_model.api_key` with `!env`" in caught.value.message
    assert "canary" not in caught.value.message
    assert caught.value.pointer == ("llm_model", "api_key")
    assert caught.value.exit_code is ExitCode.REFUSED


@pytest.mark.parametrize(
    ("current", "kept", "body"),
    [
        ({"provider": "p", "id": "A", "speed": 1.3}, ["speed"], {"provider": "p", "id": "B", "speed": 1.3}),
        ({"provider": "p", "id": "A", "speed": None}, ["speed"], {"provider": "p", "id": "B"}),
        ({"provider": "p", "id": "A"}, ["speed"], {"provider": "p", "id": "B"}),
        (
            {"provider": "q", "id": "A", "volume": 1},
            ["provider"],
            {"provider": "q", "id": "B", "speed": 1, "volume": 1},
        ),
        ({"provider": "q", "id": "A", "volume": 1}, [], {"provider": "p", "id": "B", "speed": 1}),
    ],
)
def test_kept_leaves_stay_as_on_the_server(current: Any, kept: list[str], body: Any) -> None:
    declared = {"provider": "p", "id": "B", "speed": 1}
    keep = frozenset(("voice", key) for key in kept)
    assert overlay(declared, current, None, "voice", keep) == body


def test_a_kept_field_is_the_server_s() -> None:
    assert overlay("a", "b", None, "prompt", frozenset({("prompt",)})) == "b"


def lost(current: Any, body: Any, place: Node, at: str) -> list[tuple[str, Any]]:
    """What a plan shows as `- path old → (unset)`."""
    return [(each.path, each.before) for each in field_changes(current, body, place, at) if each.removed]


@pytest.mark.parametrize(
    ("current", "body", "leaves"),
    [
        ({"id": "A", "speed": 1, "model": None}, {"id": "B"}, [("voice.speed", 1)]),
        ({"id": "A", "speed": 1}, {"id": "B", "speed": None}, []),
        (
            {"id": "A", "deep": {"x": 1, "y": [2]}},
            {"id": "A"},
            [("voice.deep.x", 1), ("voice.deep.y[0]", 2)],
        ),
        ({"id": "A"}, None, [("voice.id", "A")]),
        (None, {"id": "A"}, []),
        ("a", None, []),
    ],
)
def test_what_the_server_would_lose(current: Any, body: Any, leaves: Any) -> None:
    assert lost(current, body, node("voice"), "voice") == leaves


@settings(max_examples=80, deadline=None)
@given(assistants(), assistants())
def test_overlay_keeps_what_the_file_does_not_mention_and_ends_in_sync(declared: Any, current: Any) -> None:
    declared, current = wrap_schema_secrets(declared, ROOT), wrap_schema_secrets(current, ROOT)
    body: dict[str, Any] = {}
    for field, value in declared.items():
        place = node(field)
        try:
            body[field] = overlay(value, current.get(field), None, field)
        except UndeclaredSecret:  # refused, so nothing is lost
            return
        if same_variant(value, current.get(field), place):
            keys = [path for path, _ in lost(current.get(field), body[field], place, field) if "[" not in path]
            assert keys == [] or value is None  # a list is owned whole: entries may go
        assert overlay(value, body[field], None, field) == body[field]
    stored = {**current, **body}
    entry = LockEntry("i", "A", confirmed(declared, stored))
    for known in (None, entry):
        assert {each.state for each in compare(declared, stored, known, ROOT)} == CALM


@settings(max_examples=60, deadline=None)
@given(assistants())
def test_keys_the_lock_lists_and_the_file_dropped_are_left_out(applied: Any) -> None:
    applied = wrap_schema_secrets(applied, ROOT)
    entry = LockEntry("i", "A", confirmed(applied, applied))
    for field, value in applied.items():
        place = node(field)
        if isinstance(value, dict) and value:
            kept = {key: value[key] for key in list(value)[::2] if key != place.discriminator}
            assert equal(overlay(kept, value, entry, field), kept, place)


def same_variant(declared: Any, current: Any, place: Node) -> bool:
    kind = place.discriminator
    return not (kind and isinstance(declared, dict) and isinstance(current, dict)) or declared[kind] == current[kind]


@pytest.mark.parametrize(
    ("field", "declared", "current", "sent"),
    [
        # By name, whatever their order.
        (
            "faq_items",
            [{"question": "b", "answer": "2"}, {"question": "new", "answer": "3"}],
            [{"question": "a", "answer": "1", "category": "x"}, {"question": "b", "answer": "1", "category": "y"}],
            [{"question": "b", "answer": "2", "category": "y"}, {"question": "new", "answer": "3"}],
        ),
        # Without a name by its content, and what was edited by its place.
        (
            "call_retry_config",
            {"calling_windows": [{"calling_window_start_time": "09:00"}, {"calling_window_start_time": "15:00"}]},
            {
                "calling_windows": [
                    {"calling_window_start_time": "14:00", "tag": 1},
                    {"calling_window_start_time": "09:00", "tag": 2},
                ]
            },
            {
                "calling_windows": [
                    {"calling_window_start_time": "09:00", "tag": 2},
                    {"calling_window_start_time": "15:00", "tag": 1},
                ]
            },
        ),
        # A key that a contract knows is the file's.
        (
            "custom_tools",
            [{"name": "t", "url": "https://x.example"}],
            [{"name": "t", "url": "https://y.example", "method": "GET", "owner": {"id": 7}}],
            [{"name": "t", "url": "https://x.example", "owner": {"id": 7}}],
        ),
    ],
)
def test_keys_of_entries_that_no_contract_knows_survive(field: str, declared: Any, current: Any, sent: Any) -> None:
    assert overlay(declared, current, None, field) == sent
