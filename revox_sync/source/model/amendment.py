"""Changes of a file's values; `source.edits` turns them into the smallest change of its text.

An amendment says what the values must be afterwards, so that the edited text can be checked against it.
"""

from typing import TypeAlias

from revox_sync.source.model.value import Value
from revox_sync.values.named_tuple import NamedTuple
from revox_sync.values.pointer import Pointer


class SetValue(NamedTuple):
    """The value at `pointer` becomes `value`."""

    pointer: Pointer
    value: Value


class Remove(NamedTuple):
    """The key or list entry at `pointer` is removed."""

    pointer: Pointer


class RenameKey(NamedTuple):
    """The key at `pointer` is renamed to `key`; its value and its place stay."""

    pointer: Pointer
    key: str


class Add(NamedTuple):
    """A new key, or a list entry behind the last one, at `pointer` with `value`."""

    pointer: Pointer
    value: Value


Amendment: TypeAlias = SetValue | Remove | RenameKey | Add


class RemoveMark(NamedTuple):
    """The byte order mark of the file at `path` is removed; no value changes."""

    path: str


Change: TypeAlias = Amendment | RemoveMark
"""What a fix changes."""
