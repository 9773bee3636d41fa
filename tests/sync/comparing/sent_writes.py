"""Requests that were sent, answers to them, and what the lock knew before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.applying.write_outcome import sent_leaves
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.leaf_rules import token_of
from revox_sync.sync.comparing.verify_response import SentWrite, VerifiedResponse
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from tests.sync.records import confirmed

NODE = assistant_node()
VOICE = {"provider": "cartesia", "id": "v1", "speed": 1.1}
HOOK = Secret("https://a", "HOOK")
PROMPT = ("prompt",)
STORED = {"name": "A", "prompt": "a", "updated_at": "t1"}
FAQ = [{"question": "q", "answer": "a"}]


def write(
    declared: Mapping[str, Any],
    before: Mapping[str, Any],
    body: Mapping[str, Any] | None = None,
    former: LockEntry | None = None,
    **fields: Any,
) -> SentWrite:
    """A request; what is sent is what is declared unless another body is given."""
    body = declared if body is None else body
    sent = SentWrite(
        declared=declared,
        body=body,
        before=before,
        leaves=sent_leaves(declared, former, before, {**before, **body}, body),
        token=token_of(before),
        former=former,
    )
    return replace(sent, **fields)


def answer(value: Mapping[str, Any]) -> Remote:
    return Remote("asst_1", "A", dict(value))


def locked(declared: Mapping[str, Any], server: Mapping[str, Any] | None = None, **fields: Any) -> LockEntry:
    """A lock entry from when `declared` was applied and seen."""
    entry = LockEntry("asst_1", "A", confirmed(declared, declared if server is None else server))
    return replace(entry, **fields)


def seen(pointer: Pointer, declared: Any, server: Any, previous: Any = None) -> Confirmed:
    """The record of a leaf that was seen; `previous` is a form digest."""
    place = NODE.at(pointer, {})
    return Confirmed(None if declared is None else value_digest(declared, place), value_digest(server, place), previous)


def changed(former: LockEntry | None = None, **fields: Any) -> SentWrite:
    """A request that changes the prompt from a to b."""
    return write({"name": "A", "prompt": "b"}, STORED, {"prompt": "b"}, former, **fields)


def record(back: VerifiedResponse, pointer: Pointer = PROMPT) -> LeafRecord | None:
    return back.entry.leaves[pointer]
