"""Fields that are set when an assistant is created, and then left to the dashboard (docs/design.md, "Ignored fields").

Of an assistant that exists, an ignored field counts as one that its file does not declare: it is not compared, the
server's value is carried over, and the lock forgets it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare, is_same_variant
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Pointer, Value, dotted

_EQUAL = frozenset({LeafState.IN_SYNC, LeafState.ACCEPTED, LeafState.UNCOMPARABLE})


def is_ignored(pointer: Pointer, ignored: Collection[Pointer]) -> bool:
    """Whether a place is an ignored field, or inside one."""
    return any(pointer[: len(field)] == field for field in ignored)


def managed_value(
    declared: Mapping[str, Value], server: Mapping[str, Value], ignored: Collection[Pointer]
) -> Mapping[str, Value]:
    """The file's value without ignored fields.

    A field stays where the server has no mapping around it, or one of another variant: then the file sets the mapping,
    as a create does.

    Args:
        server: the remote assistant.
    """
    value = declared
    # Twice, because a variant no longer counts once its own field (`voice.provider`) is taken out.
    for field in (*ignored, *ignored):
        value = _without(value, server, field, assistant_node())
    return value


def _without(declared: Value, server: Value, field: Pointer, node: Node | None) -> Value:
    key, *rest = field
    if not isinstance(declared, dict) or key not in declared or not isinstance(server, dict):
        return declared
    is_kind = node is not None and key == node.discriminator
    if not is_kind and not is_same_variant(declared, server, node):
        return declared
    others = {name: child for name, child in declared.items() if name != key}
    if not rest:
        return others
    inside = node.child(key, declared) if node is not None else None
    child = _without(declared[key], server.get(key), tuple(rest), inside)
    # A mapping of which nothing is left says nothing; an empty one would ask for a mapping to be there.
    return others if child == {} != declared[key] else {**declared, key: child}


def managed_entry(entry: LockEntry | None, ignored: Collection[Pointer]) -> LockEntry | None:
    """The lock entry without what it knows of ignored fields; it goes on to know where secrets are."""
    if entry is None or not ignored:
        return entry
    hidden = frozenset(
        pointer for pointer, record in entry.leaves.items() if record is None and is_ignored(pointer, ignored)
    )
    leaves = {pointer: record for pointer, record in entry.leaves.items() if not is_ignored(pointer, ignored)}
    appended = {pointer: digests for pointer, digests in entry.appended.items() if not is_ignored(pointer, ignored)}
    seals = {pointer: seal for pointer, seal in entry.seals.items() if not is_ignored(pointer, ignored)}
    return replace(entry, leaves=leaves, appended=appended, secrets=entry.secrets | hidden, seals=seals)


def ignored_differences(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, ignored: Collection[Pointer]
) -> tuple[str, ...]:
    """Paths of ignored fields in which file and server differ, in the schema's order."""
    mine = managed_value(declared, server, ignored)
    leaves = compare(declared, server, entry, assistant_node())
    differing = [leaf.pointer for leaf in leaves if leaf.state not in _EQUAL and is_ignored(leaf.pointer, ignored)]
    return tuple(dotted(pointer) for pointer in differing if _has(declared, pointer) and not _has(mine, pointer))


def _has(value: Value, pointer: Pointer) -> bool:
    for key in pointer:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True
