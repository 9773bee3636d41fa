"""What a plan shows of a request: every field it changes, no secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from revox_sync.contract import Node
from revox_sync.pointer import Pointer, Value, dotted
from revox_sync.secret import MASK, Secret
from revox_sync.sync.diff import FieldChange, field_changes
from revox_sync.sync.leaves import leaves
from revox_sync.sync.lock import LockEntry
from revox_sync.sync.secrets import veil


def sent_changes(before: Mapping[str, Value], body: Mapping[str, Value], node: Node) -> Iterator[FieldChange]:
    """What a request changes, in the schema's order.

    Args:
        before: the server's value as `veiled` returns it; empty for a create.
        body: the fields that are sent.
        node: root of the assistant schema.
    """
    order = list(node.properties)
    for key in sorted(body, key=order.index):
        if before.get(key) is None:
            yield from _new_leaves({key: body[key]}, node)
        else:
            yield from field_changes(before[key], body[key], node.child(key), (key,))


def _new_leaves(body: Mapping[str, Value], node: Node) -> Iterator[FieldChange]:
    """A field the server does not have: a list in it is one change, its entries say nothing one by one."""
    for pointer, value in leaves(body, node).items():
        if isinstance(value, Secret):
            yield FieldChange(dotted(pointer), None, None, sensitive=True, added=True)
        elif value is not None:
            yield FieldChange(dotted(pointer), None, _masked(value), sensitive=False, added=True)


def _masked(value: Value) -> Value:
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _masked(child) for key, child in value.items()}
    return MASK if isinstance(value, Secret) else value


def veiled(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> Mapping[str, Value]:
    """The server's value with everything wrapped that is a secret in the file, or was one when it was last applied."""
    result: Mapping[str, Value] = veil(declared, server, node)
    for pointer, digests in (entry.leaves if entry is not None else {}).items():
        if digests is None:
            result = _wrapped(result, pointer)
    return result


def _wrapped(value: Value, pointer: Pointer) -> Value:
    if not pointer:
        return Secret(value) if isinstance(value, str) else value
    if not isinstance(value, Mapping) or pointer[0] not in value:
        return value
    return {**value, pointer[0]: _wrapped(value[str(pointer[0])], pointer[1:])}
