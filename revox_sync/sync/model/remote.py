"""An assistant as the API has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from revox_sync.values.pointer import Value


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote assistant; what the schema marks as secret is wrapped in its value."""

    id: str
    name: str
    value: Mapping[str, Value]
