from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import LeafState, compare, decide, leaf_digests, missing_fields
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.strategies import assistants

ROOT = assistant_node()
S = LeafState

TABLE = {
    # locked, file changed, server changed
    (False, False, False): S.UPDATE,
    (False, False, True): S.UPDATE,
    (False, True, False): S.UPDATE,
    (False, True, True): S.UPDATE,
    (True, False, False): S.ACCEPTED,
    (True, True, False): S.UPDATE,
    (True, False, True): S.DRIFT,
    (True, True, True): S.CONFLICT,
}


def entry(declared: Any, server: Any) -> LockEntry:
    """The lock entry after `declared` was applied and the server held `server`."""
    return LockEntry("asst_1", "A", leaf_digests(declared, server, ROOT))


def states(declared: Any, server: Any, known: LockEntry | None) -> dict[Pointer, LeafState]:
    return {each.pointer: each.state for each in compare(declared, server, known, ROOT)}


@pytest.mark.parametrize(("locked", "file", "server"), list(product([False, True], repeat=3)))
def test_the_table(locked: bool, file: bool, server: bool) -> None:  # noqa: FBT001 — columns of the table
    facts = {"locked": locked, "file_changed": file, "server_changed": server}
    assert decide(equal=False, new_to_lock=False, **facts) is TABLE[locked, file, server]
    assert decide(equal=False, new_to_lock=True, **facts) is S.CONFLICT
    assert decide(equal=True, new_to_lock=False, **facts) is S.IN_SYNC
    assert decide(equal=True, new_to_lock=True, **facts) is S.IN_SYNC


@pytest.mark.parametrize(
    ("applied", "answered", "declared", "server", "state"),
    [
        ("a", "a", "a", "a\r\n", S.IN_SYNC),
        ("a", "A", "a", "A", S.ACCEPTED),
        ("a", "a", "b", "a", S.UPDATE),
        ("a", "A", "b", "A", S.UPDATE),
        ("a", "a", "a", "b", S.DRIFT),
        ("a", "a", "a", None, S.DRIFT),
        ("a", "a", "b", "c", S.CONFLICT),
        ("a", "a", "b", "b", S.IN_SYNC),
        (None, None, None, "b", S.DRIFT),
        ("a", "a", None, "a", S.UPDATE),
    ],
)
def test_one_leaf(applied: Any, answered: Any, declared: Any, server: Any, state: LeafState) -> None:
    known = entry({"sms_template": applied}, {"sms_template": answered})
    assert states({"sms_template": declared}, {"sms_template": server}, known) == {("sms_template",): state}


# docs/design.md, "Three-way table", for texts of which `a` and `a\r\n` mean the same. A row: the file's and the
# server's text when it was last applied, and now.
BY_TABLE = [
    # nothing has changed since both were the same
    ("a", "a", "a", "a", S.IN_SYNC),
    ("a", "a\r\n", "a\r\n", "a", S.IN_SYNC),
    # the server has a form of its own
    ("a", "b", "a", "b", S.ACCEPTED),
    ("a", "b", "a\r\n", "b", S.ACCEPTED),
    ("a", None, "a", None, S.ACCEPTED),
    (None, "b", None, "b", S.ACCEPTED),
    # only the file has changed
    ("a", "a", "b", "a", S.UPDATE),
    ("a", "a", "b", "a\r\n", S.UPDATE),
    ("a", "a", None, "a", S.UPDATE),
    (None, None, "a", None, S.UPDATE),
    ("a", "b", None, "b", S.UPDATE),
    ("a", None, "b", None, S.UPDATE),
    # only the server has changed
    ("a", "a", "a", "b", S.DRIFT),
    ("a", "a", "a\r\n", "b", S.DRIFT),
    ("a", "a", "a", None, S.DRIFT),
    ("a", "b", "a", None, S.DRIFT),
    (None, None, None, "b", S.DRIFT),
    # both have changed, to different texts
    ("a", "a", "b", None, S.CONFLICT),
    ("a", "a", None, "b", S.CONFLICT),
    ("a", "b", "b", "a", S.CONFLICT),
    (None, None, "a", "b", S.CONFLICT),
    ("a", None, None, "b", S.CONFLICT),
    # to the same text, or back to it: the lock does not matter
    ("a", "a", "b", "b", S.IN_SYNC),
    ("a", "b", "a", "a", S.IN_SYNC),
    ("a", "a", None, None, S.IN_SYNC),
    (None, None, "b", "b", S.IN_SYNC),
]


@pytest.mark.parametrize(("applied", "answered", "declared", "server", "state"), BY_TABLE)
def test_a_leaf_is_decided_by_the_table(
    applied: Any, answered: Any, declared: Any, server: Any, state: LeafState
) -> None:
    known = entry({"sms_template": applied}, {"sms_template": answered})
    assert states({"sms_template": declared}, {"sms_template": server}, known) == {("sms_template",): state}


def test_an_assistant_new_to_the_lock() -> None:
    declared = {"name": "A", "prompt": "x"}
    expected = {("name",): S.IN_SYNC, ("prompt",): S.CONFLICT}
    assert states(declared, {"name": "A", "prompt": "y"}, None) == expected
    assert states(declared, {"name": "A", "prompt": "y"}, LockEntry("i", "A", {}, outdated=True)) == expected


def test_a_field_new_to_the_file_is_an_update() -> None:
    known = entry({"name": "A"}, {"name": "A"})
    assert states({"name": "A", "prompt": "x"}, {"name": "A", "prompt": "y"}, known)["prompt",] is S.UPDATE


def test_undeclared_keys_are_never_drift() -> None:
    declared = {"voice": {"id": "v", "provider": "cartesia"}, "position": {}}
    before = {"voice": {"id": "v", "provider": "cartesia"}, "position": {"x": 1, "y": 1}}
    after = {"voice": {"id": "v", "provider": "cartesia", "speed": 1.3}, "position": {"x": 2, "y": 1}, "type": "x"}
    assert set(states(declared, after, entry(declared, before)).values()) == {S.IN_SYNC}


VOICE = {"id": "v", "provider": "cartesia", "speed": 1.1}


@pytest.mark.parametrize(
    ("declared", "server", "expected"),
    [
        ({"voice": {"id": "v", "provider": "cartesia"}}, VOICE, {("voice", "speed"): S.REMOVED}),
        ({"voice": {"id": "v", "provider": "cartesia"}}, {**VOICE, "speed": 1.2}, {("voice", "speed"): S.CONFLICT}),
        ({"voice": {"id": "v", "provider": "cartesia"}}, {**VOICE, "speed": None}, {}),
        ({"voice": {"id": "v", "provider": "gradium"}}, {**VOICE, "speed": 1.2}, {("voice", "provider"): S.UPDATE}),
        ({}, VOICE, {("voice",): S.UNMANAGED}),
        ({"voice": None}, VOICE, {("voice",): S.UPDATE}),
    ],
)
def test_leaves_gone_from_the_file(declared: Any, server: Any, expected: Any) -> None:
    known = entry({"voice": VOICE}, {"voice": VOICE})
    found = states(declared, {"voice": server}, known)
    assert {pointer: state for pointer, state in found.items() if state is not S.IN_SYNC} == expected


def test_server_grown_entries_are_no_difference() -> None:
    declared = {"faq_items": [{"question": "Price?", "answer": "5"}]}
    server = {"faq_items": [{"question": "Open?", "answer": "", "source": "ai"}, *declared["faq_items"]]}
    (found,) = compare(declared, server, entry(declared, declared), ROOT)
    assert (found.state, found.server) == (S.IN_SYNC, declared["faq_items"])
    drifted = {"faq_items": [{"question": "Price?", "answer": "6"}, *server["faq_items"][:1]]}
    assert states(declared, drifted, entry(declared, server)) == {("faq_items",): S.DRIFT}


@pytest.mark.parametrize(
    ("server", "locked", "state"),
    [
        ("https://a", True, S.IN_SYNC),
        ("https://b", True, S.UPDATE),
        (None, True, S.UPDATE),
        ("***", True, S.UNCOMPARABLE),
        ("***", False, S.UPDATE),
        (None, False, S.UPDATE),
        ("***", None, S.UNCOMPARABLE),
        ("https://b", None, S.CONFLICT),
        (None, None, S.CONFLICT),
    ],
)
def test_a_secret_from_the_environment(server: Any, locked: Any, state: LeafState) -> None:
    declared: dict[str, Any] = {"webhook_url": Secret("https://a", "HOOK")}
    known = None if locked is None else entry(declared if locked else {}, {})
    (found,) = compare(declared, {"webhook_url": server}, known, ROOT)
    assert (found.state, found.sensitive) == (state, True)
    assert server is None or isinstance(found.server, Secret)


@pytest.mark.parametrize(
    ("key", "locked", "state"),
    [
        ("k", True, S.IN_SYNC),
        ("other", True, S.UPDATE),
        ("sk-***", True, S.UNCOMPARABLE),
        (None, True, S.UNCOMPARABLE),
        (None, False, S.UPDATE),
    ],
)
def test_a_secret_the_schema_marks(key: Any, locked: bool, state: LeafState) -> None:  # noqa: FBT001 — a column
    declared = wrap_schema_secrets({"llm_model": {"type": "custom", "api_key": "k"}}, ROOT)
    known = entry(declared if locked else {}, declared)
    server = wrap_schema_secrets({"llm_model": {"type": "custom", "api_key": key}}, ROOT)
    assert states(declared, server, known)["llm_model", "api_key"] is state


@pytest.mark.parametrize(
    ("value", "url", "state"),
    [
        ("v", "https://a", S.IN_SYNC),
        ("***", "https://a", S.UNCOMPARABLE),
        (None, "https://a", S.UNCOMPARABLE),
        ("w", "https://a", S.UPDATE),
        ("w", "https://b", S.DRIFT),
        ("***", "https://b", S.DRIFT),
    ],
)
def test_secrets_inside_a_list(value: Any, url: str, state: LeafState) -> None:
    def tools(secret: Any, url: str) -> Any:
        headers = [{"key": "Authorization", "value": secret}]
        return wrap_schema_secrets({"custom_tools": [{"name": "t", "url": url, "headers": headers}]}, ROOT)

    declared = tools("v", "https://a")
    assert states(declared, tools(value, url), entry(declared, declared)) == {("custom_tools",): state}


def test_a_secret_has_no_digest() -> None:
    declared = wrap_schema_secrets({"webhook_url": Secret("a"), "llm_model": {"type": "custom", "api_key": "k"}}, ROOT)
    digests = leaf_digests(declared, {"webhook_url": "a"}, ROOT)
    assert digests["webhook_url",] is None
    assert digests["llm_model", "api_key"] is None
    assert digests["llm_model", "type"] is not None


def test_results_follow_the_schema_then_the_pointer() -> None:
    declared = {"webhook_url": "u", "voice": {"provider": "p", "id": "i"}, "zz": 1, "name": "n"}
    pointers = [each.pointer for each in compare(declared, {}, None, ROOT)]
    assert pointers == [("name",), ("voice", "id"), ("voice", "provider"), ("webhook_url",), ("zz",)]


def test_declared_fields_that_an_answer_leaves_out() -> None:
    declared: dict[str, Any] = {"name": "A", "faq_items": [], "sms_template": None, "prompt": "x"}
    assert missing_fields(declared, {"name": "A", "prompt": None}, ROOT) == {"faq_items"}


@settings(max_examples=60, deadline=None)
@given(assistants(), assistants())
def test_what_was_just_applied_is_never_an_action(declared: Any, server: Any) -> None:
    declared, server = wrap_schema_secrets(declared, ROOT), wrap_schema_secrets(server, ROOT)
    calm = {S.IN_SYNC, S.ACCEPTED, S.UNCOMPARABLE, S.UPDATE}
    found = compare(declared, server, entry(declared, server), ROOT)
    assert {each.state for each in found} <= calm
    assert all(each.sensitive for each in found if each.state is S.UPDATE and not isinstance(each.declared, list))


@settings(max_examples=60, deadline=None)
@given(assistants())
def test_an_assistant_equals_itself(document: Any) -> None:
    guarded = wrap_schema_secrets(document, ROOT)
    assert set(states(guarded, wrap_schema_secrets(document, ROOT), None).values()) == {S.IN_SYNC}
