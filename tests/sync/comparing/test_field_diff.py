from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.field_diff import field_changes
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.model.plan import FieldChange
from revox_sync.values.pointer import Pointer, dotted
from revox_sync.values.secret import Secret
from tests.strategies import assistants

ROOT = assistant_node()


YES = True


def change(path: str, before: Any, after: Any) -> FieldChange:
    return FieldChange(path, before, after, sensitive=False)


def added(path: str, after: Any) -> FieldChange:
    return FieldChange(path, None, after, sensitive=False, added=True)


def removed(path: str, before: Any) -> FieldChange:
    return FieldChange(path, before, None, sensitive=False, removed=True)


def secret(path: str, **flags: bool) -> FieldChange:
    return FieldChange(path, None, None, sensitive=True, **flags)


def window(start: str, delay: int = 60) -> dict[str, Any]:
    return {"calling_window_start_time": start, "calling_window_end_time": "18:00", "retry_delay_seconds": delay}


def question(text: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"question": text, "answer": answer, **more}


RETRY = ("call_retry_config", "calling_windows")
TOOL = {"name": "t", "url": "https://a", "headers": [{"key": "Authorization", "value": "v"}]}
EMPTY: list[FieldChange] = []


@pytest.mark.parametrize(
    ("at", "before", "after", "changes"),
    [
        (("prompt",), "a", "b", [change("prompt", "a", "b")]),
        (("prompt",), "a\r\n", "a", EMPTY),
        (("sms_template",), None, "b", [added("sms_template", "b")]),
        (("sms_template",), "a", None, [change("sms_template", "a", None)]),
        (("voice", "speed"), 1, 1.0, EMPTY),
        (("sms_enabled",), 1, True, [change("sms_enabled", 1, YES)]),
        (
            ("voice",),
            {"speed": 1, "id": "a", "provider": "p"},
            {"provider": "p", "id": "b", "volume": 1.5},
            [change("voice.id", "a", "b"), removed("voice.speed", 1), added("voice.volume", 1.5)],
        ),
        (("voice",), {"id": "a", "model": None}, {"id": "a"}, EMPTY),
        (("voice",), {"id": "a"}, {"id": None}, [change("voice.id", "a", None)]),
        (("position",), None, {"x": 1, "y": 2}, [added("position.x", 1), added("position.y", 2)]),
        (("position",), {"x": 1}, None, [removed("position.x", 1)]),
        (("position",), None, {}, [added("position", {})]),
        (("position",), {}, [1], [change("position", {}, [1])]),
        (
            ("llm_model",),
            {"type": "dedicated-instance", "name": "n"},
            {"type": "openrouter", "openrouter_model_id": "m"},
            [
                change("llm_model.type", "dedicated-instance", "openrouter"),
                added("llm_model.openrouter_model_id", "m"),
                removed("llm_model.name", "n"),
            ],
        ),
        (
            ("faq_items",),
            [question("a", "1"), question("b", "2", id="q"), question("c.d", "3", source="human")],
            [question("e", "5"), question("c.d", "4"), question("a\n", "1")],
            [
                removed('faq_items["b"]', question("b", "2")),
                added('faq_items["e"]', question("e", "5")),
                change('faq_items["c.d"].answer', "3", "4"),
            ],
        ),
        (("faq_items",), None, [question("a", "1")], [added('faq_items["a"]', question("a", "1"))]),
        (("faq_items",), None, [], [added("faq_items", [])]),
        (
            ("faq_items",),
            [question("a", "1"), question("a", "2")],
            [question("a", "1"), question("a", "3")],
            [removed('faq_items["a"]', question("a", "2")), added('faq_items["a"]', question("a", "3"))],
        ),
        (
            ("transfer_destinations",),
            [{"label": "a"}, {"label": "b"}, {"label": "c"}],
            [{"label": "c"}, {"label": "a"}],
            [
                removed('transfer_destinations["b"]', {"label": "b"}),
                change("transfer_destinations", ["a", "c"], ["c", "a"]),
            ],
        ),
        (
            ("slack", "outcomes"),
            ["none", "completed"],
            ["completed", "interested"],
            [removed('slack.outcomes["none"]', "none"), added('slack.outcomes["interested"]', "interested")],
        ),
        (RETRY, [window("09:00")], [window("10:00")], [
            change("call_retry_config.calling_windows[0].calling_window_start_time", "09:00", "10:00")]),
        (RETRY, [window("09:00"), window("14:00")], [window("14:00")], [
            removed("call_retry_config.calling_windows[0]", window("09:00"))]),
        (RETRY, [window("14:00")], [window("09:00"), window("14:00", 0)], [
            change("call_retry_config.calling_windows[0].calling_window_start_time", "14:00", "09:00"),
            added("call_retry_config.calling_windows[1]", window("14:00", 0))]),
        # An entry in front of an edited one: the new one and the edit have their places in the new file.
        (RETRY, [window("08:00"), window("14:00", 90)], [window("08:00"), window("09:00"), window("14:00", 60)], [
            added("call_retry_config.calling_windows[1]", window("09:00")),
            change("call_retry_config.calling_windows[2].retry_delay_seconds", 90, 60)]),
        (RETRY, [window("08:00", 9), window("10:00"), window("14:00", 90)], [window("10:00"), window("14:00", 60)], [
            removed("call_retry_config.calling_windows[0]", window("08:00", 9)),
            change("call_retry_config.calling_windows[1].retry_delay_seconds", 90, 60)]),
        (("unknown",), [1, True, None], [True, 1, None], [
                added("unknown[0]", YES), removed("unknown[1]", YES)]),
        (("unknown",), {"a.b": [1 << 20_000]}, {"a.b": []}, [
            removed('unknown["a.b"][0]', {"hexadecimal": hex(1 << 20_000)})]),
        (("webhook_url",), Secret("a"), Secret("b", "HOOK"), [secret("webhook_url")]),
        (("webhook_url",), Secret("a"), Secret("a", "HOOK"), EMPTY),
        (("webhook_url",), None, Secret("a"), [secret("webhook_url", added=True)]),
        (("webhook_url",), "a", Secret("b"), [secret("webhook_url")]),
        (("webhook_url",), Secret(None, "A"), Secret(None, "B"), [secret("webhook_url")]),
        (
            ("llm_model",),
            {"type": "custom", "api_key": "a"},
            {"type": "custom", "api_key": "b"},
            [secret("llm_model.api_key")],
        ),
        (
            ("custom_tools",),
            [TOOL],
            [{**TOOL, "headers": [{"key": "Authorization", "value": "w"}]}],
            [secret('custom_tools["t"].headers["Authorization"].value')],
        ),
        (("unknown",), [Secret("a")], [Secret("b")], [secret("unknown")]),
        (("unknown",), ["canary"], [Secret("b")], [secret("unknown")]),
        (("unknown",), ["canary", "x"], [Secret("b")], [removed("unknown[1]", "x"), secret("unknown")]),
        (("stt_context", "terms"), ["canary"], [Secret("b")], [
            secret('stt_context.terms["(sensitive)"]', removed=True),
            secret('stt_context.terms["(sensitive)"]', added=True)]),
        (("slack", "channels"), [{"id": "canary"}], [{"id": Secret("b")}], [
            removed('slack.channels["(sensitive)"]', {"id": "(sensitive)"}),
            added('slack.channels["(sensitive)"]', {"id": "(sensitive)"})]),
        (("stt_context", "terms"), [Secret("a")], [], [secret('stt_context.terms["(sensitive)"]', removed=True)]),
    ],
)  # fmt: skip
def test_changes(at: Pointer, before: Any, after: Any, changes: list[FieldChange]) -> None:
    node = ROOT.at(at)
    sides = (before, after) if node is None else (wrap_schema_secrets(before, node), wrap_schema_secrets(after, node))
    assert field_changes(*sides, node, dotted(at)) == changes


def test_an_added_entry_shows_no_secret() -> None:
    tools = wrap_schema_secrets({"custom_tools": [TOOL]}, ROOT)["custom_tools"]
    (found,) = field_changes([], tools, ROOT.child("custom_tools"), "custom_tools")
    assert found.after["headers"] == [{"key": "Authorization", "value": "(sensitive)"}]


@settings(max_examples=60, deadline=None)
@given(assistants("0.4"), assistants("0.4"))
def test_changes_are_found_exactly_where_values_differ(before: Any, after: Any) -> None:
    before, after = wrap_schema_secrets(before, ROOT), wrap_schema_secrets(after, ROOT)
    for field in before.keys() | after.keys():
        pair = (before.get(field), after.get(field))
        found = field_changes(*pair, ROOT.child(field), field)
        assert bool(found) >= (not equal(*pair, ROOT.child(field)))
        assert all(each.before is None and each.after is None for each in found if each.sensitive)
    assert field_changes(before, wrap_schema_secrets(before, ROOT), ROOT, "") == []


def test_deepdiff_is_loaded_only_when_it_is_needed() -> None:
    code = (
        "import sys; from revox_sync.sync.comparing.field_diff import field_changes as f;"
        "from revox_sync.contract.fields import assistant_node as n;"
        "f({'voice': {'id': 'a'}}, {'voice': {'id': 'b'}}, n(), ());"
        "assert 'deepdiff' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
