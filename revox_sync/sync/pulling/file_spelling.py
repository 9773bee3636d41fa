"""The server's value in the words of a file: what means the same stays as it is spelt there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Final

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import canonical_json, equal, identity
from revox_sync.sync.comparing.secrets import has_secret
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret


class _Nothing:
    """The file has no value, or is to have none."""


NOTHING: Final = _Nothing()


class SecretInTheWay(Exception):  # noqa: N818 — named, like a rule, after what was found
    """The server's value holds a secret, or may hold one, for which the file has no words.

    Attributes:
        pointer: where it is, seen from the value that was asked for.
    """

    def __init__(self, pointer: Pointer) -> None:
        super().__init__()
        self.pointer = pointer


def in_spelling_of(mine: Value, server: Value, node: Node | None, at: Pointer = ()) -> Value:
    """The server's value as the file would say it.

    What the file says already keeps its spelling: numbers by value, line breaks at the end of a text, the order of
    lists whose order is free, keys of list entries that say nothing, secrets. Read-only keys, server-grown entries,
    and in what is new also nulls and defaults, are left out.

    Args:
        mine: the file's value, NOTHING where it has none.
        server: the server's value, guarded.
        node: what the schema knows about the place.
        at: where the value is, seen from the one that was asked for.

    Raises:
        SecretInTheWay: a secret would have to be written.
    """
    if isinstance(mine, Secret) or isinstance(server, Secret) or (node is not None and node.secret):
        if mine is NOTHING or mine is None:
            raise SecretInTheWay(at)
        return mine
    if mine is not NOTHING and equal(mine, server, node):
        return mine
    if isinstance(server, Mapping):
        return _mapping(mine if isinstance(mine, Mapping) else {}, server, node, at)
    if isinstance(server, list):
        entries = mine if isinstance(mine, list) else []
        return _list(entries, without_server_entries(entries, server, node), node, at)
    return _scalar(mine, server, node)


def is_worth_declaring(value: Value, node: Node | None, *, required: bool = False) -> bool:
    """Whether a server's value of a key that the file does not have says anything a file could hold."""
    if node is None or node.read_only:
        return False
    if required:
        return True
    return value is not None and not (node.has_default and equal(value, node.default, node))


def _scalar(mine: Value, server: Value, node: Node | None) -> Value:
    if isinstance(server, str):
        text = server.replace("\r\n", "\n").replace("\r", "\n")
        if not isinstance(mine, str):
            return text
        ending = mine.replace("\r\n", "\n")
        words = text.rstrip("\n")
        return words + ending[len(ending.rstrip("\n")) :] if words else words
    whole = node is not None and "integer" in node.types and "number" not in node.types
    return int(server) if whole and isinstance(server, float) and server.is_integer() else server


def _mapping(
    mine: Mapping[str, Value], server: Mapping[str, Value], node: Node | None, at: Pointer
) -> dict[str, Value]:
    variant = node.branch(server) if node is not None else None
    required = variant.schema.get("required", ()) if variant is not None else ()
    known = [*variant.properties] if variant is not None else [*server]
    result: dict[str, Value] = {}
    for key in [*mine, *(each for each in known if each not in mine)]:
        place = variant.child(key) if variant is not None else None
        theirs = server.get(key)
        if key in mine and place is None and node is not None:
            continue  # a key of another variant
        if key in mine and (theirs is not None or key in required):
            result[key] = in_spelling_of(mine[key], theirs, place, (*at, key))
        elif key in mine:
            if mine[key] is None or not is_worth_declaring(mine[key], place):
                result[key] = mine[key]
        elif key in server and is_worth_declaring(theirs, place, required=key in required):
            result[key] = in_spelling_of(NOTHING, theirs, place, (*at, key))
    return result


def _list(mine: list[Value], server: list[Value], node: Node | None, at: Pointer) -> list[Value]:
    element = node.element if node is not None else None
    named = node is not None and (node.order_free or node.key is not None)
    pairs = _by_name(mine, server, node) if node is not None and named else _by_place(mine, server, element)
    ordered = list(range(len(server)))
    if node is not None and node.order_free:
        ordered.sort(key=lambda each: (pairs.get(each, len(mine)), each))
    _require_told_apart(mine, pairs, len(server), at, named=node is not None and node.key is not None)
    return [
        in_spelling_of(mine[pairs[each]] if each in pairs else NOTHING, server[each], element, (*at, each))
        for each in ordered
    ]


def _require_told_apart(mine: list[Value], pairs: Mapping[int, int], number: int, at: Pointer, *, named: bool) -> None:
    """Raises SecretInTheWay where an entry with a secret may have become a new one that holds it as plain text."""
    kept = set(pairs.values()) if named else ()
    lost = any(has_secret(each) for index, each in enumerate(mine) if index not in kept)
    if lost and (not named or len(pairs) < number):
        raise SecretInTheWay(at)


def _by_name(mine: list[Value], server: list[Value], node: Node) -> dict[int, int]:
    """Positions in the file of the entries that have a namesake there, by position at the server."""
    places = defaultdict(list)
    for index, entry in enumerate(mine):
        places[identity(entry, node.key, node.element)].append(index)
    found = {}
    for index, entry in enumerate(server):
        namesakes = places[identity(entry, node.key, node.element)]
        if namesakes:
            found[index] = namesakes.pop(0)
    return found


def _by_place(mine: list[Value], server: list[Value], element: Node | None) -> dict[int, int]:
    """The same for entries without a name: equal ones belong together, and those between them in their order."""
    before, after = ([canonical_json(each, element) for each in side] for side in (mine, server))
    return dict(_aligned(before, after))


def _aligned(before: list[str], after: list[str]) -> Iterator[tuple[int, int]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _, start, end, new_start, new_end in matcher.get_opcodes():
        yield from zip(range(new_start, new_end), range(start, end), strict=False)
