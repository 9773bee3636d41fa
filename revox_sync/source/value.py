"""What a loaded YAML file is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, final

from revox_sync.secret import Secret


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
