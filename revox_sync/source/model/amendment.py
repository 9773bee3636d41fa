"""What is to be different in a file's values; `edit` turns it into the smallest change of its text.

An amendment says what the values must be afterwards, so that whoever makes an edit can be held to it.
"""

from typing import NamedTuple, TypeAlias

from revox_sync.source.model.value import Value
from revox_sync.values.pointer import Pointer


class SetValue(NamedTuple):
    """The value at `pointer` becomes `value`."""

    pointer: Pointer
    value: Value


class Remove(NamedTuple):
    """The key, or the list entry, at `pointer` goes."""

    pointer: Pointer


class RenameKey(NamedTuple):
    """The key at `pointer` becomes `key`; its value and its place stay."""

    pointer: Pointer
    key: str


class Add(NamedTuple):
    """A new key, or list entry behind the last one, at `pointer` with `value`."""

    pointer: Pointer
    value: Value


Amendment: TypeAlias = SetValue | Remove | RenameKey | Add
