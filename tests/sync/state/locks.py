"""Locks of one assistant and of none, as values and as text."""

from __future__ import annotations

from revox_sync.sync.model.lock import Confirmed, LeafRecord, Lock, LockEntry
from revox_sync.values.pointer import Pointer

Leaves = dict[Pointer, LeafRecord | None]
DIGESTS = Confirmed("0" * 32, "1" * 32)
ENTRY = LockEntry("asst_1", "Sales", {("voice", "speed"): DIGESTS, ("webhook_url",): None})
EMPTY = Lock("production", "https://www.getrevox.com/api", None, {})
LOCK = Lock("production", "https://www.getrevox.com/api", "org_1", {"sales/outbound": ENTRY})

TEXT = """\
{
"format": "revox-sync/lock",
"version": 2,
"environment": "production",
"base_url": "https://www.getrevox.com/api",
"organization_id": "org_1",
"assistants": {
"sales/outbound": {
"digest": 1, "id": "asst_1", "leaves": {"/voice/speed": \
["00000000000000000000000000000000", "11111111111111111111111111111111"], "/webhook_url": null}, "name": "Sales"
},
"": "written by revox-sync; to undo a change, restore the file from git"
}
}
"""
