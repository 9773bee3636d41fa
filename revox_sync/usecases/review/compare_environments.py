"""What the assistants of two environments hold, compared: what a promotion from one to the other would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.errors import UsageError
from revox_sync.sync.comparing.canonical import equal, leaves
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.secrets import wrap_known_secrets
from revox_sync.sync.importing.fields import request_fields
from revox_sync.sync.model.comparison import Comparison, Unread
from revox_sync.sync.model.plan import Action, Change
from revox_sync.sync.planning.file_versions import changes_between
from revox_sync.sync.remote_state.match import MatchKind
from revox_sync.usecases.apply.session import Session
from revox_sync.values.address import Selection
from revox_sync.values.pointer import Pointer, Value, value_at
from revox_sync.values.secret import Secret


def compare_environments(source: Session, target: Session, selection: Selection) -> Comparison:
    """What `target` would have to change to hold what `source` holds, by address.

    Only what a request can set counts, and neither nulls, defaults nor questions that callers asked. An assistant of
    which nobody can tell what it holds in one of them is unread.

    Raises what reading the two raises.
    """
    mine, theirs = _held(source, selection), _held(target, selection)
    left_out = {unread.path for unread in (*mine.unread, *theirs.unread)}
    before = [held for held in theirs.held if theirs.paths[held.address] not in left_out]
    after = [
        _promoted_value(held, mine.declared[held.address], theirs.declared.get(held.address, {}))
        for held in mine.held
        if mine.paths[held.address] not in left_out
    ]
    names = source.environment.name, target.environment.name
    changes = changes_between(before, after)
    return Comparison(
        title=f"what a promotion from `{names[0]}` to `{names[1]}` would change",
        environment=names[1],
        changes=tuple(map(_promoted, changes)),
        unread=(*mine.unread, *theirs.unread),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One environment.

    Attributes:
        paths: of the files, by address.
        declared: what each file wants here, by address, whether or not the API has such an assistant.
        held: what the API holds.
        unread: files of which nobody can tell what the API holds for them.
    """

    paths: Mapping[str, str]
    declared: Mapping[str, Mapping[str, Value]]
    held: tuple[Desired, ...]
    unread: tuple[Unread, ...]


def _promoted_value(held: Desired, declared: Mapping[str, Value], wanted: Mapping[str, Value]) -> Desired:
    """What the other environment would hold: its own value where this one has what the file says for it.

    Args:
        declared: what the file wants in this environment.
        wanted: what it wants in the other one.
    """
    node, value = assistant_node(), held.declared
    for leaf in leaves(declared, node):
        other, here = value_at(wanted, leaf.pointer), value_at(value, leaf.pointer)
        if other is not None and here is not None and _is_same(leaf.value, here, leaf.node):
            value = _with(value, leaf.pointer, other)
    return replace(held, name=str(value["name"]), declared=value)


def _is_same(declared: Value, held: Value, node: Node | None) -> bool:
    # Secrets mean the same to `equal`, whatever they are.
    return bool(declared == held) if isinstance(declared, Secret) else equal(declared, held, node)


def _with(value: Value, pointer: Pointer, new: Value) -> Value:
    key, *rest = pointer
    return {**value, key: _with(value[key], tuple(rest), new) if rest else new}


def _held(session: Session, selection: Selection) -> _Side:
    """What the API holds for each file, and why that cannot be told of the others."""
    files = session.files(selection)
    desired, where = session.desired(files), session.environment.name
    with session.client() as client, session.settings.during(f"reading `{where}`"):
        state = session.state(client, desired, whole=True)
    declared = {wish.address: wish.declared for wish in desired}
    unseen = {address: unknown.reason for address, unknown in state.unknown.items() if address in declared}
    held: list[Desired] = []
    for match in state.matches.matches:
        if match.kind is MatchKind.AMBIGUOUS:
            unseen[match.address] = f"several assistants have its name ({', '.join(match.candidates)})"
        elif match.remote is not None and match.address not in unseen:
            value = wrap_known_secrets(declared[match.address], match.remote.value, match.entry, assistant_node())
            fields = request_fields(value, {}, assistant_node())
            held.append(Desired(match.address, match.remote.name, fields))
    paths = {file.address: file.path for file in files}
    unread = tuple(Unread(where, paths[address], 0, reason) for address, reason in sorted(unseen.items()))
    return _Side(paths, declared, tuple(held), unread)


def _promoted(change: Change) -> Change:
    """A change without the words that are about files."""
    if change.action is Action.UPDATE and not change.fields:
        return replace(change, action=Action.NOOP, reason=None)
    if change.action is Action.REMOVE:
        return replace(change, reason="the other environment has none")
    return replace(change, reason=None)


def named_environments(names: tuple[str, ...], known: Iterator[str]) -> tuple[str, str]:
    """Two environments of a command line. Raises UsageError for another number, or one of them twice."""
    if len(names) != 2 or names[0] == names[1]:
        listed = list(known)
        example = listed if len(listed) == 2 else ["ONE", "OTHER"]
        hint = f"`revox-sync compare -e {example[0]} -e {example[1]}`"
        raise UsageError("two environments are compared: from the first one to the second", hint=hint)
    return names[0], names[1]
