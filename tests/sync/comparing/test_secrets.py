from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.secrets import (
    SecretState,
    has_secret,
    listed_secrets,
    named_secrets,
    secret_pairs,
    secret_state,
    wrap_copies,
    wrap_known_secrets,
    wrap_matching_secrets,
    wrap_schema_secrets,
    wrap_secrets_at,
)
from revox_sync.sync.model.lock import LockEntry
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
        ("sk-##3456", SecretState.UNCOMPARABLE),
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
    "value",
    [
        {"llm_model": {"type": "custom", "api_key": 5}},
        {"llm_model": {"type": "another", "api_key": "of another variant"}},
        {"llm_model": ["a"], "custom_tools": "a"},
    ],
)
def test_guard_leaves_the_rest_alone(value: Any) -> None:
    assert wrap_schema_secrets(value, ROOT) == value


def test_a_value_without_what_the_schema_marks_is_not_even_copied() -> None:
    value = {"prompt": "Hi", "voice": {"id": "x"}, "faq_items": [{"question": "Q"}]}
    assert wrap_schema_secrets(value, ROOT) is value


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
        (
            {"call_retry_config": {"calling_windows": [{"calling_window_start_time": Secret("a")}]}},
            {"call_retry_config": {"calling_windows": [{"calling_window_start_time": "b"}]}},
            {"call_retry_config": {"calling_windows": [{"calling_window_start_time": Secret("b")}]}},
        ),
        ({"call_retry_config": {"w": [Secret("a")]}}, {"call_retry_config": None}, {"call_retry_config": None}),
        *(
            # of another shape than the file says, so nothing answers the secret
            ({"slack": declared}, {"slack": server}, {"slack": server})
            for declared, server in (
                ([Secret("a")], {"channels": []}),
                ([Secret("a")], "text"),
                ({"id": Secret("a")}, [{"id": "b"}]),
                ({"id": Secret("a")}, {"id": 5}),
            )
        ),
        (
            {"llm_model": {"type": "custom", "api_key": Secret("a")}},
            {"llm_model": {"type": "custom", "api_key": 5}},
            {"llm_model": {"type": "custom", "api_key": 5}},
        ),
        (
            {"unknown": [{"k": Secret("a")}, {"k": Secret("b")}]},
            {"unknown": [{"k": "c"}, {"k": "d"}, {"k": "e"}]},
            {"unknown": [{"k": Secret("c")}, {"k": Secret("d")}, {"k": "e"}]},
        ),
        (
            {"custom_tools": [Secret("a"), {"name": "t", "url": Secret("b")}]},
            {"custom_tools": ["c", {"name": "t", "url": "d"}]},
            {"custom_tools": [Secret("c"), {"name": "t", "url": Secret("d")}]},
        ),
    ],
)
def test_veil_wraps_what_answers_a_declared_secret(declared: Any, server: Any, veiled: Any) -> None:
    assert wrap_matching_secrets(declared, server, ROOT) == veiled


def test_a_value_that_answers_no_secret_is_not_even_copied() -> None:
    declared = {"faq_items": [{"question": "Q"}], "webhook_url": Secret("a"), "unknown": {"unset": Secret("b")}}
    server = {"faq_items": [{"question": "Q"}], "webhook_url": "b", "unknown": {"other": 1}}
    wrapped: Any = wrap_matching_secrets(declared, server, ROOT)
    assert wrapped["faq_items"] is server["faq_items"]
    assert wrapped["unknown"] is server["unknown"]


@pytest.mark.parametrize("server", [{"custom_tools": "text"}, {}, {"custom_tools": None}])
def test_nothing_answers_the_secrets_of_a_list_that_is_not_there(server: Any) -> None:
    declared = {"custom_tools": [{"name": "t", "url": Secret("a")}]}
    assert list(secret_pairs(declared, server, ROOT)) == []
    assert list(secret_pairs({"custom_tools": None}, {"custom_tools": [Secret("a")]}, ROOT)) == []


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


def name_of(tool: str) -> str:
    """The digest that stands for a tool."""
    ((_, name, _),) = listed_secrets({"custom_tools": [{"name": tool, "url": Secret("u")}]}, ROOT)
    return str(name)


def test_the_lock_of_every_version_knows_what_an_entry_is_called() -> None:
    assert name_of("t") == "8af255a83a2e9cbb59247e62202cc732"


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"custom_tools": [tool("t", "v")]}, set()),
        ({"stt_context": {"terms": ["a", Secret("b")]}}, {("stt_context", "terms", "*")}),
        ({"unknown": [{"k": Secret("a")}, "b"]}, {("unknown", "*", "k")}),
        ({"unknown": {"k": Secret("a")}}, set()),
        ({"custom_tools": [Secret("a")]}, {("custom_tools", "*")}),
        ({"custom_tools": [{"url": Secret("a")}]}, {("custom_tools", "*", "url")}),
        (
            {"custom_tools": [{"name": Secret("t"), "url": Secret("a")}]},
            {("custom_tools", "*", "name"), ("custom_tools", "*", "url")},
        ),
    ],
)
def test_places_of_secrets_inside_lists(value: Any, places: set[Any]) -> None:
    wrapped = wrap_schema_secrets(value, ROOT)
    assert set(listed_secrets(wrapped, ROOT)) == places
    assert {place for place, _ in named_secrets(wrapped, ROOT)} >= places


def test_every_secret_is_named_by_its_place() -> None:
    value = {
        "webhook_url": Secret("a"),
        "prompt": "Hi",
        "slack": {"id": Secret("b")},
        "custom_tools": [{"name": "t", "url": Secret("c")}],
    }
    assert dict(named_secrets(value, ROOT)) == {
        ("webhook_url",): Secret("a"),
        ("slack", "id"): Secret("b"),
        ("custom_tools", name_of("t"), "url"): Secret("c"),
    }


OPEN = {"name": "t", "url": "u"}
OTHER = {"name": "o", "url": "u"}
# What the file says, what the server does, where there was a secret, and what is one: at first as it is compared, then
# as it is shown, where that is more.
REMEMBERED = {
    "nowhere": ({}, {"a": ["b"]}, [], {"a": ["b"]}, None),
    "value": ({}, {"a": {"b": "c", "d": "e"}}, [("a", "b")], {"a": {"b": Secret("c"), "d": "e"}}, None),
    "no text": ({}, {"a": {"b": 5}}, [("a", "b")], {"a": {"b": 5}}, None),
    "text where it was further inside": ({}, {"a": "b"}, [("a", "b")], {"a": "b"}, None),
    "mapping where a text was": ({}, {"a": {"b": "c"}}, [("a",)], {"a": {"b": "c"}}, None),
    "list where a text was": ({}, {"a": ["b"]}, [("a",)], {"a": ["b"]}, None),
    "the entry's": (
        {},
        {"custom_tools": [OPEN, OTHER]},
        [("custom_tools", name_of("t"), "url")],
        {"custom_tools": [{"name": "t", "url": Secret("u")}, OTHER]},
        {"custom_tools": [{"name": "t", "url": Secret("u")}, {"name": "o", "url": Secret("u")}]},
    ),
    "the entry's, and the file says it in the open by now": (
        {"custom_tools": [OPEN, OTHER]},
        {"custom_tools": [OPEN, OTHER]},
        [("custom_tools", name_of("t"), "url")],
        {"custom_tools": [{"name": "t", "url": Secret("u")}, OTHER]},
        None,
    ),
    "any entry's": (
        {},
        {"custom_tools": [OPEN]},
        [("custom_tools", "*", "url")],
        {"custom_tools": [{"name": "t", "url": Secret("u")}]},
        None,
    ),
    "an entry's without name": (
        {"stt_context": {"terms": ["a"]}},
        {"stt_context": {"terms": ["b", "a"]}},
        [("stt_context", "terms", "*")],
        {"stt_context": {"terms": [Secret("b"), "a"]}},
        None,
    ),
    "an entry's in its place": (
        {"unknown": [{"k": "a"}, {"k": "b"}]},
        {"unknown": [{"k": "a"}, {"k": "c"}, {"k": "d"}]},
        [("unknown", "*", "k")],
        {"unknown": [{"k": "a"}, {"k": Secret("c")}, {"k": Secret("d")}]},
        None,
    ),
}


@pytest.mark.parametrize(("declared", "server", "places", "compared", "shown"), REMEMBERED.values(), ids=REMEMBERED)
def test_what_was_a_secret_stays_one(declared: Any, server: Any, places: Any, compared: Any, shown: Any) -> None:
    assert wrap_secrets_at(server, declared, frozenset(places), ROOT, unmatched=False) == compared
    assert wrap_secrets_at(server, declared, frozenset(places), ROOT, unmatched=True) == (shown or compared)


def test_what_is_shown_covers_the_secrets_of_the_file_and_of_the_lock() -> None:
    declared, server = {"webhook_url": Secret("a")}, {"webhook_url": "b", "custom_tools": [OPEN, OTHER]}
    assert wrap_known_secrets(declared, server, None, ROOT) == {**server, "webhook_url": Secret("b")}
    entry = LockEntry("asst_1", "A", {}, secrets=frozenset({("custom_tools", name_of("t"), "url")}))
    assert wrap_known_secrets(declared, server, entry, ROOT) == {
        "webhook_url": Secret("b"),
        "custom_tools": [{"name": "t", "url": Secret("u")}, {"name": "o", "url": Secret("u")}],
    }


def test_a_secret_is_found_inside_of_a_text_from_eight_characters_on() -> None:
    """A shorter one is found in ordinary words."""
    server = {"prompt": "Bearer 12345678", "first_sentence": "Say welcome to them."}
    assert wrap_copies(server, ["welcome", "12345678"]) == {**server, "prompt": Secret("Bearer 12345678")}
