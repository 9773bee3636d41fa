"""Three-way comparison of a file, the lock and the server, leaf by leaf (docs/design.md, "Three-way table")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import equal, equal_exactly, value_digest
from revox_sync.sync.comparing.leaves import by_schema, each_leaf
from revox_sync.sync.comparing.secret_paths import wrap_secrets_at
from revox_sync.sync.comparing.secrets import SecretState, has_secret, secret_pairs, secret_state, wrap_matching_secrets
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.model.lock import LeafDigests, LockEntry
from revox_sync.values.pointer import Pointer, Value, value_at
from revox_sync.values.secret import Secret


class LeafState(StrEnum):
    """What is to be done about one leaf."""

    IN_SYNC = "in sync"
    ACCEPTED = "accepted"  # the server normalised the value; known and left alone
    UPDATE = "update"
    DRIFT = "drift"
    CONFLICT = "conflict"
    REMOVED = "removed"  # gone from a mapping that is still declared: an update that leaves the key out
    UNMANAGED = "unmanaged"  # a top-level field the file no longer has: nothing is sent
    UNCOMPARABLE = "uncomparable"  # a secret of which the server shows a mask or nothing


class LeafComparison(NamedTuple):
    """One leaf of a file or of its lock entry.

    Attributes:
        pointer: the leaf; the top-level field where it is UNMANAGED.
        state: what is to be done.
        declared: the file's value; None where it has none.
        server: the server's value without server-grown entries, declared secrets wrapped; None where it has none.
        sensitive: whether the leaf as a whole is a secret on either side.
    """

    pointer: Pointer
    state: LeafState
    declared: Value
    server: Value
    sensitive: bool


def decide(*, equal: bool, locked: bool, file_changed: bool, server_changed: bool, new_to_lock: bool) -> LeafState:
    """The three-way table.

    Args:
        equal: the declared value equals the server's.
        locked: the lock holds digests of this leaf.
        file_changed: the declared value is not the one last applied; only read when `locked`.
        server_changed: the server's value is not the one seen right after; only read when `locked`.
        new_to_lock: the lock knows nothing of the whole assistant.
    """
    if equal:
        return LeafState.IN_SYNC
    if new_to_lock:
        return LeafState.CONFLICT
    if not locked:
        return LeafState.UPDATE
    if server_changed:
        return LeafState.CONFLICT if file_changed else LeafState.DRIFT
    return LeafState.UPDATE if file_changed else LeafState.ACCEPTED


def compare(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> tuple[LeafComparison, ...]:
    """The state of every leaf the file declares and of every leaf the lock still lists, in `by_schema` order.

    Args:
        declared: the file's value, guarded.
        server: the remote assistant, guarded, with every declared field in it (see `missing_fields`).
        entry: the lock entry; None, or one of another digest version, for an assistant that is new to the lock.
        node: root of the assistant schema.
    """
    known = entry if entry is not None and not entry.outdated else None
    seen = _seen(declared, server, entry, node)
    results = [_compare_leaf(side, known) for side in _sides(declared, seen, node)]
    results.extend(_gone(declared, {each.pointer for each in results}, seen, known, node))
    order = by_schema(node)
    return tuple(sorted(results, key=lambda each: order(each.pointer)))


def leaf_digests(
    declared: Mapping[str, Value], server: Mapping[str, Value], node: Node
) -> dict[Pointer, LeafDigests | None]:
    """What a lock entry remembers after `declared` was applied and the server answered `server`."""
    return {side.pointer: _digests(side) for side in _sides(declared, _seen(declared, server, None, node), node)}


def missing_fields(declared: Mapping[str, Value], server: Mapping[str, Value], node: Node) -> set[str]:
    """Top-level fields with a declared value that the answer leaves out: to be fetched by id before comparing."""
    return {
        key
        for key, value in declared.items()
        if value is not None and key not in server and not _is_read_only(node.child(key))
    }


class _Seen(NamedTuple):
    """The server's value with its secrets wrapped.

    Attributes:
        now: those that the file declares.
        then: those, too, that were one when it was last applied; the lock's digests were made of this.
        shown: and those in entries nobody knows, which may be a former one under another name.
    """

    now: Mapping[str, Value]
    then: Mapping[str, Value]
    shown: Mapping[str, Value]


def _seen(declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node) -> _Seen:
    now = wrap_matching_secrets(declared, server, node)
    if entry is None:
        return _Seen(now, now, now)
    then, shown = (wrap_secrets_at(now, declared, entry.secrets, node, strangers=each) for each in (False, True))
    return _Seen(now, then, shown)


class _Side(NamedTuple):
    """One declared leaf and the server's value as it is compared with it, see `_Seen`."""

    pointer: Pointer
    node: Node | None
    declared: Value
    server: Value
    then: Value
    shown: Value


def _sides(declared: Mapping[str, Value], seen: _Seen, node: Node) -> Iterator[_Side]:
    alike = seen.now is seen.then and seen.now is seen.shown
    for pointer, value, place in each_leaf(declared, node):
        now = _projected(value, value_at(seen.now, pointer), place)
        if alike:
            yield _Side(pointer, place, value, now, now, now)
        else:
            others = (_projected(value, value_at(each, pointer), place) for each in (seen.then, seen.shown))
            yield _Side(pointer, place, value, now, *others)


def _projected(declared: Value, server: Value, node: Node | None) -> Value:
    if isinstance(server, dict) and declared == {}:
        return {}  # an empty mapping only says that there is one: undeclared keys are never drift
    return without_server_entries(declared, server, node)


def _digests(side: _Side) -> LeafDigests | None:
    if isinstance(side.declared, Secret):
        return None
    mine = value_digest(side.declared, side.node)
    return LeafDigests(
        mine, mine if equal_exactly(side.declared, side.server) else value_digest(side.server, side.node)
    )


def _compare_leaf(side: _Side, known: LockEntry | None) -> LeafComparison:
    state = _secret_leaf(side, known) if isinstance(side.declared, Secret) else _plain_leaf(side, known)
    sensitive = isinstance(side.declared, Secret) or isinstance(side.shown, Secret)
    return LeafComparison(side.pointer, state, side.declared, side.shown, sensitive)


def _plain_leaf(side: _Side, known: LockEntry | None) -> LeafState:
    if equal(side.declared, side.server, side.node):
        return _with_secrets(LeafState.IN_SYNC, side, known)
    recorded = known.leaves.get(side.pointer) if known is not None else None
    # Nobody knows which entry without a name held a secret, nor whether a declared question was a caller's before.
    forms = [side.server, side.then, without_server_entries(None, side.then, side.node)]
    state = decide(
        equal=False,
        locked=recorded is not None,
        file_changed=recorded is not None and recorded.declared != value_digest(side.declared, side.node),
        server_changed=recorded is not None
        and recorded.server not in {value_digest(each, side.node) for each in forms},
        new_to_lock=known is None,
    )
    return _with_secrets(state, side, known) if state is LeafState.ACCEPTED else state


def _with_secrets(state: LeafState, side: _Side, known: LockEntry | None) -> LeafState:
    """The state of a list that has no other difference, once the secrets inside have spoken."""
    if not has_secret(side.declared):
        return state
    found = {secret_state(*pair) for pair in secret_pairs(side.declared, side.server, side.node)}
    if SecretState.DIFFERENT in found:
        return _different_secret(known)
    return LeafState.UNCOMPARABLE if SecretState.UNCOMPARABLE in found else state


def _secret_leaf(side: _Side, known: LockEntry | None) -> LeafState:
    found = secret_state(side.declared, side.server)
    if found is SecretState.EQUAL:
        return LeafState.IN_SYNC
    # A field the schema does not mark comes back in clear: nothing there means nothing is set.
    unset = side.server is None
    new_to_file = known is not None and side.pointer not in known.leaves
    if found is SecretState.UNCOMPARABLE and not unset and not new_to_file:
        return LeafState.UNCOMPARABLE
    return _different_secret(known)


def _different_secret(known: LockEntry | None) -> LeafState:
    """Without a digest nobody can tell who changed a secret: the file wins, as for a field that is new to it."""
    return decide(equal=False, locked=False, file_changed=False, server_changed=False, new_to_lock=known is None)


def _gone(
    declared: Mapping[str, Value], mine: Collection[Pointer], seen: _Seen, known: LockEntry | None, node: Node
) -> Iterator[LeafComparison]:
    """Leaves of the lock that the file, whose own are `mine`, no longer has."""
    recorded = known.leaves if known is not None else {}
    for field in sorted({str(pointer[0]) for pointer in recorded if pointer[0] not in declared}):
        value = seen.shown.get(field)
        yield LeafComparison((field,), LeafState.UNMANAGED, None, value, isinstance(value, Secret))
    for pointer, digests in recorded.items():
        if pointer not in mine and pointer[0] in declared and _is_left_out(pointer, declared, seen.now, node):
            value = value_at(seen.shown, pointer)
            state = _removed(value_at(seen.then, pointer), digests, node.at(pointer, seen.now))
            yield LeafComparison(pointer, state, None, value, isinstance(value, Secret))


def _is_left_out(pointer: Pointer, declared: Value, server: Value, node: Node | None) -> bool:
    """Whether the pointer ends in a mapping that is still declared, of the same variant as the server's, without it."""
    for key in pointer:
        if not isinstance(declared, dict) or _other_variant(declared, server, node):
            return False
        if key not in declared:
            return True
        node = node.child(key, declared) if node is not None else None
        declared, server = declared[str(key)], value_at(server, (key,))
    return False


def _other_variant(declared: Mapping[str, Value], server: Value, node: Node | None) -> bool:
    kind = node.discriminator if node is not None else None
    return kind is not None and kind in declared and declared[kind] != value_at(server, (kind,))


def _removed(server: Value, digests: LeafDigests | None, node: Node | None) -> LeafState:
    if server is None:
        return LeafState.IN_SYNC
    forms = [server, {}] if isinstance(server, dict) else [server]
    if digests is None or digests.server in {value_digest(each, node) for each in forms}:
        return LeafState.REMOVED
    return LeafState.CONFLICT


def _is_read_only(node: Node | None) -> bool:
    return node is not None and node.read_only
