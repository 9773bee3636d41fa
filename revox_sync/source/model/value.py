"""What a loaded YAML file is made of, and the same as plain JSON for those who must not see its contents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret


@final
class Deferred:
    """Stands where a value is not known: variables were not given, or a problem says why it could not be read.

    It is no string and no mistake of its own: whoever checks values passes over it.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Deferred) or NotImplemented

    def __hash__(self) -> int:
        return hash(Deferred)

    def __repr__(self) -> str:
        return "Deferred()"


Scalar: TypeAlias = str | int | float | bool | None
if TYPE_CHECKING:
    Value: TypeAlias = "Scalar | Secret | Deferred | list[Value] | dict[str, Value]"
else:
    Value = object  # a named tuple would compile the text above, which takes a millisecond of each lint
UNKNOWN: Final = "unknown"


def plain_json(value: Value) -> Any:
    """The value with a text of no meaning for every secret and every value that is not known yet."""
    match value:
        case dict():
            return {key: plain_json(child) for key, child in value.items()}
        case list():
            return [plain_json(child) for child in value]
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
