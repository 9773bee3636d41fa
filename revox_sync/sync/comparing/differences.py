"""What differs between a file and the server: nothing, for most assistants of most plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import equal_exactly, leaves
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.secrets import has_secret
from revox_sync.sync.comparing.three_way import LeafComparison, compare
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Value


def differences(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> tuple[LeafComparison, ...]:
    """The leaves of `compare` that are not in sync, with the same arguments.

    Only fields are taken apart that differ to the letter, or of which the lock knows another leaf: few of nearly any
    plan.
    """
    same = {key: child for key, child in declared.items() if _says_the_same(child, server.get(key))}
    records = entry.leaves if entry is not None else {}
    mine = {leaf.pointer for leaf in leaves(same, node)} if records else set()
    gone = {pointer[0] for pointer in records if pointer not in mine}
    left = {key: child for key, child in declared.items() if key not in same or key in gone}
    if not left and not gone:
        return ()
    known = {pointer: record for pointer, record in records.items() if pointer[0] in left or pointer[0] not in declared}
    entry = replace(entry, leaves=known) if entry is not None else None
    return tuple(leaf for leaf in compare(left, server, entry, node) if leaf.state is not LeafState.IN_SYNC)


def _says_the_same(declared: Value, server: Value) -> bool:
    """Whether the server has what a file declares to the letter, and none of it is a secret."""
    if isinstance(declared, dict):
        # What the file does not declare is nobody's business, but in a list, which is compared whole.
        return isinstance(server, dict) and all(
            _says_the_same(child, server.get(key)) for key, child in declared.items()
        )
    return equal_exactly(declared, server) and not has_secret(declared)
