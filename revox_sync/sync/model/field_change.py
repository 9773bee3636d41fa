"""One difference between two values, as reports show it."""

from __future__ import annotations

from dataclasses import dataclass

from revox_sync.values.pointer import Value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One difference.

    Attributes:
        path: the place, dotted.
        before: what was there; None for nothing, and for every secret.
        after: what is there now; None for nothing, and for every secret. Secrets inside an entry are masked.
        sensitive: the value is a secret.
        removed: the key or entry is not there any more; a null that is there is a change, not a removal.
        added: there was nothing (absent or null).
    """

    path: str
    before: Value
    after: Value
    sensitive: bool
    removed: bool = False
    added: bool = False
