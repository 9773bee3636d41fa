"""What a pull takes over from the server: units of a file that change together, and their new values.

A unit is a leaf, or the mapping around it where the server has none, or one of another variant (`llm_model.type`,
`voice.provider`): then its keys mean nothing one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.comparing.three_way import LeafComparison, LeafState, compare
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.sent_changes import wrap_all_secrets
from revox_sync.sync.pulling.file_spelling import NOTHING, SecretInTheWay, in_spelling_of, is_worth_declaring
from revox_sync.sync.remote_state.match import Match
from revox_sync.values.pointer import Pointer, Value, dotted, value_at
from revox_sync.values.secret import Secret

NEVER_PULLED: Final = "is a secret, and secrets are never pulled"
UNDECLARED: Final = "is a secret that the file does not have: declare it with `!env`"
UNKNOWN: Final = "holds something this version of revox-sync does not know: write it into the file by hand"
OUTSIDE: Final = frozenset({LeafState.DRIFT, LeafState.CONFLICT})
LOCAL: Final = frozenset({LeafState.UPDATE, LeafState.REMOVED})


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What is pulled beyond drift.

    Attributes:
        theirs: conflicts too: the server wins.
        inline: values that come from elsewhere are written into the assistant's own file.
        all_fields: fields that the file does not declare, too.
    """

    theirs: bool = False
    inline: bool = False
    all_fields: bool = False


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A part of a file that is to have another value.

    Attributes:
        value: in the words of the file; NOTHING where the key goes.
        added: whether the file did not declare it, so that nobody misses it.
    """

    pointer: Pointer
    value: Value
    added: bool = False


@dataclass(frozen=True, slots=True)
class UndeclaredField:
    """A unit for whose new value a file has no words, and why; `added` as in Unit."""

    pointer: Pointer
    reason: str
    added: bool


@dataclass(frozen=True, slots=True)
class PullChanges:
    """What is to become of one assistant.

    Attributes:
        units: what the file takes over.
        conflicts: units that are left alone.
        local: units of which the file is newer.
        unsaid: units that the file cannot take over.
    """

    units: tuple[FieldGroup, ...] = ()
    conflicts: tuple[Pointer, ...] = ()
    local: tuple[Pointer, ...] = ()
    unsaid: tuple[UndeclaredField, ...] = ()


def pull_changes(
    value: Mapping[str, Value], match: Match, remote: Remote, request: Node, options: PullOptions
) -> PullChanges:
    """What a pull takes over from one remote assistant.

    Args:
        value: the file's value, defaults included, as it was loaded.
        request: root of the contract's schema, which says whether null clears a field.
    """
    node = assistant_node()
    declared = wrap_schema_secrets(dict(value), node)
    server = wrap_all_secrets(declared, remote.value, match.entry, node)
    leaves = compare(declared, remote.value, match.entry, node)
    found = _units(leaves, declared, server, node)
    taken = {LeafState.DRIFT, LeafState.CONFLICT} if options.theirs else {LeafState.DRIFT}
    news = [_unit(pointer, value, server, request, added=False) for pointer, state in found.items() if state in taken]
    if options.all_fields:
        gone = {each.pointer for each in leaves if each.state in {LeafState.REMOVED, LeafState.CONFLICT}}
        undeclared = _unmentioned(declared, server, node, (), gone)
        news += [_unit(pointer, value, server, request, added=True) for pointer in undeclared]
    return PullChanges(
        tuple(each for each in news if isinstance(each, FieldGroup)),
        tuple(each for each, state in found.items() if state is LeafState.CONFLICT and not options.theirs),
        tuple(each for each, state in found.items() if state in LOCAL),
        tuple(each for each in news if isinstance(each, UndeclaredField)),
    )


def _unit(
    pointer: Pointer, value: Mapping[str, Value], server: Mapping[str, Value], request: Node, *, added: bool
) -> FieldGroup | UndeclaredField:
    mine, theirs = _mine(value, pointer), value_at(server, pointer)
    if isinstance(mine, Secret):
        return UndeclaredField(pointer, NEVER_PULLED, added)
    if theirs is None:
        place = request.at(pointer, value)
        return FieldGroup(pointer, None if place is not None and place.nullable else NOTHING, added)
    node = assistant_node().at(pointer, server)
    try:
        new = _new_value(mine, theirs, node)
    except SecretInTheWay as error:
        return UndeclaredField(pointer, f"{dotted((*pointer, *error.pointer))} {UNDECLARED}", added)
    return (
        FieldGroup(pointer, new, added) if _is_faithful(new, theirs, node) else UndeclaredField(pointer, UNKNOWN, added)
    )


def _mine(value: Value, pointer: Pointer) -> Value:
    for key in pointer:
        if not isinstance(value, Mapping) or key not in value:
            return NOTHING
        value = value[str(key)]
    return value


def _new_value(mine: Value, theirs: Value, node: Node | None) -> Value:
    new = in_spelling_of(mine, theirs, node)
    if isinstance(new, dict) and isinstance(mine, Mapping) and node is not None:
        # Undeclared keys stay undeclared, but what the new variant requires must be there.
        required = node.branch(theirs).schema.get("required", ())
        return {key: child for key, child in new.items() if key in mine or key in required}
    return new


def _is_faithful(new: Value, theirs: Value, node: Node | None) -> bool:
    """Whether a file with the new value no longer differs; a mapping is compared leaf by leaf, and so it was made."""
    return isinstance(new, Mapping) or equal(new, without_server_entries(new, theirs, node), node)


# --- units


def _units(
    leaves: Iterable[LeafComparison], declared: Mapping[str, Value], server: Mapping[str, Value], node: Node
) -> dict[Pointer, LeafState]:
    """Units that differ, in the schema's order."""
    found: dict[Pointer, set[LeafState]] = {}
    for leaf in leaves:
        if leaf.state in OUTSIDE | LOCAL:
            found.setdefault(group_of(leaf.pointer, declared, server, node), set()).add(leaf.state)
    return {pointer: _together(states) for pointer, states in found.items()}


def _together(states: set[LeafState]) -> LeafState:
    if states <= LOCAL:
        return LeafState.UPDATE
    return LeafState.DRIFT if states == {LeafState.DRIFT} else LeafState.CONFLICT


def group_of(pointer: Pointer, declared: Value, server: Value, node: Node | None) -> Pointer:
    """The unit that a leaf belongs to."""
    for size, key in enumerate(pointer, start=1):
        node = node.child(key, declared) if node is not None else None
        declared, server = value_at(declared, (key,)), value_at(server, (key,))
        if isinstance(declared, Mapping) and declared and not _goes_with(declared, server, node):
            return pointer[:size]
    return pointer


def _goes_with(declared: Mapping[str, Value], server: Value, node: Node | None) -> bool:
    """Whether the server has a mapping of the same variant."""
    if not isinstance(server, Mapping):
        return False
    kind = node.discriminator if node is not None else None
    return kind is None or kind not in declared or declared[kind] == server.get(kind)


def _unmentioned(
    declared: Mapping[str, Value], server: Mapping[str, Value], node: Node, at: Pointer, gone: Collection[Pointer]
) -> Iterator[Pointer]:
    """What the server has set and the file does not mention, in the schema's order."""
    for key, place in node.branch(server).properties.items():
        mine, theirs, pointer = declared.get(key), server.get(key), (*at, key)
        if key not in declared:
            if is_worth_declaring(theirs, place) and pointer not in gone and not _says_nothing(theirs, place):
                yield pointer
        elif isinstance(mine, Mapping) and isinstance(theirs, Mapping) and _goes_with(mine, theirs, place):
            yield from _unmentioned(mine, theirs, place, pointer, gone)


def _says_nothing(theirs: Value, place: Node) -> bool:
    """Whether all that an undeclared field holds is empty, or grown by the server."""
    try:
        new = in_spelling_of(NOTHING, theirs, place)
    except SecretInTheWay:
        return False
    return new in ({}, [])


# --- the file afterwards


def with_groups(value: Value, units: Sequence[FieldGroup]) -> Value:
    """The file's value with units changed, removed, or put behind the last key."""
    for each in units:
        value = _with(value, each.pointer, each.value)
    return value


def _with(value: Value, pointer: Pointer, new: Value) -> Value:
    if not pointer:
        return new
    key = str(pointer[0])
    if new is NOTHING and len(pointer) == 1:
        return {name: child for name, child in value.items() if name != key}
    return {**value, key: _with(value.get(key), pointer[1:], new)}
