"""What is sent for changed fields: declared values laid over the server's (docs/design.md, "What is sent")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from revox_sync.contract.fields import Node, assistant_node, element_of, fields_of
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.canonical import identity, known_part
from revox_sync.sync.comparing.server_appended import server_entries
from revox_sync.sync.comparing.three_way import is_same_variant
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Pointer, Value, dotted
from revox_sync.values.secret import Secret


class UndeclaredSecret(RefusedError):  # noqa: N818 — named, like a rule, after what was found
    """The server holds a secret beside declared keys; sending the field would lose it, and it is never sent back.

    Attributes:
        pointer: where the secret is.
    """

    def __init__(self, pointer: Pointer) -> None:
        super().__init__(f"the server holds a secret the file does not: declare `{dotted(pointer)}` with `!env`")
        self.pointer = pointer


def patch_body(  # noqa: PLR0913 - the three sides of a field, and two exceptions
    declared: Mapping[str, Value],
    current: Mapping[str, Value],
    entry: LockEntry | None,
    sent: Iterable[str],
    keep: AbstractSet[Pointer] = frozenset(),
    *,
    merges: bool = False,
) -> dict[str, Value]:
    """The PATCH body for some top-level fields.

    PATCH is assumed to replace a top-level field whole, so a mapping carries over what the server has and the file
    does not mention. Not carried over: read-only keys, nulls that the contract does not accept, keys that the lock
    lists and the file no longer has, and anything across a change of the discriminator. A list is the declared one with
    the server-appended entries behind it. Where the server is known to merge, a key that the file no longer has is sent
    as null, if the contract accepts one: left out, it would stay.

    Args:
        declared: the file's value.
        current: the server's object, secrets wrapped, fetched just before.
        entry: the assistant's lock entry.
        sent: the top-level fields.
        keep: drifted leaves that stay as they are on the server.
        merges: the server merges mappings; False also where nobody knows.

    Raises:
        UndeclaredSecret: a secret of the server would have to be carried over.
    """
    body, gone = {}, frozenset(entry.leaves if entry is not None else ())
    known = assistant_node().properties
    for key in sent:
        if key in known:
            at, node, theirs = (key,), known[key], current.get(key)
            body[key] = _laid(_kept(declared[key], theirs, node, at, keep), theirs, node, at, gone)
            if merges:
                body[key] = _with_nulls(body[key], theirs, node, at, gone)
    return body


def restored_body(
    declared: Mapping[str, Value], current: Mapping[str, Value], fields: Collection[str]
) -> dict[str, Value]:
    """The PATCH body that brings fields back whole: keys the server has gained go, questions callers asked stay.

    Args:
        declared: the snapshot's values, ready to send.
        current: the server's object, secrets wrapped, fetched just before.
        fields: top-level fields to send.
    """
    # Only lists hold something that a snapshot cannot bring back: entries that the server appended meanwhile.
    lists = [key for key in fields if isinstance(declared[key], list)]
    return {key: declared[key] for key in fields} | patch_body(declared, current, None, lists)


def _kept(declared: Value, current: Value, node: Node | None, at: Pointer, keep: AbstractSet[Pointer]) -> Value:
    """The declared value with the kept leaves replaced by the server's, or left out where the server has none."""
    # Only `--on-drift keep` keeps leaves.
    if not keep:
        return declared
    if at in keep:
        return _sendable(current, node, at, frozenset())
    if not isinstance(declared, dict):
        return declared
    theirs = current if isinstance(current, dict) else {}
    known, theirs_known = fields_of(node, declared), fields_of(node, theirs)
    return {
        key: _kept(child, theirs.get(key), known.get(key), (*at, key), keep)
        for key, child in declared.items()
        if (*at, key) not in keep or _is_sendable(theirs.get(key), theirs_known.get(key))
    }


def _laid(declared: Value, current: Value, node: Node | None, at: Pointer, gone: AbstractSet[Pointer]) -> Value:
    """The declared value laid over the server's of the same place."""
    if isinstance(declared, list):
        appended = server_entries(declared, current, node)
        return [
            *_with_unknown_keys(declared, current, node, at),
            *(_sendable(entry, element_of(node), (*at, len(declared)), gone) for entry in appended),
        ]
    if not isinstance(declared, dict):
        return declared
    theirs = current if isinstance(current, dict) and is_same_variant(declared, current, node) else {}
    known = fields_of(node, declared)
    laid = {key: _laid(child, theirs.get(key), known.get(key), (*at, key), gone) for key, child in declared.items()}
    return laid | dict(_carried_over(theirs, declared, node, at, gone))


def _with_nulls(body: Value, current: Value, node: Node | None, at: Pointer, gone: AbstractSet[Pointer]) -> Value:
    """A body with a null for every key that the server has, the lock lists, and the body leaves out."""
    if not isinstance(body, dict) or not isinstance(current, dict) or not is_same_variant(body, current, node):
        return body
    known = fields_of(node, body)
    laid = {key: _with_nulls(child, current.get(key), known.get(key), (*at, key), gone) for key, child in body.items()}
    left_out = [key for key in current if key not in body and current[key] is not None]
    nulls = [key for key in left_out if key in known and known[key].nullable and _was_ours((*at, key), gone)]
    return laid | dict.fromkeys(nulls)


def _was_ours(pointer: Pointer, gone: AbstractSet[Pointer]) -> bool:
    return any(each[: len(pointer)] == pointer for each in gone)


def _with_unknown_keys(declared: list[Value], current: Value, node: Node | None, at: Pointer) -> Iterator[Value]:
    """The declared entries, each with the keys that the server's entry has and no contract knows."""
    theirs = _partners(declared, current, node) if isinstance(current, list) else {}
    for position, entry in enumerate(declared):
        yield _with_unknown(entry, theirs.get(position), element_of(node), (*at, position))


def _partners(declared: list[Value], current: list[Value], node: Node | None) -> dict[int, Value]:
    """The server's entries that declared ones are meant to be, by position; no entry is given twice."""
    key, element = (node.key, node.element) if node is not None else (None, None)
    free = defaultdict(list)
    for position, entry in enumerate(current):
        free[identity(entry, key, element)].append(position)
    found, unpaired = {}, []
    for position, entry in enumerate(declared):
        same = free[identity(entry, key, element)]
        if same:
            found[position] = current[same.pop(0)]
        elif key is None:
            unpaired.append(position)
    # Without a name an entry that was edited is known by its place only: by that among those that were edited.
    left = sorted(position for positions in free.values() for position in positions)
    if len(unpaired) == len(left):
        found.update(zip(unpaired, (current[position] for position in left), strict=True))
    return found


def _with_unknown(declared: Value, current: Value, node: Node | None, at: Pointer) -> Value:
    if isinstance(declared, list) and isinstance(current, list):
        return [*_with_unknown_keys(declared, current, node, at)]
    if not isinstance(declared, dict) or not isinstance(current, dict) or not is_same_variant(declared, current, node):
        return declared
    known = fields_of(node, declared)
    laid = {key: _with_unknown(child, current.get(key), known.get(key), (*at, key)) for key, child in declared.items()}
    unknown = current.keys() - known_part({**current}, node).keys() - declared.keys() if known else ()
    return laid | {key: _sendable(current[key], None, (*at, key), frozenset()) for key in current if key in unknown}


def _carried_over(
    current: Mapping[str, Value], declared: Collection[str], node: Node | None, at: Pointer, gone: AbstractSet[Pointer]
) -> Iterator[tuple[str, Value]]:
    """The server's keys that the file does not mention, as far as they may be sent."""
    known = fields_of(node, current)
    for key, child in current.items():
        place, pointer = known.get(key), (*at, key)
        if key in declared or pointer in gone or not _is_sendable(child, place):
            continue
        value = _sendable(child, place, pointer, gone)
        if value != {} or child == {}:  # a mapping of which every key is gone is gone itself
            yield key, value


def _is_sendable(value: Value, node: Node | None) -> bool:
    if node is None:
        return value is not None
    # A deprecated key is unknown to newer contracts, which refuse it even as null.
    return not node.read_only and (value is not None or (node.nullable and not node.deprecated))


def _sendable(value: Value, node: Node | None, at: Pointer, gone: AbstractSet[Pointer]) -> Value:
    """A value of the server as it may be sent back. Raises UndeclaredSecret."""
    if isinstance(value, Secret) or (isinstance(value, str) and node is not None and node.secret):
        raise UndeclaredSecret(at)
    if isinstance(value, dict):
        return dict(_carried_over(value, (), node, at, gone))
    if isinstance(value, list):
        return [_sendable(entry, element_of(node), (*at, position), gone) for position, entry in enumerate(value)]
    return value
