"""Lock records for tests: as if what a file declares had been applied and seen."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.three_way import leaf_looks, place_form
from revox_sync.sync.model.lock import Confirmed, LeafRecord
from revox_sync.values.pointer import Pointer, Value


def confirmed(declared: Mapping[str, Value], server: Mapping[str, Value]) -> dict[Pointer, LeafRecord | None]:
    """What a lock entry remembers after `declared` was applied and the server answered `server`."""
    looks = leaf_looks(declared, server, None, assistant_node())
    return {
        pointer: Confirmed(look.declared, look.value) if look is not None else None for pointer, look in looks.items()
    }


def form(pointer: Pointer, value: Value) -> str:
    """The form digest of a value at a place."""
    return place_form(value, assistant_node().at(pointer, {}))
