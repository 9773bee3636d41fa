"""The values of a loaded YAML file, and the same as plain JSON for code that must not see secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final

from revox_sync.values.pointer import Pointer
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, parts, rebuilt


@final
class Deferred:
    """Stands for a value that is not known: variables were not given, or a problem says why it could not be read.

    It is no string and no mistake of its own: checks of values skip it.
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
    Value = object  # a named tuple with such a field would compile the text above: a millisecond of each lint
UNKNOWN: Final = "unknown"


def plain_json(value: Value) -> Any:
    """The value with the text UNKNOWN in place of every secret and every deferred value."""
    return rebuilt(value, lambda part, *_: UNKNOWN if isinstance(part, Secret | Deferred) else DESCEND)


def opaque(value: Value) -> Iterator[tuple[Pointer, Secret | Deferred]]:
    """Pointer and value of everything whose content cannot be judged."""
    return ((pointer, part) for pointer, part, _ in parts(value) if isinstance(part, Secret | Deferred))
