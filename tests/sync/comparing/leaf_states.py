"""What the comparison says of each leaf, beside what was applied before."""

from __future__ import annotations

from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import LockEntry, Sent
from revox_sync.values.pointer import Pointer
from tests.sync.records import confirmed

ROOT = assistant_node()
S = LeafState
VOICE = {"id": "v", "provider": "cartesia", "speed": 1.1}
UNSEEN = Sent(("1" * 32,), "2" * 32, None, answered=False)


def entry(declared: Any, server: Any) -> LockEntry:
    """The lock entry after `declared` was applied and the server held `server`."""
    return LockEntry("asst_1", "A", confirmed(declared, server))


def states(declared: Any, server: Any, known: LockEntry | None) -> dict[Pointer, LeafState]:
    return {each.pointer: each.state for each in compare(declared, server, known, ROOT)}


def faq(*pairs: tuple[str, Any], **marks: Any) -> dict[str, Any]:
    return {"faq_items": [{"question": question, "answer": answer} | marks for question, answer in pairs]}
