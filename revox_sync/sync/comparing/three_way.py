"""Three-way comparison of a file, the lock and the server, leaf by leaf (docs/design.md, "Three-way table")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.canonical import (
    Leaf,
    by_schema,
    equal_exactly,
    known_list,
    leaves,
    value_digest,
)
from revox_sync.sync.comparing.forms import equal_loosely, form_digest, means_the_same
from revox_sync.sync.comparing.leaf_rules import ABSENT, LeafLook, LeafState, Look, decide, decide_removed, token_of
from revox_sync.sync.comparing.secrets import (
    SecretState,
    has_secret,
    known_secrets,
    secret_pairs,
    secret_state,
    wrap_copies,
    wrap_matching_secrets,
    wrap_secrets_at,
)
from revox_sync.sync.comparing.server_appended import mark_resent, without_server_entries
from revox_sync.sync.model.lock import Confirmed, LeafRecord, LockEntry, Sent
from revox_sync.values.pointer import Pointer, Value, dotted, value_at
from revox_sync.values.secret import Secret


class LeafComparison(NamedTuple):
    """One leaf of a file or of its lock entry.

    Attributes:
        pointer: the leaf; the top-level field where it is UNMANAGED.
        state: what is to be done.
        declared: the file's value; None where it has none.
        server: the server's value without undeclared server-appended entries, declared secrets and texts that tell one
            wrapped; None where it has none.
        sensitive: whether the leaf as a whole is a secret on either side.
        node: what the schema knows about the place; None, too, where the leaf is UNMANAGED.
        record: what the lock remembers; None for a secret, too.
        is_rotated: a secret that the API only masks, and that is another one than the one that was sent.
    """

    pointer: Pointer
    state: LeafState
    declared: Value
    server: Value
    sensitive: bool
    node: Node | None
    record: LeafRecord | None = None
    is_rotated: bool = False

    @property
    def is_unsettled(self) -> bool:
        """Whether the file's value was sent, and is not known to have arrived; such a leaf is not in sync."""
        ignored = isinstance(self.record, Confirmed) and self.record.declared is None
        return self.state is LeafState.UPDATE and (ignored or isinstance(self.record, Sent))

    @property
    def path(self) -> str:
        """The leaf for people: `voice.speed`."""
        return dotted(self.pointer)


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
    token = token_of(server)
    results = [_compared(side, known, token) for side in _sides(declared, answer, node)]
    if known is not None:
        results += _gone(declared, {leaf.pointer for leaf in results}, answer, known, node)
    if any(leaf.state is not LeafState.IN_SYNC for leaf in results):
        secrets = known_secrets(declared)
        shown = ((leaf, wrap_copies(leaf.server, secrets)) for leaf in results)
        results = [
            leaf._replace(server=new, sensitive=leaf.sensitive or isinstance(new, Secret)) for leaf, new in shown
        ]
    order = by_schema(node)
    return tuple(sorted(results, key=lambda leaf: order(leaf.pointer)))


def leaf_looks(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> dict[Pointer, Look | None]:
    """What each declared leaf looks like beside the server's value; None for a secret, which has no digest anywhere.

    Args:
        entry: the lock entry, for its tokens and its places of secrets.
    """
    token, answer = token_of(server), _wrapped(declared, server, entry, node)
    return {
        side.leaf.pointer: None if isinstance(side.leaf.value, Secret) else _look(side, entry, token)
        for side in _sides(declared, answer, node)
    }


class _LiveLook(NamedTuple):
    """A look that works out what most leaves are never asked for when it is.

    Attributes:
        side: the leaf on both sides.
        entry: the lock entry, for its tokens.
    """

    side: _Side
    entry: LockEntry | None
    equal: bool
    declared: str
    value: str
    token: str | None

    @property
    def alike(self) -> bool:
        leaf = self.side.leaf
        return equal_loosely(leaf.value, self.side.now, leaf.node)

    @property
    def remembered(self) -> frozenset[str]:
        # Nobody knows which entry without a name held a secret, nor whether a declared question was a caller's before.
        node, then = self.side.leaf.node, self.side.then
        forms = (then, without_server_entries(None, then, node))
        return frozenset({self.value, *(value_digest(form, node) for form in forms if form is not self.side.now)})

    @property
    def form(self) -> str:
        return place_form(self.side.now, self.side.leaf.node)

    @property
    def unset(self) -> bool:
        return is_unset(self.side.now, self.side.leaf.node)

    @property
    def moved(self) -> bool:
        return self.token is None or self.entry is None or self.token != self.entry.tokens.last


def _look(side: _Side, entry: LockEntry | None, token: str | None) -> _LiveLook:
    (pointer, value, node), server = side.leaf, side.now
    exact, declared = equal_exactly(value, server), value_digest(value, node)
    return _LiveLook(
        side,
        entry,
        equal=exact or means_the_same(value, server, node),
        declared=declared,
        value=declared if exact else value_digest(server, node),
        token=telling_token(pointer, token),
    )


def telling_token(pointer: Pointer, token: str | None) -> str | None:
    """The token; None where an unmoved one does not tell that nobody has edited a leaf.

    No source says that `updated_at` moves when a field changes that lists leave out (`faq_items`): it may be kept
    elsewhere (docs/api.md, "What we assume and nobody states").
    """
    place = assistant_node().child(str(pointer[0]))
    return None if place is not None and place.absent_from_list else token


def place_form(server: Value, node: Node | None) -> str:
    """The form digest of the server's value of a leaf; what the server has appended to a list does not count."""
    own = without_server_entries(None, server, node)
    return ABSENT if own is None or own == [] else form_digest(own, node)


def is_unset(server: Value, node: Node | None) -> bool:
    """Whether the server's value is what a field has that nobody has set: null, nothing, or the default."""
    if server is None or server in ([], {}):
        return True
    return node is not None and means_the_same(server, node.default, node)


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
        if self.now is self.shown:
            return _Answer(now, now, now)
        return _Answer(now, value_at(self.then, pointer), value_at(self.shown, pointer))


def _wrapped(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> _Answer:
    now = wrap_matching_secrets(declared, server, node)
    places = entry.secret_places if entry is not None else frozenset()
    if not places:
        return _Answer(now, now, now)
    then, shown = (wrap_secrets_at(now, declared, places, node, unmatched=also) for also in (False, True))
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
        if there.now is there.shown:
            yield _Side(leaf, now, now, now)
        else:
            yield _Side(leaf, now, _comparable(leaf, there.then), _comparable(leaf, there.shown))


def _comparable(leaf: Leaf, server: Value) -> Value:
    if isinstance(server, dict) and leaf.value == {}:
        return {}  # an empty mapping only says that there is one: undeclared keys are never drift
    return known_list(without_server_entries(leaf.value, server, leaf.node), leaf.node)


def _compared(side: _Side, known: LockEntry | None, token: str | None) -> LeafComparison:
    leaf, secret = side.leaf, isinstance(side.leaf.value, Secret)
    record = known.leaves.get(leaf.pointer) if known is not None else None
    state = _secret_state(side, known) if secret else _plain_state(side, known, record, token)
    sensitive = secret or isinstance(side.shown, Secret)
    return LeafComparison(leaf.pointer, state, leaf.value, side.shown, sensitive, leaf.node, record)


def _plain_state(side: _Side, known: LockEntry | None, record: LeafRecord | None, token: str | None) -> LeafState:
    (pointer, value, node), state = side.leaf, LeafState.IN_SYNC
    # Most values that differ to the letter mean the same, and then no digest has a say.
    if not means_the_same(value, side.now, node):
        # What was a secret has no digest anywhere: the file wins, as it does for secrets.
        was_secret = known is not None and record is None and pointer in known.leaves
        if was_secret or (known is not None and _replaces_mapping(side, known, token)):
            return LeafState.UPDATE
        state = decide(_look(side, known, token), record, known=known is not None)
    if state not in {LeafState.IN_SYNC, LeafState.ACCEPTED} or not has_secret(value):
        return state
    # A list without other difference: its secrets, of which no digest exists, decide.
    found = {secret_state(*pair) for pair in secret_pairs(value, side.now, node)}
    if SecretState.DIFFERENT in found:
        return _different_secret(known)
    return LeafState.UNCOMPARABLE if SecretState.UNCOMPARABLE in found else state


def _replaces_mapping(side: _Side, known: LockEntry, token: str | None) -> bool:
    """Whether the file had a mapping in the place of a leaf, and nobody has edited what was in it."""
    place, server, node = side.leaf.pointer, side.then, side.leaf.node
    inside = {pointer: record for pointer, record in known.leaves.items() if pointer[: len(place)] == place != pointer}
    for pointer, record in inside.items():
        rest = pointer[len(place) :]
        inner = node.at(rest, server) if node is not None else None
        look = removed_look(pointer, value_at(server, rest), inner, token)
        if decide_removed(look, record) is LeafState.CONFLICT:
            return False
    return bool(inside)


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
    return LeafState.CONFLICT if known is None else LeafState.UPDATE


def _gone(
    declared: Mapping[str, Value], mine: Collection[Pointer], answer: _Answer, known: LockEntry, node: Node
) -> Iterator[LeafComparison]:
    """Leaves of the lock that the file no longer has; `mine` are its own, which need not be looked for."""
    recorded, token = known.leaves, token_of(answer.now)
    for field in sorted({str(pointer[0]) for pointer in recorded if pointer[0] not in declared}):
        value = answer.shown.get(field)
        yield LeafComparison((field,), LeafState.UNMANAGED, None, value, isinstance(value, Secret), None)
    for pointer, record in recorded.items():
        if pointer not in mine and pointer[0] in declared and _is_left_out(pointer, declared, answer.now, node):
            there, place = answer.at(pointer), node.at(pointer, answer.now)
            state = decide_removed(removed_look(pointer, there.then, place, token), record)
            sensitive = isinstance(there.shown, Secret)
            yield LeafComparison(pointer, state, None, there.shown, sensitive, place, record)


def removed_look(pointer: Pointer, server: Value, node: Node | None, token: str | None) -> LeafLook:
    """What a leaf looks like that the file no longer has."""
    return LeafLook(
        equal=False,
        alike=False,
        declared=ABSENT,
        value=value_digest(server, node),
        remembered=frozenset(
            value_digest(form, node) for form in ([server, {}] if isinstance(server, dict) else [server])
        ),
        form=place_form(server, node),
        unset=is_unset(server, node),
        token=telling_token(pointer, token),
        moved=True,
    )


class Touched(NamedTuple):
    """What is not as it was last applied.

    Attributes:
        edited: leaves in which somebody else has put another value.
        unseen: leaves that were sent and are not known to have arrived; what is there may be an edit, too.
    """

    edited: tuple[Pointer, ...]
    unseen: tuple[Pointer, ...]


def touched(server: Mapping[str, Value], entry: LockEntry, node: Node) -> Touched:
    """What has become of an assistant that has no file, since it was last applied, by its lock entry alone.

    Of secrets nothing is known, nor of entries of another digest version.
    """
    answer, token = _wrapped({}, mark_resent(server, entry.appended, node), entry, node), token_of(server)
    edited, unseen = [], []
    for pointer, record in entry.leaves.items():
        place = node.at(pointer, answer.now)
        looks = [
            removed_look(pointer, form, place, token)
            # Nobody knows which entries of a list the file declared, so each form that it may have had counts.
            for side in answer.at(pointer)
            for form in (known_list(side, place), known_list(without_server_entries(None, side, place), place))
        ]
        if isinstance(record, Sent) and not any(look.form in record.digests for look in looks):
            unseen.append(pointer)
        if isinstance(record, Confirmed) and not any(record.server in look.remembered for look in looks):
            edited.append(pointer)
    order = by_schema(node)
    return Touched(tuple(sorted(edited, key=order)), tuple(sorted(unseen, key=order)))


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
