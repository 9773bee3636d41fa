"""Places inside lists whose strings are secrets: remembered without content, respected when the file forgets them.

A list is one leaf, so the lock says for each secret inside of it where it was: a pointer in which the digest of an
entry's identity stands for its position, `*` where entries have none. A field the schema marks needs no such memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import equal, value_digest
from revox_sync.sync.comparing.secrets import has_secret, matching_entries
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret

ANY: Final = "*"


def listed_secrets(declared: Mapping[str, Value], node: Node) -> frozenset[Pointer]:
    """Places of the secrets inside the lists of a file's value."""
    return frozenset(pointer for pointer, in_list in _secrets(declared, node) if in_list)


def wrap_secrets_at(
    server: Value, declared: Value, places: AbstractSet[Pointer], node: Node | None, *, strangers: bool
) -> Value:
    """The server's value with every string at one of the places wrapped in `Secret`.

    Args:
        declared: the file's value of the same place.
        places: what `listed_secrets` found when it was last applied, and pointers outside of lists.
        node: what the schema knows about the place.
        strangers: also in every entry the file does not have, whatever it is called: for what is shown, because an
            entry may have got another name; not for what is compared.
    """
    if not places:
        return server
    if isinstance(server, dict):
        mine = declared if isinstance(declared, dict) else {}
        hidden = {
            key: wrap_secrets_at(
                child, mine.get(key), below, node.child(key, server) if node else None, strangers=strangers
            )
            for key, child in server.items()
            if (below := _below(places, {key}))
        }
        return {**server, **hidden}
    if isinstance(server, list):
        return list(_entries(server, declared, places, node, strangers=strangers))
    return Secret(server) if isinstance(server, str) and () in places else server


def _entries(
    server: list[Value], declared: Value, places: AbstractSet[Pointer], node: Node | None, *, strangers: bool
) -> Iterator[Value]:
    pairs = matching_entries(declared, server, node) if isinstance(declared, list) else ()
    mine = {theirs: declared[ours] for ours, theirs in pairs}
    everyone, element = {str(place[0]) for place in places if place}, node.element if node is not None else None
    for index, entry in enumerate(server):
        name = _name(entry, node)
        if name == ANY and index in mine and equal(entry, mine[index], element):
            yield entry  # the file says all of it in the open
            continue
        names = everyone if strangers and index not in mine else {ANY, name}
        yield wrap_secrets_at(entry, mine.get(index), _below(places, names), element, strangers=strangers)


def _below(places: AbstractSet[Pointer], names: AbstractSet[str]) -> frozenset[Pointer]:
    return frozenset(place[1:] for place in places if place and place[0] in names)


def _secrets(value: Value, node: Node | None, *, in_list: bool = False) -> Iterator[tuple[Pointer, bool]]:
    """Pointers of the secrets the schema does not mark, and whether they are inside a list."""
    if isinstance(value, Secret) and not (node is not None and node.secret):
        yield (), in_list
    elif isinstance(value, dict):
        for key, child in value.items():
            if isinstance(child, (dict, list, Secret)):
                place = node.child(key, value) if node is not None else None
                yield from (((key, *rest), inside) for rest, inside in _secrets(child, place, in_list=in_list))
    elif isinstance(value, list):
        for entry in filter(has_secret, value):
            name, place = _name(entry, node), node.element if node is not None else None
            yield from (((name, *rest), inside) for rest, inside in _secrets(entry, place, in_list=True))


def _name(entry: Value, node: Node | None) -> str:
    """The digest of what an entry is called; `*` where it has no name, or one that is a secret."""
    if node is None or node.key is None or not isinstance(entry, dict):
        return ANY
    name = entry.get(node.key)
    if name is None or isinstance(name, Secret):
        return ANY
    return value_digest(name, node.element.child(node.key, entry) if node.element is not None else None)
