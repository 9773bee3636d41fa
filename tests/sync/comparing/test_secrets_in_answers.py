"""What the answer to a write says of secrets, and what the lock remembers of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.secrets import listed_secrets, wrap_schema_secrets
from revox_sync.sync.comparing.verify_response import entry_in_sync, verify_response
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import value_at
from revox_sync.values.secret import Secret
from tests.sync.comparing.sent_writes import HOOK, NODE, answer, locked, write


def test_secrets_have_no_digest() -> None:
    declared = {"name": "A", "webhook_url": HOOK}
    shown = answer({"name": "A", "webhook_url": "https://a"})
    assert entry_in_sync(declared, shown, None).leaves["webhook_url",] is None
    assert verify_response(write(declared, {}), shown).entry.leaves["webhook_url",] is None
    unread = verify_response(write(declared, {}), answer({"name": "A"}), unread={"webhook_url"})
    assert unread.entry.leaves["webhook_url",] is None, "a secret has a place, and is never sent and not seen"


TOOLS = [{"name": "t", "headers": [{"key": "a", "value": Secret("s", "S")}]}]
HIDDEN = [{"name": "t", "url": Secret("https://s", "S")}]


@pytest.mark.parametrize("tools", [TOOLS, HIDDEN])
def test_a_list_with_a_secret_is_never_sent_and_not_seen(tools: list[dict[str, Any]]) -> None:
    declared = {"name": "A", "custom_tools": tools}
    sent = write(declared, {"name": "A", "custom_tools": []}, {"custom_tools": tools})
    assert ("custom_tools",) not in sent.leaves
    for unread in (set[str](), {"custom_tools"}):
        back = verify_response(sent, answer({"name": "A", "custom_tools": tools}), unread=unread)
        assert back.dropped == back.replaced == ()
        assert back.entry.unseen == frozenset()
        assert back.entry.secrets == frozenset(listed_secrets(declared, NODE))
        assert {place[-1] for place in back.entry.secrets} == ({"url"} if tools is HIDDEN else set())
    ignored = verify_response(sent, answer({"name": "A", "custom_tools": []}))
    assert ignored.dropped == (("custom_tools",),)


def test_the_place_of_a_secret_stays_until_a_look_shows_it_gone() -> None:
    model = {"type": "custom", "api_key": "k"}
    former = locked(wrap_schema_secrets({"llm_model": model, "name": "A"}, NODE))
    assert former.secret_places == {("llm_model", "api_key")}
    declared = {"name": "A", "llm_model": {"type": "dedicated-instance"}}
    stored = wrap_schema_secrets({"name": "A", "llm_model": model}, NODE)
    sent = write(declared, stored, {"llm_model": declared["llm_model"]}, former)
    gone = verify_response(sent, answer({"name": "A", "llm_model": {"type": "dedicated-instance"}}))
    assert gone.entry.secret_places == frozenset()
    unread = verify_response(sent, answer({"name": "A"}), unread={"llm_model"})
    assert unread.entry.secret_places == {("llm_model", "api_key")}


def test_a_secret_is_judged_like_before() -> None:
    """Equal, different or not comparable; what was sent of a list is in the answer, too."""
    declared = {"custom_tools": TOOLS}
    other = [{"name": "t", "headers": [{"key": "a", "value": "other"}]}]
    before = {"custom_tools": other}
    assert verify_response(write(declared, before), answer({"custom_tools": other})).dropped == (("custom_tools",),)
    masked = [{"name": "t", "headers": [{"key": "a", "value": "***"}]}]
    assert verify_response(write(declared, before), answer({"custom_tools": masked})).dropped == ()
    assert value_at({"custom_tools": TOOLS}, ("custom_tools", 0, "name")) == "t"


# What the server had, and has now, of a secret and of the address in an entry; whether it has ignored what was sent.
IGNORED: list[tuple[str, Any, Any, bool]] = [
    ("webhook_url", "https://old", "https://old", True),
    ("webhook_url", "https://old", "https://new", False),
    ("webhook_url", "https://a", "https://a", False),
    ("webhook_url", "***", "***", False),
    ("custom_tools", ("***", "https://u"), None, True),
    ("custom_tools", ("***", "https://u"), ("***", "https://u"), True),
    ("custom_tools", ("***", "https://u"), ("***", "https://w"), False),
    ("custom_tools", ("***", "https://u"), ("***", "https://v"), False),
    ("custom_tools", ("x", "https://u"), ("y", "https://u"), False),
]


def tool(secret: Any, url: str) -> list[dict[str, Any]]:
    return [{"name": "t", "url": url, "headers": [{"key": "a", "value": secret}]}]


@pytest.mark.parametrize(("key", "was", "now", "ignored"), IGNORED)
def test_a_secret_that_the_server_has_ignored(key: str, was: Any, now: Any, *, ignored: bool) -> None:
    declared = {key: HOOK if key == "webhook_url" else tool(Secret("s", "S"), "https://v")}
    before, after = ({key: tool(*value) if isinstance(value, tuple) else value} for value in (was, now))
    former = locked({key: before[key]})
    for unread in (set[str](), {key}):
        sent = write(declared, before, declared, former, sealer=SEALER)
        back = verify_response(sent, answer(after), unread=unread)
        assert back.dropped == (((key,),) if ignored and not unread else ())
        if key == "custom_tools":
            assert (back.entry.leaves == former.leaves) is (ignored or bool(unread)), "then it has what it had"
            assert bool(back.entry.seals) is (not ignored and not unread and "***" in repr(after))


def test_a_list_in_which_one_secret_is_another_is_not_sealed() -> None:
    declared = {"custom_tools": [*tool(Secret("s"), "https://v"), {**tool(Secret("t"), "https://v")[0], "name": "u"}]}
    after = {"custom_tools": [*tool("***", "https://v"), {**tool("other", "https://v")[0], "name": "u"}]}
    assert verify_response(write(declared, {}, sealer=SEALER), answer(after)).entry.seals == {}


SEALED = ("llm_model", "api_key")
SEALER = Sealer(Secret("key"))


def model(secret: Any) -> dict[str, Any]:
    return {"llm_model": {"type": "custom", "api_key": secret}}


# What the server has before, and after a write of `new`; whether that is sealed.
@pytest.mark.parametrize(
    ("was", "now", "sealed"),
    [("***", "***", True), ("***", "new", False), ("***", "other", False), ("old", "old", False), ("old", "***", True)],
)
def test_what_the_server_masks_is_sealed(was: str, now: str, *, sealed: bool) -> None:
    declared = {"name": "A", **model(Secret("new"))}
    former = LockEntry("asst_1", "A", {SEALED: None, ("name",): None}, seals={SEALED: "former", ("name",): "no secret"})
    sent = write(declared, model(was), model(Secret("new")), former, sealer=SEALER)
    shown = answer(model(now))
    seal = SEALER.seal("asst_1", SEALED, Secret("new"), NODE.at(SEALED, {}))
    assert verify_response(sent, shown).entry.seals == ({SEALED: seal} if sealed else {})
    assert verify_response(sent, shown, unread={"llm_model"}).entry.seals == {}
    assert verify_response(replace(sent, sealer=None), shown).entry.seals == {}
    kept = {SEALED: "former"}
    assert verify_response(replace(sent, keep=frozenset({SEALED})), shown).entry.seals == kept
    assert verify_response(replace(sent, body={"name": "A"}), shown).entry.seals == kept
    assert entry_in_sync(declared, shown, former).seals == former.seals
    assert entry_in_sync({"name": "A"}, shown, former).seals == {("name",): "no secret"}


PLACE = ("custom_tools", "t", "url")


def test_places_of_secrets_stay_while_the_server_has_what_it_had() -> None:
    was = {"custom_tools": [{"name": "t", "url": "https://s"}], "name": "A", "webhook_url": "https://hook"}
    former = LockEntry("asst_1", "A", {("webhook_url",): None}, secrets=frozenset({PLACE}))
    declared = {"name": "A", "custom_tools": [{"name": "t", "url": "https://open"}]}
    sent = write(declared, was, {"custom_tools": declared["custom_tools"]}, former)
    hook = {("webhook_url",)}
    assert verify_response(sent, answer({**was, **declared})).entry.secret_places == hook, "the file has it no more"
    assert verify_response(sent, answer(was)).entry.secret_places == {PLACE, *hook}, "it was ignored"
    kept = replace(sent, keep=frozenset({("custom_tools",)}))
    assert verify_response(kept, answer({**was, **declared})).entry.secret_places == {PLACE, *hook}
    assert entry_in_sync(declared, answer(was), former).secret_places == hook
    kept_entry = entry_in_sync(declared, answer(was), former, frozenset({("custom_tools",)}))
    assert kept_entry.secret_places == {PLACE, *hook}
    hidden = {"name": "A", "custom_tools": HIDDEN}
    assert entry_in_sync(hidden, answer(was), None).secrets == frozenset(listed_secrets(hidden, NODE)) != frozenset()
