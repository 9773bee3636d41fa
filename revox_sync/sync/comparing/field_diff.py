"""What differs between two values, or is sent or lost, in the words of the fields: input of plan and diff reports.

Paths are dotted. An entry of a list with an identity key is named by it, `faq_items["Do you deliver?"].answer`; an
entry of a list of plain values whose order is free by itself, `slack.outcomes["completed"]`; any other by its
position, `call_retry_config.calling_windows[1]`: in the old list where it is gone, else in the new one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from revox_sync.contract.fields import Node, assistant_node, element_of
from revox_sync.sync.comparing.canonical import (
    canonical,
    equal,
    identity,
    sorted_leaves,
    value_digest,
)
from revox_sync.sync.comparing.list_alignment import aligned
from revox_sync.sync.comparing.secrets import (
    has_secret,
    secret_pairs,
    wrap_known_secrets,
    wrap_matching_secrets,
    wrap_secrets_at,
)
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.model.lock import Confirmed, LockEntry
from revox_sync.sync.model.plan import IMPACTS, FieldChange
from revox_sync.values.credential_patterns import without_credentials
from revox_sync.values.pointer import Value, below, quoted, value_at
from revox_sync.values.secret import MASK, Secret
from revox_sync.values.walk import DESCEND, rebuilt


def impact_of(fields: Iterable[str]) -> tuple[str, ...]:
    """What top-level fields mean for callers: their impacts, most audible first."""
    known = assistant_node().properties
    found = {known[key].impact for key in fields if key in known}
    return tuple(impact for impact in IMPACTS if impact in found)


def sent_changes(before: Mapping[str, Value], body: Mapping[str, Value], node: Node) -> Iterator[FieldChange]:
    """What a request changes, in the schema's order.

    Args:
        before: the server's value as `wrap_known_secrets` returns it; empty for a create.
        body: the fields that are sent.
        node: root of the assistant schema.
    """
    known = node.properties
    # `index` raises for a key that the schema does not know: nothing is sent that the plan does not show.
    for key in sorted(body, key=list(known).index):
        if before.get(key) is None:
            yield from _new_field(key, body[key], node)
        else:
            yield from field_changes(before[key], body[key], known[key], key)


def _new_field(key: str, value: Value, node: Node) -> Iterator[FieldChange]:
    """A field the server does not have. A list in it is one change: its entries say nothing one by one."""
    for leaf in sorted_leaves({key: value}, node):
        sensitive = isinstance(leaf.value, Secret)
        if leaf.value is not None:
            yield _covered(FieldChange(leaf.path, None, None if sensitive else leaf.value, sensitive, added=True))


def lost_changes(remote: Mapping[str, Value], entry: LockEntry, node: Node) -> Iterator[FieldChange]:
    """What goes with a remote assistant, as differences; see `lost_value`."""
    return removed_changes(lost_value(remote, entry, node), node)


def removed_changes(lost: Mapping[str, Value], node: Node) -> Iterator[FieldChange]:
    """Every leaf of what `lost_value` returned, as a difference, in the schema's order."""
    for leaf in sorted_leaves(lost, node):
        sensitive = isinstance(leaf.value, Secret)
        yield _covered(FieldChange(leaf.path, None if sensitive else leaf.value, None, sensitive, removed=True))


def lost_value(remote: Mapping[str, Value], entry: LockEntry, node: Node) -> dict[str, Value]:
    """What goes with a remote assistant: every leaf a request could have set that is no null and no default.

    No file says any more which of its values come from environment variables. So a list in the lock is shown only where
    its digest proves that the lock knows all secrets in it, and no value is shown of an entry without digests.

    Args:
        remote: the server's value, schema secrets wrapped.
        entry: its lock entry.
        node: root of the assistant schema.
    """
    lost: dict[str, Value] = {}
    server = wrap_known_secrets({}, remote, entry, node)
    then = wrap_secrets_at(remote, {}, entry.secret_places, node, unmatched=False)
    for leaf in sorted_leaves(server, node):
        pointer, value, place = leaf
        if value in (None, {}, []) or place is None or (place.has_default and equal(value, place.default, place)):
            continue
        record, known = entry.leaves.get(pointer), value_at(then, pointer)
        proven = isinstance(record, Confirmed) and _is_unchanged(known, record, place)
        # Without digests nobody knows which of the values were secrets.
        sensitive = isinstance(value, Secret) or entry.outdated or not entry.leaves
        sensitive = sensitive or (isinstance(value, list) and record is not None and not proven)
        inside = lost
        for step in pointer[:-1]:
            inside = inside.setdefault(str(step), {})
        inside[str(pointer[-1])] = Secret(None) if sensitive else known if proven else value
    return lost


def _is_unchanged(value: Value, record: Confirmed, node: Node) -> bool:
    return value_digest(without_server_entries([], value, node), node) == record.server


def field_changes(before: Value, after: Value, node: Node | None, path: str) -> list[FieldChange]:
    """Every difference between two values of one place; canonically equal parts never show up.

    Args:
        before: the old value, secrets wrapped.
        after: the new value.
        node: what the schema knows about the place.
        path: the place, dotted, the beginning of every path; empty for the root.
    """
    return [_covered(change) for change in _changes(_Pair(before, after, node, path))]


def _covered(change: FieldChange) -> FieldChange:
    """The change with a mask for each secret, and for each credential that a file holds as plain text.

    An example of the latter is a password in a URL. Where nothing else differs, the whole value counts as a secret.
    """
    path, before, after = (_without_secrets(part) for part in (change.path, change.before, change.after))
    if before == after and change.before != change.after:
        return replace(change, before=None, after=None, sensitive=True)
    return replace(change, path=path, before=before, after=after)


def _without_secrets(value: Value) -> Value:
    return rebuilt(value, _masked)


def _masked(part: Value, *_: object) -> Value:
    if isinstance(part, str):
        return without_credentials(part, lambda _: MASK)
    return MASK if isinstance(part, Secret) else DESCEND


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values of one place; `gone` when the new side does not have the place at all."""

    before: Value
    after: Value
    node: Node | None
    path: str
    gone: bool = False

    @property
    def sides(self) -> tuple[Value, Value]:
        return self.before, self.after

    def are(self, kind: type) -> bool:
        """Whether both are of that kind, null counting as an empty one beside one that is not empty."""
        return any(self.sides) and all(side is None or isinstance(side, kind) for side in self.sides)


def _changes(pair: _Pair) -> Iterator[FieldChange]:
    if any(isinstance(side, Secret) for side in pair.sides) or (pair.node is not None and pair.node.secret):
        yield from _secret(pair)
    elif equal(*pair.sides, pair.node) and not any(map(has_secret, pair.sides)):
        return
    elif pair.are(dict):
        yield from _mapping(pair)
    elif pair.are(list):
        yield from _list(pair)
    else:
        before, after = (_shown(side, pair.node) for side in pair.sides)
        yield FieldChange(pair.path, before, after, sensitive=False, removed=pair.gone, added=pair.before is None)


def _secret(pair: _Pair) -> Iterator[FieldChange]:
    before, after = (Secret(side) if isinstance(side, str) else side for side in pair.sides)
    if before != after:
        yield FieldChange(pair.path, None, None, sensitive=True, removed=pair.gone, added=before is None)


def _shown(value: Value, node: Node | None) -> Value:
    """Scalars as they are, everything else without read-only keys and with secrets masked."""
    return canonical(value, node) if isinstance(value, dict | list) else value


def _mapping(pair: _Pair) -> Iterator[FieldChange]:
    before, after = (side or {} for side in pair.sides)
    old, new = (pair.node.branch(side).properties if pair.node is not None else {} for side in (before, after))
    known = [key for key in {**new, **old} if key in before or key in after]
    for key in (*known, *sorted((before.keys() | after.keys()) - set(known))):
        place, path = (new if key in after else old).get(key), below(pair.path, key)
        if place is None or not place.read_only:
            yield from _changes(_Pair(before.get(key), after.get(key), place, path, gone=key not in after))


class _Entry(NamedTuple):
    """An entry of a list.

    Attributes:
        name: the text of its identity key, by which entries are paired.
        text: the text of the whole entry.
        value: the entry.
        form: its canonical form.
        label: what names it in a path.
    """

    name: str
    text: str
    value: Value
    form: Value
    label: Value


def _list(pair: _Pair) -> Iterator[FieldChange]:
    key, order_free = (pair.node.key, pair.node.order_free) if pair.node is not None else (None, False)
    before, after = pair.before or [], pair.after or []
    # A secret of one side may be plain text on the other. It must be shown on neither.
    before, after = wrap_matching_secrets(after, before, pair.node), wrap_matching_secrets(before, after, pair.node)
    secrets_differ = any(mine != theirs for mine, theirs in secret_pairs(after, before, pair.node))
    old, new = (_entries(side, key, element_of(pair.node)) for side in (before, after))
    if key is not None and all(len({entry.name for entry in side}) == len(side) for side in (old, new)):
        yield from _keyed(pair, {entry.name: entry for entry in old}, {entry.name: entry for entry in new})
        if not order_free:
            yield from _moved(pair, old, new)
    elif order_free:
        yield from _unordered(pair, old, new)
    else:
        yield from _ordered(pair, old, new)
        if secrets_differ:
            yield FieldChange(pair.path, None, None, sensitive=True)


def _entries(values: list[Value], key: str | None, node: Node | None) -> list[_Entry]:
    entries = []
    for value in values:
        form = canonical(value, node)
        label = form.get(key, form) if isinstance(form, dict) and key is not None else form
        entries.append(_Entry(identity(value, key, node), identity(value, None, node), value, form, label))
    return entries


def _keyed(pair: _Pair, before: Mapping[str, _Entry], after: Mapping[str, _Entry]) -> Iterator[FieldChange]:
    for name, entry in before.items():
        if name not in after:
            yield _single(pair, entry, removed=True)
    for name, entry in after.items():
        if name in before:
            yield from _changes(_Pair(before[name].value, entry.value, element_of(pair.node), _path(pair, entry)))
        else:
            yield _single(pair, entry, removed=False)


def _moved(pair: _Pair, before: list[_Entry], after: list[_Entry]) -> Iterator[FieldChange]:
    """The order of the entries that both sides have, where it counts and differs."""
    both = {entry.name for entry in before} & {entry.name for entry in after}
    old, new = ([entry.label for entry in side if entry.name in both] for side in (before, after))
    if old != new:
        yield FieldChange(pair.path, old, new, sensitive=False)


def _unordered(pair: _Pair, before: list[_Entry], after: list[_Entry]) -> Iterator[FieldChange]:
    old, new = (Counter(entry.text for entry in side) for side in (before, after))
    entries = {entry.text: entry for entry in (*before, *after)}
    for text in (old - new).elements():
        yield _single(pair, entries[text], removed=True)
    for text in (new - old).elements():
        yield _single(pair, entries[text], removed=False)


def _single(pair: _Pair, entry: _Entry, *, removed: bool) -> FieldChange:
    """An entry that one side does not have."""
    sensitive = isinstance(entry.value, Secret)
    value = None if sensitive else entry.form if isinstance(entry.value, dict | list) else entry.value
    before, after = (value, None) if removed else (None, value)
    return FieldChange(_path(pair, entry), before, after, sensitive, removed=removed, added=not removed)


def _path(pair: _Pair, entry: _Entry) -> str:
    label = entry.label
    return f"{pair.path}[{quoted(label) if isinstance(label, str) else json.dumps(label, sort_keys=True)}]"


def _ordered(pair: _Pair, before: list[_Entry], after: list[_Entry]) -> Iterator[FieldChange]:
    """Entries that only their position names: what is gone by its old one, everything else by its new one."""
    for old, new in aligned([entry.form for entry in before], [entry.form for entry in after]):
        if new is None and old is not None:
            yield _placed(pair, old, before[old].form, removed=True)
        elif old is None and new is not None:
            yield _placed(pair, new, after[new].form, removed=False)
        elif old is not None and new is not None:
            path = f"{pair.path}[{new}]"
            yield from _changes(_Pair(before[old].form, after[new].form, element_of(pair.node), path))


def _placed(pair: _Pair, position: int, value: Value, *, removed: bool) -> FieldChange:
    """An entry that one side does not have, named by its position."""
    before, after = (value, None) if removed else (None, value)
    return FieldChange(f"{pair.path}[{position}]", before, after, sensitive=False, removed=removed, added=not removed)
