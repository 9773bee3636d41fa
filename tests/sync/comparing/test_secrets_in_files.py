"""The three-way comparison of secrets, and of what was one."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.secrets import listed_secrets, wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.secret import Secret
from tests.sync.comparing.leaf_states import ROOT, S, entry, faq, states
from tests.sync.records import confirmed


@pytest.mark.parametrize(
    ("pointer", "declared", "server", "state"),
    [
        (("webhook_url",), "https://b", "https://a", S.UPDATE),
        (("webhook_url",), "https://a", "https://a", S.IN_SYNC),
        (("call_retry_config", "timezone"), "Europe/Kiev", "Europe/Kyiv", S.IN_SYNC),
        (("call_retry_config", "timezone"), "Europe/Paris", "Europe/Kyiv", S.UPDATE),
    ],
)
def test_what_was_a_secret_and_is_none_any_more(
    pointer: tuple[str, ...], declared: str, server: str, state: LeafState
) -> None:
    """There is no digest of it, so the file wins, unless both mean the same."""
    mine, theirs = ({pointer[0]: value if len(pointer) == 1 else {pointer[1]: value}} for value in (declared, server))
    (found,) = compare(mine, theirs, LockEntry("asst_1", "A", {pointer: None}), ROOT)
    assert (found.pointer, found.state, found.sensitive) == (pointer, state, True)


def test_a_copy_of_a_secret_is_a_secret_wherever_somebody_has_put_it() -> None:
    """Also where nothing is as the file says."""
    declared = {"webhook_url": Secret("https://h.example.com/7261", "HOOK"), "sms_template": "Bye", "prompt": "Hi"}
    server = {"webhook_url": "other", "sms_template": "Call https://h.example.com/7261", "prompt": "Hello"}
    found = {leaf.path: leaf for leaf in compare(declared, server, None, ROOT)}
    assert S.IN_SYNC not in {leaf.state for leaf in found.values()}
    copied = found["sms_template"]
    assert (copied.sensitive, isinstance(copied.server, Secret)) == (True, True)
    assert (found["prompt"].sensitive, found["prompt"].server) == (False, "Hello")


SAID = Secret("said", "ANSWER")
ANSWERED = LockEntry(
    "asst_1",
    "A",
    confirmed(faq(("q", SAID)), faq(("q", SAID))),
    secrets=frozenset(listed_secrets(faq(("q", SAID)), ROOT)),
)


@pytest.mark.parametrize(
    ("declared", "server", "state"),
    [
        (faq(("q", "open")), faq(("q", "said")), S.UPDATE),
        (faq(("q", "open")), faq(("r", "said")), S.CONFLICT),
    ],
)
def test_a_list_in_which_there_was_a_secret(declared: Any, server: Any, state: LeafState) -> None:
    """Its digest was made while the secret was known to be one; whatever may be the secret is not shown."""
    (found,) = compare(declared, server, ANSWERED, ROOT)
    assert (found.state, "said" in repr(found.server)) == (state, False)


def test_a_list_in_which_there_was_a_secret_and_is_a_callers_question() -> None:
    """The lock's digest was made of both; nobody has edited anything."""
    before, after = faq(("q", SAID), ("r", "x")), faq(("q", "open"), ("r", "x"))
    server = {"faq_items": [*faq(("q", "said"))["faq_items"], *faq(("r", "x"), source="ai")["faq_items"]]}
    hidden = {"faq_items": [*faq(("q", SAID))["faq_items"], *server["faq_items"][1:]]}
    secrets = frozenset(listed_secrets(before, ROOT))
    known = LockEntry("asst_1", "A", confirmed(before, hidden), secrets=secrets)
    assert states(after, server, known) == {("faq_items",): S.UPDATE}


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


def test_secrets_in_a_list_that_the_server_keeps_in_a_form_of_its_own() -> None:
    def tools(secret: str, url: str) -> Any:
        return wrap_schema_secrets(
            {"custom_tools": [{"name": "t", "url": url, "headers": [{"key": "A", "value": secret}]}]}, ROOT
        )

    declared, kept = tools("v", "https://a"), tools("v", "https://a/kept")
    assert states(declared, kept, entry(declared, kept)) == {("custom_tools",): S.ACCEPTED}
    assert states(declared, tools("w", "https://a/kept"), entry(declared, kept)) == {("custom_tools",): S.UPDATE}


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
    digests = confirmed(declared, {"webhook_url": "a"})
    assert digests["webhook_url",] is None
    assert digests["llm_model", "api_key"] is None
    assert digests["llm_model", "type"] is not None
