"""Updates that were written down, and looks at the assistant after they were sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from revox_sync.sync.comparing.leaf_rules import SentLeaf
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.state.journal import Intent
from revox_sync.values.pointer import Pointer
from tests.sync.applying.harness import NOW

VOICE = {"provider": "cartesia", "id": "v"}
SPEED = ("voice", "speed")


def looked(value: Any, token: str | None = "t1") -> Remote:  # noqa: S107 — a version token
    return Remote("asst_1", "a", {**value, "updated_at": token})


def intended(leaves: dict[Pointer, SentLeaf], planned: LockEntry | None = None, **fields: Any) -> Intent:
    """An update that was based on a look with the token t1."""
    intent = Intent("a", Action.UPDATE, "a", NOW, id="asst_1", entry=planned, leaves=leaves, token="t1")  # noqa: S106
    return replace(intent, **fields)
