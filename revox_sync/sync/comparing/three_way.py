"""Three-way comparison of a file, the lock and the server, leaf by leaf (docs/design.md, "Three-way table")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import (
    Leaf,
    by_schema,
    equal,
    equal_exactly,
    known_part,
    leaves,
    value_digest,
)
from revox_sync.sync.comparing.secrets import (
    SecretState,
    has_secret,
    secret_pairs,
    secret_state,
    wrap_matching_secrets,
    wrap_secrets_at,
)
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.model.lock import LeafDigests, LockEntry
from revox_sync.values.pointer import Pointer, Value, dotted, value_at
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
        server: the server's value without undeclared server-appended entries, declared secrets wrapped; None where it
            has none.
        sensitive: whether the leaf as a whole is a secret on either side.
        node: what the schema knows about the place; None, too, where the leaf is UNMANAGED.
    """

    pointer: Pointer
    state: LeafState
    declared: Value
    server: Value
    sensitive: bool
    node: Node | None

    @property
    def path(self) -> str:
        """The leaf for people: `voice.speed`."""
        return dotted(self.pointer)


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
        # Nobody can tell an edit made outside from what the file says.
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
        declared: the file's value, secrets wrapped.
        server: the remote assistant, schema secrets wrapped, with every declared field in it (see `missing_fields`).
        entry: the lock entry; None, or one of another digest version, for an assistant that is new to the lock.
        node: root of the assistant schema.
    """
    known = entry if entry is not None and not entry.outdated else None
    answer = _wrapped(declared, server, entry, node)
    results = [_compared(side, known) for side in _sides(declared, answer, node)]
    if known is not None:
        results += _gone(declared, {leaf.pointer for leaf in results}, answer, known.leaves, node)
    order = by_schema(node)
    return tuple(sorted(results, key=lambda leaf: order(leaf.pointer)))


def leaf_digests(
    declared: Mapping[str, Value], server: Mapping[str, Value], node: Node
) -> dict[Pointer, LeafDigests | None]:
    """What a lock entry remembers after `declared` was applied and the server answered `server`."""
    answer = _wrapped(declared, server, None, node)
    return {side.leaf.pointer: _digests(side.leaf, side.now) for side in _sides(declared, answer, node)}


def _digests(leaf: Leaf, server: Value) -> LeafDigests | None:
    if isinstance(leaf.value, Secret):
        return None
    mine = value_digest(leaf.value, leaf.node)
    return LeafDigests(mine, mine if equal_exactly(leaf.value, server) else value_digest(server, leaf.node))


def missing_fields(declared: Mapping[str, Value], server: Mapping[str, Value], node: Node) -> set[str]:
    """Top-level fields with a declared value that the answer leaves out: to be fetched by id before comparing."""
    absent = [key for key, value in declared.items() if value is not None and key not in server]
    return {key for key in absent if (place := node.child(key)) is None or not place.read_only}


class _Answer(NamedTuple):
    """The server's object, or one of its places, with more or fewer secrets wrapped.

    Attributes:
        now: those that the file declares.
        then: those, too, that were one when it was last applied, because the lock's digests were made of this.
        shown: and those in entries that the file does not have: each may be a former one under another name.
    """

    now: Value
    then: Value
    shown: Value

    def at(self, pointer: Pointer) -> _Answer:
        """The same for one place. Most assistants have no secret in a list, so the three are one object."""
        now = value_at(self.now, pointer)
        if self.now is self.then and self.now is self.shown:
            return _Answer(now, now, now)
        return _Answer(now, value_at(self.then, pointer), value_at(self.shown, pointer))


def _wrapped(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> _Answer:
    now = wrap_matching_secrets(declared, server, node)
    if entry is None or not entry.secrets:
        return _Answer(now, now, now)
    then, shown = (wrap_secrets_at(now, declared, entry.secrets, node, unmatched=also) for also in (False, True))
    return _Answer(now, then, shown)


class _Side(NamedTuple):
    """One declared leaf, and what the server has in its place, without the entries that it appended itself."""

    leaf: Leaf
    now: Value
    then: Value
    shown: Value


def _sides(declared: Mapping[str, Value], answer: _Answer, node: Node) -> Iterator[_Side]:
    for leaf in leaves(declared, node):
        there = answer.at(leaf.pointer)
        now = _comparable(leaf, there.now)
        if there.now is there.then and there.now is there.shown:
            yield _Side(leaf, now, now, now)
        else:
            yield _Side(leaf, now, _comparable(leaf, there.then), _comparable(leaf, there.shown))


def _comparable(leaf: Leaf, server: Value) -> Value:
    if isinstance(server, dict) and leaf.value == {}:
        return {}  # an empty mapping only says that there is one: undeclared keys are never drift
    server = without_server_entries(leaf.value, server, leaf.node)
    return known_part(server, leaf.node) if isinstance(server, list) else server


def _compared(side: _Side, known: LockEntry | None) -> LeafComparison:
    leaf, secret = side.leaf, isinstance(side.leaf.value, Secret)
    state = _secret_state(side, known) if secret else _plain_state(side, known)
    sensitive = secret or isinstance(side.shown, Secret)
    return LeafComparison(leaf.pointer, state, leaf.value, side.shown, sensitive, leaf.node)


def _plain_state(side: _Side, known: LockEntry | None) -> LeafState:
    (pointer, value, node), state = side.leaf, LeafState.IN_SYNC
    if not equal(value, side.now, node):
        recorded = known.leaves.get(pointer) if known is not None else None
        # Nobody knows which entry without a name held a secret, nor whether a declared question was a caller's before.
        former = (side.now, side.then, without_server_entries(None, side.then, node))
        state = decide(
            equal=False,
            locked=recorded is not None,
            file_changed=recorded is not None and recorded.declared != value_digest(value, node),
            server_changed=recorded is not None
            and recorded.server not in {value_digest(form, node) for form in former},
            new_to_lock=known is None,
        )
    if state not in {LeafState.IN_SYNC, LeafState.ACCEPTED} or not has_secret(value):
        return state
    # A list without other difference: its secrets, of which no digest exists, decide.
    found = {secret_state(*pair) for pair in secret_pairs(value, side.now, node)}
    if SecretState.DIFFERENT in found:
        return _different_secret(known)
    return LeafState.UNCOMPARABLE if SecretState.UNCOMPARABLE in found else state


def _secret_state(side: _Side, known: LockEntry | None) -> LeafState:
    found = secret_state(side.leaf.value, side.now)
    if found is SecretState.EQUAL:
        return LeafState.IN_SYNC
    # A field the schema does not mark comes back in clear: nothing there means nothing is set.
    unset = side.now is None
    new_to_file = known is not None and side.leaf.pointer not in known.leaves
    if found is SecretState.UNCOMPARABLE and not unset and not new_to_file:
        return LeafState.UNCOMPARABLE
    return _different_secret(known)


def _different_secret(known: LockEntry | None) -> LeafState:
    """Without a digest nobody can tell who changed a secret: the file wins, as for a field that is new to it."""
    return decide(equal=False, locked=False, file_changed=False, server_changed=False, new_to_lock=known is None)


def _gone(
    declared: Mapping[str, Value],
    mine: Collection[Pointer],
    answer: _Answer,
    recorded: Mapping[Pointer, LeafDigests | None],
    node: Node,
) -> Iterator[LeafComparison]:
    """Leaves of the lock that the file, whose own are `mine`, no longer has."""
    for field in sorted({str(pointer[0]) for pointer in recorded if pointer[0] not in declared}):
        value = answer.shown.get(field)
        yield LeafComparison((field,), LeafState.UNMANAGED, None, value, isinstance(value, Secret), None)
    for pointer, digests in recorded.items():
        if pointer not in mine and pointer[0] in declared and _is_left_out(pointer, declared, answer.now, node):
            place = node.at(pointer, answer.now)
            there = answer.at(pointer)
            state, sensitive = _removed(there.then, digests, place), isinstance(there.shown, Secret)
            yield LeafComparison(pointer, state, None, there.shown, sensitive, place)


def _is_left_out(pointer: Pointer, declared: Value, server: Value, node: Node | None) -> bool:
    """Whether the pointer ends in a mapping that is still declared, of the same variant as the server's, without it."""
    for key in pointer:
        theirs = server if isinstance(server, dict) else {}
        if not isinstance(declared, dict) or not is_same_variant(declared, theirs, node):
            return False
        if key not in declared:
            return True
        node = node.child(key, declared) if node is not None else None
        declared, server = declared[str(key)], theirs.get(str(key))
    return False


def is_same_variant(declared: Mapping[str, Value], server: Mapping[str, Value], node: Node | None) -> bool:
    """Whether the discriminator, such as `voice.provider`, is the same on both sides, or the file leaves it out."""
    kind = node.discriminator if node is not None else None
    return kind is None or kind not in declared or bool(declared[kind] == server.get(kind))


def _removed(server: Value, digests: LeafDigests | None, node: Node | None) -> LeafState:
    if server is None:
        return LeafState.IN_SYNC
    # A mapping that was declared empty was digested as empty, whatever was in it (see `_comparable`).
    former = [server, {}] if isinstance(server, dict) else [server]
    if digests is None or digests.server in {value_digest(form, node) for form in former}:
        return LeafState.REMOVED
    return LeafState.CONFLICT
