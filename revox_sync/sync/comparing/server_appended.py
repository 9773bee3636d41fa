"""Entries that the server adds to a list by itself (docs/design.md, "Server-appended entries")."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeAlias

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import identity, value_digest
from revox_sync.values.pointer import Pointer, Value

Appended: TypeAlias = Mapping[Pointer, frozenset[str]]
"""Digests of appended entries as they were sent again, by the pointer of their list.

The digest is of the whole entry, so an entry that somebody edits is no longer recognised.
"""


def server_entries(declared: Value, server: Value, node: Node | None) -> list[Value]:
    """The server-appended entries of a list that the file does not declare, in the server's order."""
    if node is None or not node.server_grown or not isinstance(server, list):
        return []
    appended = [entry for entry in server if _is_appended(entry, node)]
    return _undeclared(declared, appended, node)


def without_server_entries(declared: Value, server: Value, node: Node | None) -> Value:
    """The server's value without the entries that `server_entries` names; anything but a list stays as it is."""
    if node is None or not node.server_grown:
        return server
    # By identity of the object, because entries are mappings, which no set can hold.
    ignored = {id(entry) for entry in server_entries(declared, server, node)}
    return [entry for entry in server if id(entry) not in ignored] if ignored else server


def resent_entries(
    declared: Mapping[str, Value], current: Mapping[str, Value], fields: Collection[str], node: Node
) -> dict[Pointer, frozenset[str]]:
    """The server-appended entries that go with a request, because a list is sent whole.

    The API cannot be told that the server wrote an entry: what is sent comes back as written by people. Only the lock
    remembers.

    Args:
        current: the server's object, as `mark_resent` returns it.
        fields: top-level fields of the request.
        node: root of the assistant schema.
    """
    found: dict[Pointer, frozenset[str]] = {}
    for key in fields:
        place = node.child(key)
        digests = _digests(server_entries(declared.get(key), current.get(key), place), place)
        if digests:
            found[key,] = digests
    return found


def mark_resent(server: Mapping[str, Value], memory: Appended, node: Node) -> Mapping[str, Value]:
    """The server's object in which the entries that were sent again carry the server's mark, as they once did."""
    marked = {
        str(pointer[0]): _marked(server[str(pointer[0])], digests, node.child(str(pointer[0])))
        for pointer, digests in memory.items()
        if pointer[0] in server
    }
    return {**server, **marked} if marked else server


def keep_resent(
    declared: Mapping[str, Value], server: Mapping[str, Value], memory: Appended, node: Node
) -> dict[Pointer, frozenset[str]]:
    """What is left of the memory: entries that the server still has and the file does not declare.

    Of a field that an answer leaves out nothing is forgotten.
    """
    left = {}
    for pointer, digests in memory.items():
        key = str(pointer[0])
        if key in server:
            place, entries = node.child(key), server[key] if isinstance(server[key], list) else []
            remembered = digests & _digests(_undeclared(declared.get(key), entries, place), place)
        else:
            remembered = digests
        if remembered:
            left[pointer] = remembered
    return left


def _undeclared(declared: Value, entries: list[Value], node: Node | None) -> list[Value]:
    """The entries that have another identity than all declared ones."""
    if not entries or not isinstance(declared, list) or node is None:
        return entries
    names = {identity(entry, node.key, node.element) for entry in declared}
    return [entry for entry in entries if identity(entry, node.key, node.element) not in names]


def _digests(entries: Collection[Value], node: Node | None) -> frozenset[str]:
    if node is None:
        return frozenset()
    return frozenset(value_digest(entry, node.element) for entry in entries if isinstance(entry, dict))


def _marked(server: Value, digests: Collection[str], node: Node | None) -> Value:
    if node is None or not node.server_grown or not isinstance(server, list):
        return server
    # Any of the marks does: it makes `server_entries` take the entry for what it is.
    marks = node.server_grown[0]
    return [
        {**entry, **marks} if isinstance(entry, dict) and value_digest(entry, node.element) in digests else entry
        for entry in server
    ]


def _is_appended(entry: Value, node: Node) -> bool:
    return isinstance(entry, dict) and any(marks.items() <= entry.items() for marks in node.server_grown)
