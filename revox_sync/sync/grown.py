"""Entries that the server adds to a list by itself, such as questions a caller asked (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.contract import Node
from revox_sync.pointer import Value
from revox_sync.sync.canonical import identity


def grown(declared: Value, server: Value, node: Node | None) -> list[Value]:
    """The server-grown entries of a list that the file does not declare, in the server's order."""
    if node is None or not node.server_grown or not isinstance(server, list):
        return []
    entries = declared if isinstance(declared, list) else []
    named = {identity(each, node.key, node.element) for each in entries}
    return [each for each in server if _is_grown(each, node) and identity(each, node.key, node.element) not in named]


def without_grown(declared: Value, server: Value, node: Node | None) -> Value:
    """The server's value without the entries that `grown` names; anything but a list stays as it is."""
    ignored = {id(each) for each in grown(declared, server, node)}
    return [each for each in server if id(each) not in ignored] if ignored else server


def _is_grown(entry: Value, node: Node) -> bool:
    return isinstance(entry, Mapping) and any(
        all(entry.get(key) == value for key, value in marks.items()) for marks in node.server_grown
    )
