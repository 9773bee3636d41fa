from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.secrets import (
    SecretState,
    has_secret,
    listed_secrets,
    secret_pairs,
    secret_state,
    wrap_matching_secrets,
    wrap_schema_secrets,
    wrap_secrets_at,
)
from revox_sync.values.secret import Secret

ROOT = assistant_node()
DECLARED = "sk-live-abcdef123456"


@pytest.mark.parametrize(
    ("returned", "state"),
    [
        (DECLARED, SecretState.EQUAL),
        ("sk-live-other", SecretState.DIFFERENT),
        ("", SecretState.DIFFERENT),
        ("sk-live-abcdef", SecretState.DIFFERENT),
        ("**", SecretState.DIFFERENT),
        ("***", SecretState.UNCOMPARABLE),
        ("•••••3456", SecretState.UNCOMPARABLE),
        ("xxxx3456", SecretState.UNCOMPARABLE),
        ("other***", SecretState.UNCOMPARABLE),
        ("sk-live-...", SecretState.UNCOMPARABLE),
        ("sk-…3456", SecretState.UNCOMPARABLE),
        ("…3456", SecretState.UNCOMPARABLE),
        ("sk-…9999", SecretState.DIFFERENT),
        ("pk-…", SecretState.DIFFERENT),
        (None, SecretState.UNCOMPARABLE),
        (17, SecretState.UNCOMPARABLE),
        (Secret(DECLARED), SecretState.EQUAL),
        (Secret(None), SecretState.UNCOMPARABLE),
    ],
)
def test_what_can_be_said_about_a_secret(returned: object, state: SecretState) -> None:
    assert secret_state(Secret(DECLARED, "KEY"), returned) is state


def test_nothing_can_be_said_about_a_variable_that_was_not_read() -> None:
    assert secret_state(Secret(None, "KEY"), "x") is SecretState.UNCOMPARABLE


def test_guard_wraps_what_the_schema_marks() -> None:
    value = {
        "llm_model": {"type": "custom", "api_key": "k", "api_url": "u", "model_name": "m"},
        "custom_tools": [{"name": "t", "headers": [{"key": "A", "value": "v"}], "extra": ["x"]}],
        "unknown": {"api_key": "k"},
    }
    assert wrap_schema_secrets(value, ROOT) == {
        "llm_model": {"type": "custom", "api_key": Secret("k"), "api_url": "u", "model_name": "m"},
        "custom_tools": [{"name": "t", "headers": [{"key": "A", "value": Secret("v")}], "extra": ["x"]}],
        "unknown": {"api_key": "k"},
    }
    assert has_secret(wrap_schema_secrets(value, ROOT))
    assert not has_secret(value)


@pytest.mark.parametrize(
    ("declared", "server", "veiled"),
    [
        ({"webhook_url": Secret("a")}, {"webhook_url": "b"}, {"webhook_url": Secret("b")}),
        ({"webhook_url": Secret("a")}, {"webhook_url": None}, {"webhook_url": None}),
        ({"webhook_url": Secret("a")}, {}, {}),
        (
            {"llm_model": {"type": "custom", "api_key": Secret("a")}},
            {"llm_model": {"type": "custom"}},
            {"llm_model": {"type": "custom", "api_key": Secret(None)}},
        ),
        (
            {"slack": {"channels": [{"id": Secret("C1"), "name": "one"}, {"id": "C2"}]}},
            {"slack": {"channels": [{"id": "C2"}, {"id": "C1", "name": "one"}]}},
            {"slack": {"channels": [{"id": "C2"}, {"id": Secret("C1"), "name": "one"}]}},
        ),
        (
            {"stt_context": {"terms": ["a", Secret("b"), Secret("c")]}},
            {"stt_context": {"terms": ["d", "b", "a"]}},
            {"stt_context": {"terms": [Secret("d"), Secret("b"), "a"]}},
        ),
        ({"call_retry_config": {"w": [Secret("a")]}}, {"call_retry_config": None}, {"call_retry_config": None}),
    ],
)
def test_veil_wraps_what_answers_a_declared_secret(declared: Any, server: Any, veiled: Any) -> None:
    assert wrap_matching_secrets(declared, server, ROOT) == veiled


def test_secrets_in_lists_are_paired_by_identity_key() -> None:
    declared = wrap_schema_secrets({"custom_tools": [tool("a", "1"), tool("b", "2")]}, ROOT)
    server = wrap_schema_secrets({"custom_tools": [tool("b", "3"), tool("a", "1")]}, ROOT)
    assert list(secret_pairs(declared, server, ROOT)) == [(Secret("1"), Secret("1")), (Secret("2"), Secret("3"))]


def tool(name: str, value: str) -> dict[str, Any]:
    return {"name": name, "headers": [{"key": "Authorization", "value": value}]}


TOOLS = [{"name": "t", "url": Secret("https://canary", "K")}]


@pytest.mark.parametrize(("now", "hidden"), [("t", True), ("renamed", False)])
def test_places_of_secrets_are_remembered_by_the_names_of_entries(now: str, hidden: bool) -> None:  # noqa: FBT001
    places = frozenset(listed_secrets({"custom_tools": TOOLS, "webhook_url": Secret("u", "U")}, ROOT))
    assert {place[0] for place in places} == {"custom_tools"}
    server = {"custom_tools": [{"name": now, "url": "https://canary"}]}
    compared = wrap_secrets_at(server, {}, places, ROOT, unmatched=False)
    assert has_secret(compared) is hidden
    assert has_secret(wrap_secrets_at(server, {}, places, ROOT, unmatched=True))
