"""Entries that the server adds to a list by itself (docs/design.md, "Server-appended entries")."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import identity, value_digest
from revox_sync.values.pointer import Pointer, Value

Appended: TypeAlias = Mapping[Pointer, frozenset[str]]
"""Digests of entries as they were sent, by the pointer of their list: one that somebody edits is no longer meant."""


def server_entries(declared: Value, server: Value, node: Node | None) -> list[Value]:
    """The server-grown entries of a list that the file does not declare, in the server's order."""
    if node is None or not node.server_grown or not isinstance(server, list):
        return []
    found = [each for each in server if _is_grown(each, node)]
    if not found or not isinstance(declared, list):
        return found
    named = {identity(each, node.key, node.element) for each in declared}
    return [each for each in found if identity(each, node.key, node.element) not in named]


def without_server_entries(declared: Value, server: Value, node: Node | None) -> Value:
    """The server's value without the entries that `server_entries` names; anything but a list stays as it is."""
    if node is None or not node.server_grown:
        return server
    ignored = {id(each) for each in server_entries(declared, server, node)}
    return [each for each in server if id(each) not in ignored] if ignored else server


def resent_entries(
    declared: Mapping[str, Value], current: Mapping[str, Value], fields: Collection[str], node: Node
) -> dict[Pointer, frozenset[str]]:
    """The server-grown entries that go with a request, because a list is sent whole.

    The API has no way to send one as what it is: it comes back as one that people wrote, and only the lock remembers.

    Args:
        current: the server's object, as `mark_resent` returns it.
        fields: top-level fields of the request.
        node: root of the assistant schema.
    """
    found = {
        (key,): _names(server_entries(declared.get(key), current.get(key), node.child(key)), node.child(key))
        for key in fields
    }
    return {pointer: names for pointer, names in found.items() if names}


def mark_resent(server: Mapping[str, Value], memory: Appended, node: Node) -> Mapping[str, Value]:
    """The server's object in which the entries that were sent again are marked as grown, as they once were."""
    marked = {
        str(pointer[0]): _marked(server.get(str(pointer[0])), names, node.child(str(pointer[0])))
        for pointer, names in memory.items()
        if pointer[0] in server
    }
    return {**server, **marked} if marked else server


def keep_resent(
    declared: Mapping[str, Value], server: Mapping[str, Value], memory: Appended, node: Node
) -> dict[Pointer, frozenset[str]]:
    """What is left of the memory: entries that the server still has and the file does not declare.

    Of a field that an answer leaves out nothing is forgotten.
    """
    left = {pointer: _left(declared, server, pointer, names, node) for pointer, names in memory.items()}
    return {pointer: names for pointer, names in left.items() if names}


def _left(
    declared: Mapping[str, Value], server: Mapping[str, Value], pointer: Pointer, names: frozenset[str], node: Node
) -> frozenset[str]:
    key = str(pointer[0])
    mine, theirs, place = declared.get(key), server.get(key), node.child(key)
    if key not in server or place is None or not isinstance(theirs, list):
        return names if key not in server else frozenset()
    named = {identity(each, place.key, place.element) for each in mine} if isinstance(mine, list) else set()
    return names & _names([each for each in theirs if identity(each, place.key, place.element) not in named], place)


def _names(entries: Collection[Value], node: Node | None) -> frozenset[str]:
    return frozenset(_name(each, node) for each in entries if isinstance(each, dict) and node is not None)


def _name(entry: Mapping[str, Value], node: Node) -> str:
    return value_digest(entry, node.element)


def _marked(server: Value, names: AbstractSet[str], node: Node | None) -> Value:
    if node is None or not node.server_grown or not isinstance(server, list):
        return server
    marks = node.server_grown[0]
    return [{**each, **marks} if isinstance(each, dict) and _name(each, node) in names else each for each in server]


def _is_grown(entry: Value, node: Node) -> bool:
    return isinstance(entry, dict) and any(
        all(entry.get(key) == value for key, value in marks.items()) for marks in node.server_grown
    )
