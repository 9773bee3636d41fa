"""Which values mean the same: their canonical form, the leaves of a file, and the identity of list entries.

See docs/design.md, "Canonical form" and "Leaves".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from typing import Final, NamedTuple

from revox_sync.contract.fields import Node, element_of, fields_of
from revox_sync.values.outer_lines import without_outer_lines
from revox_sync.values.pointer import Pointer, Value, dotted
from revox_sync.values.secret import MASK, Secret

DIGEST_VERSION: Final = 1
"""Changes whenever the same value would get another digest."""

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_EMAILS: Final = "email-list"
# Python refuses to write larger integers as decimal text (4,300 digits); such a number is kept as hexadecimal.
_HUGE_BITS: Final = 4096


class Leaf(NamedTuple):
    """A declared scalar, null, empty mapping or list (a list is one leaf).

    Attributes:
        pointer: where it is.
        value: what the file says.
        node: what the schema knows about the place; None where it knows nothing.
    """

    pointer: Pointer
    value: Value
    node: Node | None

    @property
    def path(self) -> str:
        """Where it is, for people: `voice.speed`."""
        return dotted(self.pointer)


def leaves(declared: Mapping[str, Value], node: Node | None, at: Pointer = ()) -> Iterator[Leaf]:
    """Every leaf, in the order of the file, without read-only keys, because nothing about them is sent."""
    known = fields_of(node, declared)
    for key, child in declared.items():
        place = known.get(key)
        if place is not None and place.read_only:
            continue
        if isinstance(child, dict) and child:
            yield from leaves(child, place, (*at, key))
        else:
            yield Leaf((*at, key), child, place)


def sorted_leaves(declared: Mapping[str, Value], node: Node) -> list[Leaf]:
    """Every leaf in `by_schema` order."""
    order = by_schema(node)
    return sorted(leaves(declared, node), key=lambda leaf: order(leaf.pointer))


def by_schema(node: Node) -> Callable[[Pointer], tuple[int, Pointer]]:
    """Sort key for pointers: the schema's order of top-level fields (unknown ones last), then the pointer."""
    positions = _positions(node)
    return lambda pointer: (positions.get(str(pointer[0]), len(positions)), pointer)


@cache
def _positions(node: Node) -> Mapping[str, int]:
    return {name: position for position, name in enumerate(node.properties)}


def canonical(value: Value, node: Node | None) -> Value:
    """The form two values share exactly when they mean the same.

    Numbers by value (1 = 1.0, booleans apart), strings with LF, without empty lines before them and without white space
    at their end, e-mail addresses in lower case and without blanks around them, null keys and read-only keys left out,
    lists sorted where their order is free, default keys and unknown keys of list entries left out, a constant for
    secrets.

    White space at the end of a text and empty lines before it are not heard and instruct nobody, and many editors strip
    them; RFC 5321 lets a mail server tell `Ops@` from `ops@`, and discourages it. So a server that trims texts or
    lower-cases addresses makes no difference, with or without a lock. Blanks before the first word, white space inside
    a text, and case everywhere else, are content: what a server makes of those is in the lock (`LeafState.ACCEPTED`).

    Args:
        value: a JSON value.
        node: what the schema knows about its place; None where it knows nothing.
    """
    if isinstance(value, str):
        return MASK if node is not None and node.secret else _text(value, node)
    if isinstance(value, dict):
        return _mapping(value, node)
    if isinstance(value, list):
        return _list(value, node)
    return MASK if isinstance(value, Secret) else _number(value)


def canonical_json(value: Value, node: Node | None) -> str:
    """The canonical value as compact sorted JSON, ASCII; equal texts mean equal values."""
    return _ENCODER.encode(canonical(value, node))


def value_digest(value: Value, node: Node | None) -> str:
    """BLAKE2b-128, hexadecimal, of the compact sorted JSON of the canonical value."""
    return blake2b(canonical_json(value, node).encode("ascii"), digest_size=16).hexdigest()


def equal(left: Value, right: Value, node: Node | None) -> bool:
    """Whether two values mean the same: canonical equality."""
    return equal_exactly(left, right) or equal_exactly(canonical(left, node), canonical(right, node))


def equal_exactly(left: Value, right: Value) -> bool:
    """Equality to the letter, types included: decides the common case without building anything."""
    # `==` alone would call True equal to 1, and 1 equal to 1.0.
    if left.__class__ is not right.__class__:
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal_exactly(child, right[key]) for key, child in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(equal_exactly, left, right))
    return bool(left == right)


def _text(value: str, node: Node | None) -> str:
    text = without_outer_lines(value)
    if node is not None and node.schema.get("format") == _EMAILS:
        return ",".join(address.strip() for address in text.lower().split(","))
    return text


def _number(value: Value) -> Value:
    """A number by its value; booleans and null are what they are."""
    # JSON knows one kind of number, and servers write 1 for 1.0.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int) and value.bit_length() > _HUGE_BITS:
        return {"hexadecimal": hex(value)}
    return value


def _mapping(value: Mapping[str, Value], node: Node | None) -> dict[str, Value]:
    known, result = fields_of(node, value), {}
    for key, child in value.items():
        place = known.get(key)
        # The API says null for what is not set, and nobody can send a read-only key.
        if child is not None and (place is None or not place.read_only):
            result[key] = canonical(child, place)
    return result


def _list(value: list[Value], node: Node | None) -> list[Value]:
    element = element_of(node)
    entries = [_without_defaults(canonical(known_part(entry, element), element), element) for entry in value]
    if node is None or not node.order_free:
        return entries
    return sorted(entries, key=lambda entry: (identity(entry, node.key, element), _ENCODER.encode(entry)))


def known_part(entry: Value, node: Node | None) -> Value:
    """An entry of a list without the keys that no contract knows, at any depth, where the schema admits no others.

    A list is compared whole, and no file can declare such a key. So if a server adds one, it is no difference, as an
    undeclared key of a mapping is none. An update leaves it as it is (`request_body`).
    """
    if isinstance(entry, list):
        return [known_part(child, element_of(node)) for child in entry]
    if not isinstance(entry, dict) or node is None:
        return entry
    branch = node.branch(entry)
    known, is_closed = branch.properties, branch.schema.get("additionalProperties") is False
    return {key: known_part(child, known.get(key)) for key, child in entry.items() if key in known or not is_closed}


def known_list(server: Value, node: Node | None) -> Value:
    """A list without keys of its entries that no contract knows; anything else as it is."""
    return known_part(server, node) if isinstance(server, list) else server


def _without_defaults(entry: Value, node: Node | None) -> Value:
    """A list is sent whole, and the server fills defaults into its entries. So a key with its default says nothing."""
    if not isinstance(entry, dict):
        return entry
    known = fields_of(node, entry)
    return {key: child for key, child in entry.items() if not _is_default(child, known.get(key))}


def _is_default(value: Value, node: Node | None) -> bool:
    return node is not None and equal(value, node.default, node)


def identity(entry: Value, key: str | None, node: Node | None) -> str:
    """The text by which list entries are paired: of their identity key, or of the whole entry where there is no key.

    A secret counts with its own string, so the text is for pairing in memory only.
    """
    if key is not None and isinstance(entry, dict):
        node = fields_of(node, entry).get(key)
        entry = entry.get(key)
    if isinstance(entry, Secret) and entry.known:
        return canonical_json(entry.reveal(), None)
    return canonical_json(known_part(entry, node), node)
