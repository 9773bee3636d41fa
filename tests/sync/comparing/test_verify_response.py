from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.three_way import LeafState, compare
from revox_sync.sync.comparing.verify_response import new_entry, unproven, verify_response
from revox_sync.sync.model.remote import Remote
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.strategies import assistants

NODE = assistant_node()
VOICE = {"provider": "cartesia", "id": "v1", "speed": 1.1}
NOTHING: frozenset[Pointer] = frozenset()


@pytest.mark.parametrize(
    ("declared", "before", "answer", "dropped", "normalised"),
    [
        ({"prompt": "b"}, {"prompt": "a"}, {"prompt": "b"}, [], []),
        ({"prompt": "b\n"}, {"prompt": "a"}, {"prompt": "b"}, [], []),
        ({"prompt": "b"}, {"prompt": "a"}, {"prompt": "B"}, [], [("prompt",)]),
        ({"prompt": "b"}, {"prompt": "a"}, {"prompt": "a"}, [("prompt",)], []),
        ({"prompt": "A"}, {"prompt": "a"}, {"prompt": "a"}, [], [("prompt",)]),
        ({"prompt": " a  b"}, {"prompt": "a b"}, {"prompt": "a b"}, [], [("prompt",)]),
        ({"first_sentence": "b"}, {}, {"first_sentence": None}, [("first_sentence",)], []),
        ({"first_sentence": "b"}, {}, {}, [("first_sentence",)], []),
        ({"first_sentence": "b"}, {"first_sentence": "a"}, {"first_sentence": None}, [("first_sentence",)], []),
        ({"voicemail_message": None}, {"voicemail_message": "a"}, {"voicemail_message": None}, [], []),
        (
            {"voicemail_message": None},
            {"voicemail_message": "a"},
            {"voicemail_message": "a"},
            [("voicemail_message",)],
            [],
        ),
        (
            {"voice": VOICE},
            {"voice": VOICE | {"speed": 1}},
            {"voice": VOICE | {"speed": 1.0}},
            [("voice", "speed")],
            [],
        ),
        ({"voice": VOICE}, {}, {"voice": VOICE | {"speed": 1.2}}, [], [("voice", "speed")]),
        ({"webhook_url": Secret("https://a", "HOOK")}, {}, {"webhook_url": "https://a"}, [], []),
        ({"webhook_url": Secret("https://a", "HOOK")}, {}, {"webhook_url": "****"}, [], []),
        (
            {"webhook_url": Secret("https://a", "HOOK")},
            {"webhook_url": "https://b"},
            {"webhook_url": "https://b"},
            [("webhook_url",)],
            [],
        ),
    ],
)
def test_every_sent_leaf_is_judged(
    declared: dict[str, Any],
    before: dict[str, Any],
    answer: dict[str, Any],
    dropped: list[Pointer],
    normalised: list[Pointer],
) -> None:
    back = verify_response(declared, before, answer, declared, NOTHING)
    assert (list(back.dropped), list(back.normalised)) == (dropped, normalised)


def test_what_was_not_sent_is_not_judged() -> None:
    declared, answer = {"prompt": "b", "voice": VOICE}, {"prompt": "a", "voice": VOICE | {"speed": 1.0}}
    assert verify_response(declared, answer, answer, ["voice"], NOTHING).dropped == (("voice", "speed"),)
    assert verify_response(declared, answer, answer, ["voice"], frozenset({("voice", "speed")})).dropped == ()


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(assistants())
def test_an_entry_makes_its_assistant_in_sync(document: dict[str, Any]) -> None:
    declared = wrap_schema_secrets(document, NODE)
    entry = new_entry(declared, Remote("asst_1", document["name"], declared), None, NOTHING)
    assert (entry.id, entry.name) == ("asst_1", document["name"])
    assert {each.state for each in compare(declared, declared, entry, NODE)} <= {LeafState.IN_SYNC}


def test_unsettled_leaves_keep_their_former_digests() -> None:
    first = new_entry({"name": "A", "prompt": "a"}, Remote("asst_1", "A", {"name": "A", "prompt": "a"}), None, NOTHING)
    declared = {"name": "A", "prompt": "b", "first_sentence": "new"}
    unsettled = frozenset({("prompt",), ("first_sentence",)})
    entry = new_entry(declared, Remote("asst_1", "A", {"name": "A", "prompt": "a"}), first, unsettled)
    assert entry.leaves == first.leaves


def test_secrets_have_no_digest() -> None:
    declared = {"name": "A", "webhook_url": Secret("https://a", "HOOK")}
    answer = Remote("asst_1", "A", {"name": "A", "webhook_url": "https://a"})
    assert new_entry(declared, answer, None, NOTHING).leaves[("webhook_url",)] is None


@pytest.mark.parametrize(
    ("declared", "answer", "expected"),
    [
        ({"prompt": "b\n", "voice": VOICE}, {"prompt": "b", "voice": VOICE | {"volume": 1.0}}, set()),
        ({"prompt": "b", "voice": VOICE}, {"prompt": "b", "voice": VOICE | {"speed": 1.2}}, {"voice"}),
        ({"prompt": "b"}, {"prompt": "a"}, {"prompt"}),
        ({"prompt": "b"}, {}, {"prompt"}),
        ({"webhook_url": Secret("https://a", "HOOK")}, {"webhook_url": "https://a"}, {"webhook_url"}),
        (
            {"custom_tools": [{"name": "t", "headers": [{"key": "a", "value": Secret("s", "S")}]}]},
            {"custom_tools": [{"name": "t", "headers": [{"key": "a", "value": "other"}]}]},
            {"custom_tools"},
        ),
    ],
)
def test_digests_prove_what_came_back(declared: dict[str, Any], answer: dict[str, Any], expected: set[str]) -> None:
    entry = new_entry({"name": "A", **declared}, Remote("asst_1", "A", {"name": "A", **answer}), None, NOTHING)
    assert unproven(declared, declared, entry) == expected


def test_a_leaf_that_was_kept_proves_nothing_about_others() -> None:
    kept = frozenset({("voice", "speed")})
    first = new_entry(
        {"name": "A", "voice": VOICE}, Remote("asst_1", "A", {"name": "A", "voice": VOICE}), None, NOTHING
    )
    declared = {"name": "A", "prompt": "b", "voice": VOICE | {"speed": 1.3}}
    answer = Remote("asst_1", "A", {"name": "A", "prompt": "a", "voice": VOICE})
    assert unproven(declared, declared, new_entry(declared, answer, first, kept)) == {"prompt"}


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(assistants(), assistants())
def test_what_is_proven_was_kept(sent: dict[str, Any], stored: dict[str, Any]) -> None:
    """Judging only what the digests leave open comes to what judging everything comes to."""
    declared, answer = wrap_schema_secrets(sent, NODE), wrap_schema_secrets({**stored, "name": sent["name"]}, NODE)
    entry = new_entry(declared, Remote("asst_1", declared["name"], answer), None, NOTHING)
    doubtful = unproven(declared, declared, entry)
    assert verify_response(declared, {}, answer, doubtful, NOTHING) == verify_response(
        declared, {}, answer, declared, NOTHING
    )
