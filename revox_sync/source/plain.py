"""Loaded values as plain JSON, for those who check shapes and must not see contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from revox_sync.pointer import Pointer
from revox_sync.secret import Secret
from revox_sync.source.value import Deferred, Value

UNKNOWN: Final = "unknown"


def plain(value: Value) -> Any:
    """The value with a text of no meaning for every secret and every value that is not known yet."""
    match value:
        case dict():
            return {key: plain(child) for key, child in value.items()}
        case list():
            return [plain(child) for child in value]
        case Secret() | Deferred():
            return UNKNOWN
        case _:
            return value


def opaque(value: Value, at: Pointer = ()) -> Iterator[tuple[Pointer, Secret | Deferred]]:
    """Pointers of the values whose content cannot be judged."""
    match value:
        case dict():
            for key, child in value.items():
                yield from opaque(child, (*at, key))
        case list():
            for index, child in enumerate(value):
                yield from opaque(child, (*at, index))
        case Secret() | Deferred():
            yield at, value
