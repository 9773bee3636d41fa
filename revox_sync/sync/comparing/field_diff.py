"""What differs between two values, in the words of the fields: input of plan and diff output.

Paths are dotted. An entry of a list with an identity key is named by it, `faq_items["Do you deliver?"].answer`; an
entry of a list of plain values whose order is free by itself, `slack.outcomes["completed"]`; any other by its
position, `call_retry_config.calling_windows[1]`, counted in the list that has it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from revox_sync.contract.fields import Node
from revox_sync.sync.comparing.canonical import canonical, canonical_json, equal, identity
from revox_sync.sync.comparing.secrets import has_secret, secret_pairs, wrap_matching_secrets
from revox_sync.sync.model.field_change import FieldChange
from revox_sync.values.credential_patterns import without_credentials
from revox_sync.values.pointer import Pointer, Value, below, dotted, quoted
from revox_sync.values.secret import MASK, Secret


def field_changes(before: Value, after: Value, node: Node | None, at: Pointer) -> list[FieldChange]:
    """Every difference between two values of one place; canonically equal parts never show up.

    Args:
        before: the old value, guarded.
        after: the new value.
        node: what the schema knows about the place.
        at: pointer of the place, the beginning of every path.
    """
    return [without_open_credentials(each) for each in _changes(_Pair(before, after, node, dotted(at)))]


def without_open_credentials(change: FieldChange) -> FieldChange:
    """The difference with the credentials masked that a file holds as plain text, such as a password in a URL.

    Where nothing else differs, the whole value counts as a secret.
    """
    before, after = _without_credentials(change.before), _without_credentials(change.after)
    if before == after and change.before != change.after:
        return replace(change, before=None, after=None, sensitive=True)
    return replace(change, path=without_credentials(change.path, _mask), before=before, after=after)


def _without_credentials(value: Value) -> Value:
    if isinstance(value, str):
        return without_credentials(value, _mask)
    if isinstance(value, Mapping):
        return {key: _without_credentials(child) for key, child in value.items()}
    return [_without_credentials(each) for each in value] if isinstance(value, list) else value


def _mask(_: str) -> str:
    return MASK


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values of one place; `gone` when the new side does not have the place at all."""

    before: Value
    after: Value
    node: Node | None
    path: str
    gone: bool = False

    @property
    def element(self) -> Node | None:
        return self.node.element if self.node is not None else None

    @property
    def key(self) -> str | None:
        return self.node.key if self.node is not None else None


def _changes(pair: _Pair) -> Iterator[FieldChange]:
    sides = (pair.before, pair.after)
    if any(isinstance(each, Secret) for each in sides) or (pair.node is not None and pair.node.secret):
        yield from _secret(pair)
    elif equal(*sides, pair.node) and not any(map(has_secret, sides)):
        return
    elif _are(Mapping, sides):
        yield from _mapping(pair)
    elif _are(list, sides):
        yield from _list(pair)
    else:
        yield _leaf(pair)


def _are(kind: type, sides: tuple[Value, Value]) -> bool:
    """Whether both are of that kind, null counting as an empty one beside one that is not empty."""
    return any(sides) and all(each is None or isinstance(each, kind) for each in sides)


def _leaf(pair: _Pair) -> FieldChange:
    before, after = _shown(pair.before, pair.node), _shown(pair.after, pair.node)
    return FieldChange(pair.path, before, after, sensitive=False, removed=pair.gone, added=pair.before is None)


def _secret(pair: _Pair) -> Iterator[FieldChange]:
    before, after = (Secret(each) if isinstance(each, str) else each for each in (pair.before, pair.after))
    if before != after:
        yield FieldChange(pair.path, None, None, sensitive=True, removed=pair.gone, added=before is None)


def _shown(value: Value, node: Node | None) -> Value:
    """Scalars as they are, everything else without read-only keys and with secrets masked."""
    return canonical(value, node) if isinstance(value, Mapping | list) else value


def _mapping(pair: _Pair) -> Iterator[FieldChange]:
    before, after = pair.before or {}, pair.after or {}
    places = {key: _place(pair.node, key, before, after) for key in (*after, *before)}
    known = [*pair.node.branch(after).properties, *pair.node.branch(before).properties] if pair.node else []
    for key in [*(key for key in dict.fromkeys(known) if key in places), *sorted(places.keys() - set(known))]:
        place, path = places[key], below(pair.path, key)
        if place is None or not place.read_only:
            yield from _changes(_Pair(before.get(key), after.get(key), place, path, gone=key not in after))


def _place(node: Node | None, key: str, before: Value, after: Value) -> Node | None:
    return node.child(key, after if key in after else before) if node is not None else None


def _list(pair: _Pair) -> Iterator[FieldChange]:
    before, after = pair.before or [], pair.after or []
    # What one side calls a secret is none to show on the other, where it may be plain text.
    before, after = wrap_matching_secrets(after, before, pair.node), wrap_matching_secrets(before, after, pair.node)
    ours, theirs = (_named(entries, pair) for entries in (before, after))
    if pair.key is not None and len(ours) == len(before) and len(theirs) == len(after):
        yield from _keyed(pair, ours, theirs)
    elif pair.node is not None and pair.node.order_free:
        yield from _unordered(pair, before, after)
    else:
        yield from _ordered(pair, before, after)


def _named(entries: list[Value], pair: _Pair) -> dict[str, Value]:
    return {identity(each, pair.key, pair.element): each for each in entries}


def _keyed(pair: _Pair, before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[FieldChange]:
    for name, entry in before.items():
        if name not in after:
            yield _entry(pair, entry, removed=True)
    for name, entry in after.items():
        if name in before:
            yield from _changes(_Pair(before[name], entry, pair.element, _entry_path(pair, entry)))
        else:
            yield _entry(pair, entry, removed=False)
    old, new = (
        [_label(side[name], pair) for name in side if name in before.keys() & after] for side in (before, after)
    )
    if old != new and pair.node is not None and not pair.node.order_free:
        yield FieldChange(pair.path, old, new, sensitive=False)


def _unordered(pair: _Pair, before: list[Value], after: list[Value]) -> Iterator[FieldChange]:
    ours, theirs = (Counter(identity(each, None, pair.element) for each in side) for side in (before, after))
    values = {identity(each, None, pair.element): each for each in (*before, *after)}
    for name in (ours - theirs).elements():
        yield _entry(pair, values[name], removed=True)
    for name in (theirs - ours).elements():
        yield _entry(pair, values[name], removed=False)


def _entry(pair: _Pair, entry: Value, *, removed: bool) -> FieldChange:
    """An entry that one side does not have."""
    sensitive = isinstance(entry, Secret)
    value = None if sensitive else _shown(entry, pair.element)
    before, after = (value, None) if removed else (None, value)
    return FieldChange(_entry_path(pair, entry), before, after, sensitive, removed=removed, added=not removed)


def _entry_path(pair: _Pair, entry: Value) -> str:
    label = _label(entry, pair)
    return f"{pair.path}[{quoted(label) if isinstance(label, str) else json.dumps(label, sort_keys=True)}]"


def _label(entry: Value, pair: _Pair) -> Value:
    shown = canonical(entry, pair.element)
    return shown.get(pair.key, shown) if isinstance(shown, dict) and pair.key is not None else shown


def _ordered(pair: _Pair, before: list[Value], after: list[Value]) -> Iterator[FieldChange]:
    """Entries that only their position names: deepdiff finds out which stayed, as texts, for `True == 1` in Python."""
    from deepdiff import DeepDiff

    ours, theirs = ([canonical_json(each, pair.element) for each in side] for side in (before, after))
    levels = [level for found in DeepDiff(ours, theirs, view="tree").values() for level in found]
    for level in sorted(levels, key=_index):
        yield from _from_level(level, pair)
    if any(new != old for new, old in secret_pairs(after, before, pair.node)):
        yield FieldChange(pair.path, None, None, sensitive=True)


def _index(level: Any) -> int:
    index: int = level.path(output_format="list")[-1]
    return index


def _from_level(level: Any, pair: _Pair) -> Iterator[FieldChange]:
    path = below(pair.path, _index(level))
    before, after = (json.loads(each) if isinstance(each, str) else None for each in (level.t1, level.t2))
    added, removed = not isinstance(level.t1, str), not isinstance(level.t2, str)
    if added or removed:
        yield FieldChange(path, before, after, sensitive=False, removed=removed, added=added)
    else:
        yield from _changes(_Pair(before, after, pair.element, path))
