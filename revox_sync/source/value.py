"""What a loaded YAML file is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from revox_sync.secret import Secret


@dataclass(frozen=True, slots=True)
class Deferred:
    """Stands where a value is not known: variables were not given, or a problem says why it could not be read.

    It is no string and no mistake of its own: whoever checks values passes over it.
    """


Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Scalar | Secret | Deferred | list[Value] | dict[str, Value]"
