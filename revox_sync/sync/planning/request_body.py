"""What is sent for a changed field: the declared value laid over the server's (docs/design.md, "What is sent")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet

from revox_sync.contract.fields import Node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.server_appended import server_entries
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Pointer, Value, dotted
from revox_sync.values.secret import Secret


class UndeclaredSecret(RefusedError):  # noqa: N818 — named, like a rule, after what was found
    """The server holds a secret beside declared keys; sending the field would lose it, and it is never sent back.

    Attributes:
        pointer: where the secret is.
    """

    def __init__(self, pointer: Pointer) -> None:
        super().__init__(f"the server holds a secret the file does not: declare `{dotted(pointer)}` with `!env`")
        self.pointer = pointer


def overlay(  # noqa: PLR0913, PLR0917 — the values of docs/design.md, "What is sent", each from another source
    declared: Value,
    current: Value,
    entry: LockEntry | None,
    node: Node,
    at: Pointer,
    keep: frozenset[Pointer] = frozenset(),
) -> Value:
    """The request value of one top-level field.

    PATCH is assumed to replace a top-level field whole, so a mapping carries over what the server has and the file
    does not mention. Not carried: read-only keys, nulls the contract does not accept, keys the lock lists but the file
    no longer has, and anything across a change of the discriminator. A list is the declared one, with server-grown
    entries appended.

    Args:
        declared: the file's value of the field.
        current: the server's value of the field, guarded, fetched just before.
        entry: the assistant's lock entry.
        node: the schema's node of the field.
        at: pointer of the field.
        keep: drifted leaves that stay as they are on the server.

    Raises:
        UndeclaredSecret: a secret of the server would have to be carried over.
    """
    gone = frozenset(entry.leaves if entry is not None else ())
    return _lay(_kept(declared, current, node, at, keep), current, node, at, gone)


def _kept(declared: Value, current: Value, node: Node | None, at: Pointer, keep: AbstractSet[Pointer]) -> Value:
    """The declared value with the kept leaves replaced by the server's, or left out where the server has none."""
    if at in keep:
        return _sendable(current, node, at, frozenset())
    if not isinstance(declared, Mapping):
        return declared
    theirs = current if isinstance(current, Mapping) else {}
    return {
        key: _kept(child, theirs.get(key), _child(node, key, declared), (*at, key), keep)
        for key, child in declared.items()
        if (*at, key) not in keep or _is_sendable(theirs.get(key), _child(node, key, theirs))
    }


def _lay(declared: Value, current: Value, node: Node | None, at: Pointer, gone: AbstractSet[Pointer]) -> Value:
    if isinstance(declared, list):
        appended = server_entries(declared, current, node)
        return [*declared, *(_sendable(each, _element(node), (*at, len(declared)), gone) for each in appended)]
    if not isinstance(declared, Mapping):
        return declared
    theirs = current if isinstance(current, Mapping) and _same_variant(declared, current, node) else {}
    laid = {
        key: _lay(child, theirs.get(key), _child(node, key, declared), (*at, key), gone)
        for key, child in declared.items()
    }
    return laid | dict(_carried(theirs, declared, node, at, gone))


def _same_variant(declared: Mapping[str, Value], current: Mapping[str, Value], node: Node | None) -> bool:
    kind = node.discriminator if node is not None else None
    return kind is None or kind not in declared or equal(declared[kind], current.get(kind), None)


def _carried(
    current: Mapping[str, Value], declared: Collection[str], node: Node | None, at: Pointer, gone: AbstractSet[Pointer]
) -> Iterator[tuple[str, Value]]:
    """The server's keys that the file does not mention, as far as they may be sent."""
    for key, child in current.items():
        place, pointer = _child(node, key, current), (*at, key)
        if key in declared or pointer in gone or not _is_sendable(child, place):
            continue
        value = _sendable(child, place, pointer, gone)
        if value != {} or child == {}:  # a mapping of which every key is gone is gone itself
            yield key, value


def _is_sendable(value: Value, node: Node | None) -> bool:
    if node is None:
        return value is not None
    # A deprecated key is unknown to newer contracts, which refuse it even as null.
    return not node.read_only and (value is not None or (node.nullable and not node.deprecated))


def _sendable(value: Value, node: Node | None, at: Pointer, gone: AbstractSet[Pointer]) -> Value:
    if isinstance(value, Secret) or (isinstance(value, str) and node is not None and node.secret):
        raise UndeclaredSecret(at)
    if isinstance(value, Mapping):
        return dict(_carried(value, (), node, at, gone))
    if isinstance(value, list):
        return [_sendable(each, _element(node), (*at, index), gone) for index, each in enumerate(value)]
    return value


def _child(node: Node | None, key: str, value: object) -> Node | None:
    return node.child(key, value) if node is not None else None


def _element(node: Node | None) -> Node | None:
    return node.element if node is not None else None
