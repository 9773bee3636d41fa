"""What a write says of keys that it takes out, and of those it carries over and the server loses."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import SentWrite, verify_response
from revox_sync.sync.model.lock import Sent
from revox_sync.values.pointer import Pointer
from tests.sync.comparing.sent_writes import NODE, VOICE, answer, locked, record, write
from tests.sync.records import form

GONE = ("voice", "speed")
BARE = {"provider": "cartesia", "id": "v1"}


def without_speed(**fields: Any) -> SentWrite:
    """A request that leaves `voice.speed` out, which the file no longer has."""
    former = locked({"name": "A", "voice": VOICE})
    stored = {"name": "A", "voice": VOICE, "updated_at": "t1"}
    return write({"name": "A", "voice": BARE}, stored, {"voice": BARE}, former, **fields)


def test_a_key_that_went_leaves_the_lock() -> None:
    back = verify_response(without_speed(), answer({"name": "A", "voice": BARE}))
    assert (back.not_unset, GONE in back.entry.leaves) == ((), False)
    null = verify_response(without_speed(), answer({"name": "A", "voice": BARE | {"speed": None}}))
    assert (null.not_unset, GONE in null.entry.leaves) == ((), False)


def test_a_key_that_the_server_has_kept_stays_in_the_lock() -> None:
    sent = without_speed()
    back = verify_response(sent, answer({"name": "A", "voice": VOICE}))
    assert (back.not_unset, back.dropped, back.replaced) == ((GONE,), (), ())
    assert sent.former is not None
    assert record(back, GONE) == sent.former.leaves[GONE]
    states = {leaf.pointer: leaf.state for leaf in compare(sent.declared, {"voice": VOICE}, back.entry, NODE)}
    assert states[GONE] is LeafState.REMOVED, "the next plan sends it again"


def test_a_key_in_which_the_server_has_put_something_else() -> None:
    back = verify_response(without_speed(), answer({"name": "A", "voice": VOICE | {"speed": 1.0}}))
    assert back.not_unset == (GONE,)
    assert record(back, GONE) == Sent(("absent",), form(GONE, 1.1), "t1", answered=True)


def test_a_key_of_which_nobody_has_shown_that_it_went() -> None:
    back = verify_response(without_speed(), answer({"name": "A"}), unread={"voice"})
    assert back.not_unset == ()
    assert record(back, GONE) == Sent(("absent",), form(GONE, 1.1), "t1", answered=True)


# What is sent beside what the file declares; what the answer holds of it; what is lost.
LOST: list[tuple[dict[str, Any], dict[str, Any], list[Pointer]]] = [
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE | {"volume": 0.8}}, []),
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE}, [("voice", "volume")]),
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE | {"volume": None}}, [("voice", "volume")]),
    ({"voice": VOICE | {"volume": 0.8}}, {"voice": VOICE | {"volume": 1.0}}, []),
    ({"voice": VOICE | {"volume": None}}, {"voice": VOICE}, []),
    ({"voice": VOICE | {"of_a_later_version": 1}}, {"voice": VOICE}, [("voice", "of_a_later_version")]),
    ({"voice": VOICE | {"later": ["a", "b"]}}, {"voice": VOICE}, [("voice", "later")]),
    (
        {"voice": VOICE | {"later": {"a": 1, "b": [2]}}},
        {"voice": VOICE},
        [("voice", "later", "a"), ("voice", "later", "b")],
    ),
    ({"voice": VOICE | {"later": [], "other": {}}}, {"voice": VOICE}, []),
]


@pytest.mark.parametrize(("body", "after", "lost"), LOST)
def test_what_was_carried_over_and_is_gone_is_told(
    body: dict[str, Any], after: dict[str, Any], lost: list[Pointer]
) -> None:
    back = verify_response(write({"voice": VOICE}, body, body), answer(after))
    assert list(back.lost) == lost
    assert back.dropped == back.replaced == ()
    assert set(back.entry.leaves) == {("voice", key) for key in VOICE}, "what is carried over has no state"


def test_what_nobody_has_shown_is_not_lost() -> None:
    sent = write({"voice": BARE}, {"voice": VOICE}, {"voice": VOICE})
    assert verify_response(sent, answer({"voice": BARE})).lost == (GONE,)
    assert verify_response(sent, answer({}), unread={"voice"}).lost == ()
    both = verify_response(sent, answer({"voice": {"provider": "cartesia"}}))
    assert (both.lost, both.dropped, both.replaced) == ((GONE,), (), (("voice", "id"),))


def test_what_the_file_declares_is_dropped_and_not_lost() -> None:
    back = verify_response(write({"voice": VOICE}, {}, {"voice": VOICE}), answer({"voice": BARE}))
    assert (back.dropped, back.lost) == ((GONE,), ())


def test_a_key_that_may_yet_go_is_no_known_value() -> None:
    """The answer has the token from before: the request may be carried out later, and the key be put back then."""
    sent = without_speed()
    back = verify_response(sent, answer({"name": "A", "voice": VOICE, "updated_at": "t1"}))
    assert back.not_unset == (GONE,)
    assert record(back, GONE) == Sent(("absent",), form(GONE, 1.1), "t1", answered=False)
    for token, state in (("t1", LeafState.REMOVED), ("t3", LeafState.CONFLICT)):
        server = {"voice": VOICE, "updated_at": token}
        states = {leaf.pointer: leaf.state for leaf in compare(sent.declared, server, back.entry, NODE)}
        assert states[GONE] is state
