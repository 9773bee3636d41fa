"""What differs between a file and the server: nothing, for most assistants of most plans."""

from __future__ import annotations

from collections.abc import Mapping

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

    Where the server has all that the file says to the letter, and the lock knows of nothing else, there is none, and
    nothing is built to find that out.
    """
    if _says_the_same(declared, server) and (entry is None or _knows_no_more(entry, declared, node)):
        return ()
    return tuple(leaf for leaf in compare(declared, server, entry, node) if leaf.state is not LeafState.IN_SYNC)


def _says_the_same(declared: Value, server: Value) -> bool:
    """Whether the server has what a file declares to the letter, and none of it is a secret."""
    if isinstance(declared, dict):
        # What the file does not declare is nobody's business, but in a list, which is compared whole.
        return isinstance(server, dict) and all(
            _says_the_same(child, server.get(key)) for key, child in declared.items()
        )
    return equal_exactly(declared, server) and not has_secret(declared)


def _knows_no_more(entry: LockEntry, declared: Mapping[str, Value], node: Node) -> bool:
    """Whether the lock knows only leaves that the file declares."""
    return entry.leaves.keys() <= {leaf.pointer for leaf in leaves(declared, node)}
