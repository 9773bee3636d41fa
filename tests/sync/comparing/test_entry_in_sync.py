"""What the lock remembers of an assistant to which nothing was sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Sent, Tokens
from revox_sync.sync.model.remote import Remote
from tests.strategies import assistants
from tests.sync.comparing.sent_writes import NODE, PROMPT, STORED, answer, locked, seen
from tests.sync.records import form


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(assistants())
def test_an_entry_makes_its_assistant_in_sync(document: dict[str, Any]) -> None:
    declared = wrap_schema_secrets(document, NODE)
    entry = entry_in_sync(declared, Remote("asst_1", document["name"], declared), None)
    assert (entry.id, entry.name) == ("asst_1", document["name"])
    assert {each.state for each in compare(declared, declared, entry, NODE)} <= {LeafState.IN_SYNC}


def test_kept_leaves_keep_what_the_lock_knows() -> None:
    first = entry_in_sync({"name": "A", "prompt": "a"}, answer({"name": "A", "prompt": "a"}), None)
    declared = {"name": "A", "prompt": "b", "first_sentence": "new"}
    unsettled = frozenset({("prompt",), ("first_sentence",)})
    entry = entry_in_sync(declared, answer({"name": "A", "prompt": "a"}), first, unsettled)
    assert entry.leaves == first.leaves


def test_kept_leaves_lose_the_value_before_our_write() -> None:
    """Else a value that we had before, and that is kept, would be a conflict for ever after our own next write."""
    prompt = seen(PROMPT, "b", "b", form(PROMPT, "a"))
    former = locked({"name": "A"}, leaves={PROMPT: prompt})
    entry = entry_in_sync({"name": "A", "prompt": "b"}, answer(STORED), former, frozenset({PROMPT}))
    assert entry.leaves[PROMPT] == seen(PROMPT, "b", "b")
    assert (
        entry_in_sync({"name": "A", "prompt": "b"}, answer(STORED | {"prompt": "b"}), former).leaves[PROMPT] == prompt
    )


UNSEEN = Sent((form(PROMPT, "b"),), form(PROMPT, "a"), "t0", answered=False)


@pytest.mark.parametrize(("value", "settled"), [("b", True), (" b", True), ("c", True), ("a", False)])
@pytest.mark.parametrize("answered", [True, False])
def test_what_was_unseen_stays_so_where_file_and_server_are_as_before(
    value: str, *, settled: bool, answered: bool
) -> None:
    unseen = UNSEEN._replace(answered=answered)
    former = locked({"name": "A"}, leaves={PROMPT: unseen})
    entry = entry_in_sync({"name": "A", "prompt": value}, answer(STORED | {"prompt": value}), former)
    assert entry.leaves[PROMPT] == (seen(PROMPT, value, value) if settled else unseen)


def test_reading_alone_never_changes_the_lock() -> None:
    former = entry_in_sync({"name": "A", "prompt": "a"}, answer(STORED), None)
    assert former.tokens == Tokens("t1")
    later = answer(STORED | {"updated_at": "t2"})
    assert entry_in_sync({"name": "A", "prompt": "a"}, later, former) == former
    changed_too = entry_in_sync(
        {"name": "A", "prompt": "b"}, answer(STORED | {"prompt": "b", "updated_at": "t2"}), former
    )
    assert changed_too.tokens == Tokens("t2", ("t1",))
