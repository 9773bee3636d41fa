"""Secrets on both sides: wrapped before anything can show them, compared without digest (docs/design.md, "Secrets").

A list is one leaf. So the lock says of each secret inside a list where it was, without content: a pointer in which the
digest of an entry's identity stands for its position, `*` where entries have none. A field that the schema marks as
secret needs no such memory.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum, auto
from functools import cache
from typing import Final

from revox_sync.contract.fields import Node, element_of, fields_of
from revox_sync.sync.comparing.canonical import equal, identity, value_digest
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Pointer, Value
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, parts, rebuilt

_MASKED: Final = re.compile(r"\*{3,}|•{3,}|x{3,}")
# What stands for the hidden part where a mask shows the beginning or the end. Which characters is inferred.
_FILLER: Final = re.compile(r"[*•·#]+|…+|\.{2,}|x{2,}")
_ANY_ENTRY: Final = "*"
LEAST_INSIDE: Final = 8
"""Characters from which a known secret is recognised inside another text, such as `Bearer …`. A shorter one would be
found in ordinary words."""


class SecretState(Enum):
    """What can be said about a declared secret and what the server returned for it."""

    EQUAL = auto()
    DIFFERENT = auto()
    UNCOMPARABLE = auto()


def wrap_schema_secrets(value: Value, node: Node) -> Value:
    """The value with every string that the schema marks as secret wrapped in `Secret`."""
    if node.secret and isinstance(value, str):
        return Secret(value)
    if isinstance(value, dict):
        known = fields_of(node, value)
        inside = {
            key: wrap_schema_secrets(value[key], known[key])
            for key in _keys_with_secrets(node)
            if key in value and key in known
        }
        return {**value, **inside} if inside else value
    if isinstance(value, list) and node.element is not None:
        return [wrap_schema_secrets(entry, node.element) for entry in value]
    return value


@cache
def _keys_with_secrets(node: Node) -> tuple[str, ...]:
    """Keys of a mapping in which the schema marks secrets, in whichever variant."""
    children = [pair for variant in (node, *node.branches.values()) for pair in variant.properties.items()]
    return tuple(dict.fromkeys(key for key, child in children if child.holds_secret))


def has_secret(value: Value) -> bool:
    """Whether the value is or holds a secret."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return isinstance(value, Secret)
    return any(not isinstance(child, str) and has_secret(child) for child in value)


def wrap_matching_secrets(declared: Value, server: Value, node: Node | None) -> Value:
    """The server's value in which everything that answers a declared secret is a `Secret` too.

    A field that is secret only because the file says `!env` comes back as plain text. Wrapped, it is compared, digested
    and printed like any other secret. Where the answer leaves out a secret that the schema marks, there is an
    unknown one.
    """
    if isinstance(declared, Secret):
        # The API may leave out what the schema marks, so an absent value does not mean that nothing is set.
        absent = server is None and node is not None and node.secret
        return Secret(server) if absent or isinstance(server, str) else server
    if isinstance(declared, dict) and isinstance(server, dict):
        known = fields_of(node, declared)
        inside = {
            key: wrap_matching_secrets(child, server.get(key), known.get(key))
            for key, child in declared.items()
            if isinstance(child, (dict, list, Secret))
        }
        wrapped = {key: child for key, child in inside.items() if child is not server.get(key)}
        return {**server, **wrapped} if wrapped else server
    if isinstance(declared, list) and isinstance(server, list) and has_secret(declared):
        result = list(server)
        for mine, theirs in _matching_entries(declared, server, node):
            result[theirs] = wrap_matching_secrets(declared[mine], server[theirs], element_of(node))
        return result
    return server


def wrap_secrets_at(
    server: Value, declared: Value, places: AbstractSet[Pointer], node: Node | None, *, unmatched: bool
) -> Value:
    """The server's value with every string at one of the places wrapped in `Secret`.

    Args:
        declared: the file's value of the same place.
        places: what `listed_secrets` found when it was last applied, and pointers outside of lists.
        node: what the schema knows about the place.
        unmatched: also in every entry that the file does not have, whatever it is called. An entry may have got another
            name, so this is right for what is shown, and wrong for what is compared.
    """
    # Few assistants have secrets in lists; everything below is for them.
    if not places:
        return server
    if isinstance(server, dict):
        mine = declared if isinstance(declared, dict) else {}
        known = fields_of(node, server)
        wrapped = {
            key: wrap_secrets_at(child, mine.get(key), inside, known.get(key), unmatched=unmatched)
            for key, child in server.items()
            if (inside := _inside(places, {key}))
        }
        return {**server, **wrapped}
    if isinstance(server, list):
        return list(_wrapped_entries(server, declared, places, node, unmatched=unmatched))
    return Secret(server) if isinstance(server, str) and () in places else server


def _wrapped_entries(
    server: list[Value], declared: Value, places: AbstractSet[Pointer], node: Node | None, *, unmatched: bool
) -> Iterator[Value]:
    pairs = _matching_entries(declared, server, node) if isinstance(declared, list) else ()
    mine = {theirs: declared[ours] for ours, theirs in pairs}
    everyone, element = {str(place[0]) for place in places if place}, element_of(node)
    for position, entry in enumerate(server):
        name = _entry_name(entry, node)
        if name == _ANY_ENTRY and position in mine and equal(entry, mine[position], element):
            yield entry  # the file says all of it in the open
            continue
        names = everyone if unmatched and position not in mine else {_ANY_ENTRY, name}
        yield wrap_secrets_at(entry, mine.get(position), _inside(places, names), element, unmatched=unmatched)


def _inside(places: AbstractSet[Pointer], names: AbstractSet[str]) -> frozenset[Pointer]:
    return frozenset(place[1:] for place in places if place and place[0] in names)


def wrap_known_secrets(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> Mapping[str, Value]:
    """The server's value as it may be shown.

    Wrapped is everything that is a secret in the file, or was one when it was last applied, and every text into which
    somebody has copied a secret of the file.
    """
    places = entry.secret_places if entry is not None else frozenset()
    wrapped = wrap_matching_secrets(declared, server, node)
    known = wrap_secrets_at(wrapped, declared, places, node, unmatched=True)
    shown: Mapping[str, Value] = wrap_copies(known, known_secrets(declared))
    return shown


def wrap_copies(value: Value, secrets: Iterable[str]) -> Value:
    """A value of the server with every text wrapped into which somebody has copied a secret."""
    long = [secret for secret in secrets if len(secret) >= LEAST_INSIDE]

    def visit(part: Value, *_: object) -> Value:
        return Secret(part) if isinstance(part, str) and any(secret in part for secret in long) else DESCEND

    return rebuilt(value, visit) if long else value


def known_secrets(value: Value) -> set[str]:
    """The secrets in a file's value that have been read from the environment."""
    if not has_secret(value):
        return set()
    return {part.reveal() for _, part, _ in parts(value) if isinstance(part, Secret) and part.known} - {""}


def listed_secrets(value: Value, node: Node | None, *, in_list: bool = False) -> Iterator[Pointer]:
    """Places of the secrets inside the lists of a file's value, without those that the schema marks.

    Args:
        in_list: whether the value itself lies inside a list.
    """
    if isinstance(value, Secret):
        if in_list and not (node is not None and node.secret):
            yield ()
    elif isinstance(value, dict):
        known = fields_of(node, value)
        for key, child in value.items():
            if isinstance(child, dict | list | Secret):
                yield from ((key, *rest) for rest in listed_secrets(child, known.get(key), in_list=in_list))
    elif isinstance(value, list):
        for entry in filter(has_secret, value):
            name = _entry_name(entry, node)
            yield from ((name, *rest) for rest in listed_secrets(entry, element_of(node), in_list=True))


def named_secrets(value: Value, node: Node | None) -> Iterator[tuple[Pointer, Secret]]:
    """Every secret of a value with its place, in which what an entry of a list is called stands for its position."""
    if isinstance(value, Secret):
        yield (), value
    elif isinstance(value, dict):
        known = fields_of(node, value)
        for key, child in value.items():
            yield from (((key, *rest), secret) for rest, secret in named_secrets(child, known.get(key)))
    elif isinstance(value, list):
        for entry in filter(has_secret, value):
            name = _entry_name(entry, node)
            yield from (((name, *rest), secret) for rest, secret in named_secrets(entry, element_of(node)))


def _entry_name(entry: Value, node: Node | None) -> str:
    """The digest of what an entry is called; `*` where it has no name, or one that is a secret."""
    if node is None or node.key is None or not isinstance(entry, dict):
        return _ANY_ENTRY
    name = entry.get(node.key)
    if name is None or isinstance(name, Secret):
        return _ANY_ENTRY
    return value_digest(name, fields_of(node.element, entry).get(node.key))


def secret_pairs(declared: Value, server: Value, node: Node | None) -> Iterator[tuple[Secret, object]]:
    """Every declared secret with what the server's value holds in its place, None where that is nothing.

    Args:
        server: as `wrap_matching_secrets` returns it.
    """
    if isinstance(declared, Secret):
        yield declared, server
    elif isinstance(declared, dict):
        known, theirs = fields_of(node, declared), server if isinstance(server, dict) else {}
        for key, child in declared.items():
            yield from secret_pairs(child, theirs.get(key), known.get(key))
    elif isinstance(declared, list) and isinstance(server, list):
        for mine, other in _matching_entries(declared, server, node):
            yield from secret_pairs(declared[mine], server[other], element_of(node))


def secret_state(declared: Secret, server: object) -> SecretState:
    """Compare a declared secret with the server's answer: equal, different, or a mask, which says nothing."""
    returned = server.reveal() if isinstance(server, Secret) and server.known else server
    if not isinstance(returned, str) or not declared.known:
        return SecretState.UNCOMPARABLE
    if returned == declared.reveal():
        return SecretState.EQUAL
    return SecretState.UNCOMPARABLE if _is_mask(returned, declared.reveal()) else SecretState.DIFFERENT


def _is_mask(returned: str, declared: str) -> bool:
    """Whether the text is masked all over, or begins and ends like the declared one with filler between."""
    if _MASKED.search(returned):
        return True
    ends = ((returned[: filler.start()], returned[filler.end() :]) for filler in _FILLER.finditer(returned))
    return any((head or tail) and declared.startswith(head) and declared.endswith(tail) for head, tail in ends)


def _matching_entries(declared: list[Value], server: list[Value], node: Node | None) -> Iterator[tuple[int, int]]:
    """Positions of the entries of two lists that belong together, each at most once.

    Entries are paired by identity where the list has a key or its order is free, by position otherwise.
    """
    if node is None or not (node.key or node.order_free):
        yield from zip(range(len(declared)), range(len(server)), strict=False)
        return
    positions = defaultdict(list)
    for position, entry in enumerate(server):
        positions[identity(entry, node.key, node.element)].append(position)
    # Names may occur twice, so each position is given away once, the first one first.
    unpaired = []
    for position, entry in enumerate(declared):
        found = positions[identity(entry, node.key, node.element)]
        if found:
            yield position, found.pop(0)
        elif isinstance(entry.get(node.key) if isinstance(entry, dict) else entry, Secret):
            unpaired.append(position)  # its name may be the secret that changed
    yield from zip(unpaired, sorted(position for rest in positions.values() for position in rest), strict=False)
