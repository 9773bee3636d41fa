"""What quirks do to bodies and answers: values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

# Nobody sends it, and no contract knows it.
_ITEM_VALUE: Final = "set by the server"
_MASK: Final = "********"
_SHOWN: Final = 4
_Object = Mapping[str, Any]


def without(body: _Object, fields: Iterable[str]) -> dict[str, Any]:
    """The body without some of its fields; a dotted name leads through mappings and through every entry of a list."""
    rest = dict(body)
    for field in fields:
        key, dot, below = field.partition(".")
        if not dot:
            rest.pop(key, None)
        elif key in rest:
            rest[key] = _without_below(rest[key], below)
    return rest


def _without_below(value: Any, field: str) -> Any:
    if isinstance(value, Mapping):
        return without(value, [field])
    return [_without_below(entry, field) for entry in value] if isinstance(value, list) else value


def masked(body: _Object, fields: Iterable[str]) -> dict[str, Any]:
    """The body in which of some texts only the last four characters are shown; dots lead as in `without`."""
    rest = dict(body)
    for field in fields:
        key, _, below = field.partition(".")
        if key in rest:
            rest[key] = _masked_below(rest[key], below)
    return rest


def _masked_below(value: Any, field: str) -> Any:
    if isinstance(value, list):
        return [_masked_below(entry, field) for entry in value]
    if field:
        return masked(value, [field]) if isinstance(value, Mapping) else value
    return f"{_MASK}{value[-_SHOWN:]}" if isinstance(value, str) else value


def with_former(after: _Object, before: _Object, field: str) -> dict[str, Any]:
    """What is written, with the former value of a field that cannot be written.

    A field in entries of a list has no former value: an entry cannot be told from a new one.
    """
    key, dot, below = field.partition(".")
    former, written = before.get(key), after.get(key)
    if not dot and key in before:
        return {**after, key: former}
    if dot and isinstance(former, Mapping) and isinstance(written, Mapping):
        return {**after, key: with_former(written, former, below)}
    return dict(after)


def merged(before: Any, patch: Any) -> Any:
    """The value after a merge patch (RFC 7396): mappings are merged, a null in one removes its key."""
    if not isinstance(patch, Mapping):
        return patch
    former = before if isinstance(before, Mapping) else {}
    kept = {key: value for key, value in former.items() if key not in patch}
    return kept | {key: merged(former.get(key), value) for key, value in patch.items() if value is not None}


def with_item_keys(value: Any, keys: Iterable[str]) -> Any:
    """The value with more keys in every object of a list, at any depth."""
    added = dict.fromkeys(keys, _ITEM_VALUE)
    return _with_changed_entries(value, lambda entry: added | entry)


def without_item_keys(value: Any, keys: Iterable[str]) -> Any:
    """The value without those keys in any object of a list: what the contract has to judge."""
    return _with_changed_entries(value, lambda entry: without(entry, keys))


def _with_changed_entries(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_changed_entries(child, change) for key, child in value.items()}
    if not isinstance(value, list):
        return value
    entries = [_with_changed_entries(entry, change) for entry in value]
    return [change(entry) if isinstance(entry, dict) else entry for entry in entries]


def null_for_empty(value: Any) -> Any:
    """The value with null in place of every empty list, at any depth."""
    if isinstance(value, Mapping):
        return {key: null_for_empty(child) for key, child in value.items()}
    return [null_for_empty(entry) for entry in value] or None if isinstance(value, list) else value
