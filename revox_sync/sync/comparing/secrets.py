"""Secrets on both sides: wrapped before anything can show them, compared without digest (docs/design.md, "Secrets")."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import identity
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret

MASKED: Final = re.compile(r"\*{3,}|•{3,}|x{3,}")
FILLER: Final = re.compile(r"[*•·#]+|…+|\.{2,}|x{2,}")
"""What stands for the hidden part when a mask shows the beginning or the end; which characters is inferred."""


class SecretState(StrEnum):
    """What can be said about a declared secret and what the server returned for it."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNCOMPARABLE = "uncomparable"


def wrap_schema_secrets(value: Value, node: Node) -> Value:
    """The value with every string that the schema marks as secret wrapped in `Secret`."""
    if node.secret and isinstance(value, str):
        return Secret(value)
    if isinstance(value, dict):
        places = node.branch(value).properties
        inside = {
            key: wrap_schema_secrets(value[key], places[key])
            for key in _holders(node)
            if key in value and key in places
        }
        return {**value, **inside} if inside else value
    if isinstance(value, list) and node.element is not None and _holds_secrets(node.element):
        return [wrap_schema_secrets(each, node.element) for each in value]
    return value


@cache
def _holders(node: Node) -> tuple[str, ...]:
    """Keys of a mapping in which the schema marks secrets, in whichever variant."""
    children = [pair for each in (node, *node.branches.values()) for pair in each.properties.items()]
    return tuple(dict.fromkeys(key for key, child in children if _holds_secrets(child)))


def _holds_secrets(node: Node) -> bool:
    return node.secret or bool(_holders(node)) or (node.element is not None and _holds_secrets(node.element))


def has_secret(value: Value) -> bool:
    """Whether the value is or holds a secret."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return isinstance(value, Secret)
    return any(not isinstance(each, str) and has_secret(each) for each in value)


def wrap_matching_secrets(declared: Value, server: Value, node: Node | None) -> Value:
    """The server's value in which everything that answers a declared secret is a `Secret` too.

    A field that is secret only because the file says `!env` comes back as plain text; after this it compares, digests
    and prints like any other secret. Where the schema marks a secret that the answer leaves out, an unknown one stands.
    Entries of lists are paired by identity key where there is one, by position otherwise.
    """
    if isinstance(declared, dict) and isinstance(server, dict):
        veiled = dict(_veiled_keys(declared, server, node))
        return {**server, **veiled} if veiled else server
    if isinstance(declared, Secret):
        return _veiled(server, node)
    if isinstance(declared, list) and isinstance(server, list) and has_secret(declared):
        element = node.element if node is not None else None
        result = list(server)
        for mine, theirs in matching_entries(declared, server, node):
            result[theirs] = wrap_matching_secrets(declared[mine], server[theirs], element)
        return result
    return server


def secret_pairs(declared: Value, server: Value, node: Node | None) -> Iterator[tuple[Secret, object]]:
    """Every declared secret with what the veiled server value holds in its place, None where that is nothing."""
    if isinstance(declared, Secret):
        yield declared, server
    elif isinstance(declared, dict):
        for key, child in declared.items():
            place = node.child(key, declared) if node is not None else None
            yield from secret_pairs(child, server.get(key) if isinstance(server, dict) else None, place)
    elif isinstance(declared, list) and isinstance(server, list):
        element = node.element if node is not None else None
        for mine, theirs in matching_entries(declared, server, node):
            yield from secret_pairs(declared[mine], server[theirs], element)


def secret_state(declared: Secret, server: object) -> SecretState:
    """Compare a declared secret with the server's answer: equal, different, or a mask, which says nothing."""
    returned = server.reveal() if isinstance(server, Secret) and server.known else server
    if not isinstance(returned, str) or not declared.known:
        return SecretState.UNCOMPARABLE
    if returned == declared.reveal():
        return SecretState.EQUAL
    return SecretState.UNCOMPARABLE if _is_mask(returned, declared.reveal()) else SecretState.DIFFERENT


def _is_mask(returned: str, declared: str) -> bool:
    if MASKED.search(returned):
        return True
    fillers = FILLER.finditer(returned)
    return any(_is_affix(returned[: each.start()], returned[each.end() :], declared) for each in fillers)


def _is_affix(head: str, tail: str, declared: str) -> bool:
    return bool(head or tail) and declared.startswith(head) and declared.endswith(tail)


def _veiled(server: Value, node: Node | None) -> Value:
    if isinstance(server, str):
        return Secret(server)
    if server is None and node is not None and node.secret:
        return Secret(None)
    return server


def _veiled_keys(
    declared: Mapping[str, Value], server: Mapping[str, Value], node: Node | None
) -> Iterator[tuple[str, Value]]:
    """Only what is another value than the server's."""
    places = node.branch(declared).properties if node is not None else {}
    for key, child in declared.items():
        if isinstance(child, (dict, list, Secret)):
            theirs = server.get(key)
            value = wrap_matching_secrets(child, theirs, places.get(key))
            if value is not theirs:
                yield key, value


def matching_entries(declared: list[Value], server: list[Value], node: Node | None) -> Iterator[tuple[int, int]]:
    """Indices of the entries of two lists that belong together, each at most once."""
    if node is None or not (node.key or node.order_free):
        yield from zip(range(len(declared)), range(len(server)), strict=False)
        return
    places = defaultdict(list)
    for index, entry in enumerate(server):
        places[identity(entry, node.key, node.element)].append(index)
    unpaired = []
    for index, entry in enumerate(declared):
        found = places[identity(entry, node.key, node.element)]
        if found:
            yield index, found.pop(0)
        elif isinstance(entry.get(node.key) if isinstance(entry, dict) else entry, Secret):
            unpaired.append(index)  # its name may be the secret that changed
    yield from zip(unpaired, sorted(index for rest in places.values() for index in rest), strict=False)
