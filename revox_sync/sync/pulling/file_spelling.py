"""The server's value as a file would spell it: what means the same stays as the file spells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Final

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import canonical_json, equal, identity
from revox_sync.sync.comparing.secrets import has_secret
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.values.outer_lines import as_written, with_line_feeds
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret


class _Absent:
    """The file has no value, or is to have none."""


ABSENT: Final = _Absent()


class UnwritableSecretError(Exception):
    """The server's value holds a secret, or may hold one, that the file does not have.

    Attributes:
        pointer: where it is, seen from the value that was asked for.
    """

    def __init__(self, pointer: Pointer) -> None:
        super().__init__()
        self.pointer = pointer


def in_spelling_of(mine: Value, server: Value, node: Node | None, at: Pointer = ()) -> Value:
    """The server's value as the file would spell it.

    The file's own spelling is kept where it means the same: `1.0` for `1`, line breaks at the end of a text, the order
    of lists whose order is free, keys of list entries that hold a default, secrets. Read-only keys and entries that the
    server appended are left out; of what is new, nulls and defaults are left out as well.

    Args:
        mine: the file's value, NOTHING where it has none.
        server: the server's value, guarded.
        node: what the schema knows about the place.
        at: where the value is, seen from the one that was asked for.

    Raises:
        SecretInTheWay: a secret would have to be written.
    """
    if isinstance(mine, Secret) or isinstance(server, Secret) or (node is not None and node.secret):
        # Secrets are never pulled: the file keeps its own, or the value cannot be written at all.
        if mine is ABSENT or mine is None:
            raise UnwritableSecretError(at)
        return mine
    if mine is not ABSENT and equal(mine, server, node):
        return mine
    if isinstance(server, Mapping):
        return _mapping(mine if isinstance(mine, Mapping) else {}, server, node, at)
    if isinstance(server, list):
        entries = mine if isinstance(mine, list) else []
        return _list(entries, without_server_entries(entries, server, node), node, at)
    return _scalar(mine, server, node)


def is_worth_declaring(value: Value, node: Node | None, *, required: bool = False) -> bool:
    """Whether a key that the file does not have is worth writing: not read-only, null or the default."""
    if node is None or node.read_only:
        return False
    if required:
        return True
    return value is not None and not (node.has_default and equal(value, node.default, node))


def _scalar(mine: Value, server: Value, node: Node | None) -> Value:
    if isinstance(server, str):
        text = as_written(server)
        if not isinstance(mine, str):
            return text
        # How many line breaks end a text depends on the block style (`|`, `|-`, `|+`), which people choose by eye.
        ending = with_line_feeds(mine)
        words = text.rstrip("\n")
        return words + ending[len(ending.rstrip("\n")) :] if words else words
    # JSON has one kind of number: a server may answer 30.0 for 30.
    whole = node is not None and "integer" in node.types and "number" not in node.types
    return int(server) if whole and isinstance(server, float) and server.is_integer() else server


def _mapping(
    mine: Mapping[str, Value], server: Mapping[str, Value], node: Node | None, at: Pointer
) -> dict[str, Value]:
    variant = node.branch(server) if node is not None else None
    required = variant.schema.get("required", ()) if variant is not None else ()
    known = [*variant.properties] if variant is not None else [*server]
    result: dict[str, Value] = {}
    for key in [*mine, *(key for key in known if key not in mine)]:
        place = variant.child(key) if variant is not None else None
        theirs = server.get(key)
        if key in mine and place is None and node is not None:
            continue  # the key belongs to another variant than the server's
        if key in mine and (theirs is not None or key in required):
            result[key] = in_spelling_of(mine[key], theirs, place, (*at, key))
        elif key in mine:
            if mine[key] is None or not is_worth_declaring(mine[key], place):
                result[key] = mine[key]
        elif key in server and is_worth_declaring(theirs, place, required=key in required):
            result[key] = in_spelling_of(ABSENT, theirs, place, (*at, key))
    return result


def _list(mine: list[Value], server: list[Value], node: Node | None, at: Pointer) -> list[Value]:
    element = node.element if node is not None else None
    # Entries that have a name, or whose order means nothing, are paired by what identifies them; others by their place.
    named = node is not None and (node.order_free or node.key is not None)
    pairs = _by_name(mine, server, node) if node is not None and named else _by_place(mine, server, element)
    order = list(range(len(server)))
    if node is not None and node.order_free:
        order.sort(key=lambda index: (pairs.get(index, len(mine)), index))
    _require_told_apart(mine, pairs, len(server), at, named=node is not None and node.key is not None)
    return [
        in_spelling_of(mine[pairs[index]] if index in pairs else ABSENT, server[index], element, (*at, index))
        for index in order
    ]


def _require_told_apart(mine: list[Value], pairs: Mapping[int, int], number: int, at: Pointer, *, named: bool) -> None:
    """Raises SecretInTheWay where an entry with a secret may have become a new one that holds it as plain text."""
    kept = set(pairs.values()) if named else ()
    lost = any(has_secret(entry) for index, entry in enumerate(mine) if index not in kept)
    if lost and (not named or len(pairs) < number):
        raise UnwritableSecretError(at)


def _by_name(mine: list[Value], server: list[Value], node: Node) -> dict[int, int]:
    """Positions in the file of the entries that have the same name there, by position at the server."""
    places = defaultdict(list)
    for index, entry in enumerate(mine):
        places[identity(entry, node.key, node.element)].append(index)
    found = {}
    for index, entry in enumerate(server):
        same_name = places[identity(entry, node.key, node.element)]
        if same_name:
            found[index] = same_name.pop(0)
    return found


def _by_place(mine: list[Value], server: list[Value], element: Node | None) -> dict[int, int]:
    """The same for entries without a name: equal ones belong together, and those between them in their order."""
    before, after = ([canonical_json(entry, element) for entry in side] for side in (mine, server))
    pairs: dict[int, int] = {}
    for _, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        pairs.update(zip(range(new_start, new_end), range(start, end), strict=False))
    return pairs
