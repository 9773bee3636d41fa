"""What a pull takes over from the server: groups of fields that change together, and their new values.

A group is most often one leaf. It is the whole mapping around a leaf where the server has no such mapping, or one of
another variant (`llm_model.type`, `voice.provider`): then its keys mean nothing one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.differences import differences
from revox_sync.sync.comparing.ignored import is_ignored
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.secrets import wrap_known_secrets, wrap_schema_secrets
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.comparing.three_way import LeafComparison
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.pulling.file_spelling import ABSENT, UnwritableSecretError, in_spelling_of, is_worth_declaring
from revox_sync.sync.remote_state.match import Match
from revox_sync.values.pointer import Pointer, Value, dotted, value_at
from revox_sync.values.secret import Secret

NEVER_PULLED: Final = "is a secret, and secrets are never pulled"
_NOT_DECLARED: Final = "is a secret that the file does not have: declare it with `!env`"
_UNKNOWN: Final = "holds something this version of revox-sync does not know: write it into the file by hand"
EDITED_OUTSIDE: Final = frozenset({LeafState.DRIFT, LeafState.CONFLICT})
EDITED_LOCALLY: Final = frozenset({LeafState.UPDATE, LeafState.REMOVED})


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
    """A group whose new value a file cannot hold, and why; `added` as in `FieldGroup`."""

    pointer: Pointer
    reason: str
    added: bool


@dataclass(frozen=True, slots=True)
class PullChanges:
    """What is to become of one assistant.

    Attributes:
        groups: what the file takes over.
        conflicts: what is left alone, because it was changed on both sides.
        local: what is left alone, because only the file was changed.
        undeclared: what the file cannot take over.
    """

    groups: tuple[FieldGroup, ...] = ()
    conflicts: tuple[Pointer, ...] = ()
    local: tuple[Pointer, ...] = ()
    undeclared: tuple[UndeclaredField, ...] = ()

    def without(self, ignored: Collection[Pointer]) -> PullChanges:
        """The same without ignored fields, which a file may declare and does not take over."""
        groups = tuple(group for group in self.groups if not is_ignored(group.pointer, ignored))
        undeclared = tuple(field for field in self.undeclared if not is_ignored(field.pointer, ignored))
        return replace(self, groups=groups, undeclared=undeclared)


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
    server = wrap_known_secrets(declared, remote.value, match.entry, node)
    leaves = differences(declared, remote.value, match.entry, node)
    if options.theirs:
        # What was sent and not seen, or was ignored, is the server's to say, too.
        leaves = tuple(leaf._replace(state=LeafState.CONFLICT) if leaf.is_unsettled else leaf for leaf in leaves)
    differing = _differing(leaves, declared, server, node)
    taken = {LeafState.DRIFT, LeafState.CONFLICT} if options.theirs else {LeafState.DRIFT}
    pointers = [(pointer, False) for pointer, state in differing.items() if state in taken]
    if options.all_fields:
        # What people took out of the file, and is still at the server, waits for apply and is not brought back.
        gone = {leaf.pointer for leaf in leaves if leaf.state in {LeafState.REMOVED, LeafState.CONFLICT}}
        pointers += [(pointer, True) for pointer in _undeclared(declared, server, node, (), gone)]
    found = [_group(pointer, value, server, request, added=added) for pointer, added in pointers]
    return PullChanges(
        tuple(group for group in found if isinstance(group, FieldGroup)),
        tuple(pointer for pointer, state in differing.items() if state is LeafState.CONFLICT and not options.theirs),
        tuple(pointer for pointer, state in differing.items() if state in EDITED_LOCALLY),
        tuple(field for field in found if isinstance(field, UndeclaredField)),
    )


def _group(
    pointer: Pointer, value: Mapping[str, Value], server: Mapping[str, Value], request: Node, *, added: bool
) -> FieldGroup | UndeclaredField:
    mine, theirs = _mine(value, pointer), value_at(server, pointer)
    if isinstance(mine, Secret):
        return UndeclaredField(pointer, NEVER_PULLED, added)
    if theirs is None:
        # A key that is gone at the server goes from the file as well, unless null says the same and may be sent.
        place = request.at(pointer, value)
        return FieldGroup(pointer, None if place is not None and place.nullable else ABSENT, added)
    node = assistant_node().at(pointer, server)
    try:
        new = _new_value(mine, theirs, node)
    except UnwritableSecretError as error:
        return UndeclaredField(pointer, f"{dotted((*pointer, *error.pointer))} {_NOT_DECLARED}", added)
    # The file must no longer differ afterwards. A mapping was made leaf by leaf, so it does not.
    is_faithful = isinstance(new, Mapping) or equal(new, without_server_entries(new, theirs, node), node)
    return FieldGroup(pointer, new, added) if is_faithful else UndeclaredField(pointer, _UNKNOWN, added)


def _mine(value: Value, pointer: Pointer) -> Value:
    for key in pointer:
        if not isinstance(value, Mapping) or key not in value:
            return ABSENT
        value = value[str(key)]
    return value


def _new_value(mine: Value, theirs: Value, node: Node | None) -> Value:
    new = in_spelling_of(mine, theirs, node)
    if isinstance(new, dict) and isinstance(mine, Mapping) and node is not None:
        # Undeclared keys stay undeclared, but the keys that the new variant requires must be there.
        required = node.branch(theirs).schema.get("required", ())
        return {key: child for key, child in new.items() if key in mine or key in required}
    return new


def _differing(
    leaves: Iterable[LeafComparison], declared: Mapping[str, Value], server: Mapping[str, Value], node: Node
) -> dict[Pointer, LeafState]:
    """Groups that differ, in the schema's order, each with one state for all its leaves."""
    states: dict[Pointer, frozenset[LeafState]] = {}
    for leaf in leaves:
        if leaf.state in EDITED_OUTSIDE | EDITED_LOCALLY:
            group = group_of(leaf.pointer, declared, server, node)
            states[group] = states.get(group, frozenset()) | {leaf.state}
    return {pointer: _common(group) for pointer, group in states.items()}


def _common(states: frozenset[LeafState]) -> LeafState:
    # A group is taken over or left alone as a whole: with changes on both sides inside, it is a conflict.
    if states <= EDITED_LOCALLY:
        return LeafState.UPDATE
    return LeafState.DRIFT if states == {LeafState.DRIFT} else LeafState.CONFLICT


def group_of(pointer: Pointer, declared: Value, server: Value, node: Node | None) -> Pointer:
    """The group that a leaf belongs to."""
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


def _undeclared(
    declared: Mapping[str, Value], server: Mapping[str, Value], node: Node, at: Pointer, gone: Collection[Pointer]
) -> Iterator[Pointer]:
    """What the server has set and the file does not mention, in the schema's order."""
    for key, place in node.branch(server).properties.items():
        mine, theirs, pointer = declared.get(key), server.get(key), (*at, key)
        if key not in declared:
            if is_worth_declaring(theirs, place) and pointer not in gone and not _says_nothing(theirs, place):
                yield pointer
        elif isinstance(mine, Mapping) and isinstance(theirs, Mapping) and _goes_with(mine, theirs, place):
            yield from _undeclared(mine, theirs, place, pointer, gone)


def _says_nothing(theirs: Value, place: Node) -> bool:
    """Whether an undeclared field holds nothing, or only entries that the server appended."""
    try:
        new = in_spelling_of(ABSENT, theirs, place)
    except UnwritableSecretError:
        return False
    return new in ({}, [])


def with_groups(value: Value, groups: Sequence[FieldGroup]) -> Value:
    """The file's value with groups changed, removed, or put behind the last key."""
    for group in groups:
        value = _with(value, group.pointer, group.value)
    return value


def _with(value: Value, pointer: Pointer, new: Value) -> Value:
    if not pointer:
        return new
    key = str(pointer[0])
    if new is ABSENT and len(pointer) == 1:
        return {name: child for name, child in value.items() if name != key}
    return {**value, key: _with(value.get(key), pointer[1:], new)}
