"""One form for every value that means the same: the only basis of equality (docs/design.md, "Canonical form")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Final
from unicodedata import normalize

from revox_sync.contract.fields import Node
from revox_sync.values.pointer import Value
from revox_sync.values.secret import MASK, Secret

DIGEST_VERSION: Final = 1
"""Changes whenever the same value would get another digest."""

ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
EMAILS: Final = "email-list"
HUGE_BITS: Final = 4096
"""Python refuses to write larger integers as decimal text (4,300 digits); such a number is kept as hexadecimal."""


def canonical(value: Value, node: Node | None) -> Value:
    """The form two values share exactly when they mean the same.

    Numbers by value (1 = 1.0, booleans apart), strings with LF and without white space at their end, e-mail addresses
    in lower case and without blanks around them, null keys and read-only keys left out, lists sorted where their order
    is free, default keys of list entries left out, a constant for secrets.

    White space at the end of a text is not heard and instructs nobody, and many editors strip it; RFC 5321 lets a mail
    server tell `Ops@` from `ops@`, and discourages it. So a server that trims texts or lower-cases addresses is no
    difference, with or without a lock. White space before a text and inside of it, and case everywhere else, are
    content: what a server makes of those the lock knows (`LeafState.ACCEPTED`).

    Args:
        value: a JSON value.
        node: what the schema knows about its place; None where it knows nothing.
    """
    if isinstance(value, str):
        return MASK if node is not None and node.secret else _text(value, node)
    if isinstance(value, dict):
        return _mapping(value, node)
    if isinstance(value, (list, tuple)):
        return _list(value, node)
    return MASK if isinstance(value, Secret) else _number(value)


def canonical_json(value: Value, node: Node | None) -> str:
    """The canonical value as compact sorted JSON, ASCII; equal texts mean equal values."""
    return _json(canonical(value, node))


def value_digest(value: Value, node: Node | None) -> str:
    """BLAKE2b-128, hexadecimal, of the compact sorted JSON of the canonical value."""
    return blake2b(canonical_json(value, node).encode("ascii"), digest_size=16).hexdigest()


def equal(left: Value, right: Value, node: Node | None) -> bool:
    """Whether two values mean the same: canonical equality."""
    if equal_exactly(left, right):
        return True
    if isinstance(left, str) and isinstance(right, str):
        return bool(canonical(left, node) == canonical(right, node))
    return canonical_json(left, node) == canonical_json(right, node)


def equal_exactly(left: Value, right: Value) -> bool:
    """Equality to the letter, types included: decides the common case without building anything."""
    if left.__class__ is not right.__class__:
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal_exactly(child, right[key]) for key, child in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(equal_exactly, left, right))
    return bool(left == right)


def equal_loosely(left: Value, right: Value, node: Node | None) -> bool:
    """Whether one may be the form that a server gives to the other: equal but for white space, case and composition.

    Two values that are alike still differ. But a server that answers one of them when it is sent the other has not
    ignored what it was sent, even where it answered the same before.
    """
    return _json(_loose(canonical(left, node))) == _json(_loose(canonical(right, node)))


def identity(entry: Value, key: str | None, node: Node | None) -> str:
    """Text that pairs list entries: of their identity key, or of the whole entry where the list has none.

    Secrets count with their own string, so the text is for pairing in memory only.
    """
    if key is not None and isinstance(entry, dict):
        node = node.child(key, entry) if node is not None else None
        entry = entry.get(key)
    if isinstance(entry, Secret) and entry.known:
        return canonical_json(entry.reveal(), None)
    return canonical_json(entry, node)


def _json(value: Value) -> str:
    return ENCODER.encode(value)


def _loose(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _loose(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_loose(each) for each in value]
    return " ".join(normalize("NFKC", value).casefold().split()) if isinstance(value, str) else value


def _text(value: str, node: Node | None) -> str:
    text = value.rstrip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if node is not None and node.schema.get("format") == EMAILS:
        return ",".join(address.strip() for address in text.lower().split(","))
    return text


def _number(value: Value) -> Value:
    """A number by its value; booleans and null are what they are."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and value.bit_length() > HUGE_BITS:
        return {"hexadecimal": hex(value)}
    return value


def _mapping(value: Mapping[str, Value], node: Node | None) -> dict[str, Value]:
    variant = node.branch(value) if node is not None else None
    places = variant.properties if variant is not None else {}
    result = {}
    for key, child in value.items():
        place = places.get(key)
        if child is not None and (place is None or not place.read_only):
            result[key] = canonical(child, place)
    return result


def _list(value: list[Value] | tuple[Value, ...], node: Node | None) -> list[Value]:
    element = node.element if node is not None else None
    entries = [_without_defaults(canonical(each, element), element) for each in value]
    if node is None or not node.order_free:
        return entries
    return sorted(entries, key=lambda each: (identity(each, node.key, element), _json(each)))


def _without_defaults(entry: Value, node: Node | None) -> Value:
    """A list is owned whole, so the server fills defaults into its entries: such a key says nothing."""
    if not isinstance(entry, dict) or node is None:
        return entry
    return {key: child for key, child in entry.items() if not _is_default(child, node.child(key, entry))}


def _is_default(value: Value, node: Node | None) -> bool:
    return node is not None and node.has_default and equal(value, node.default, node)
