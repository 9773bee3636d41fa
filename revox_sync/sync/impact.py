"""What a change means for the people on the phone: the kinds of effect the schema names per field."""

from __future__ import annotations

from collections.abc import Iterable

from revox_sync.contract import assistant_node
from revox_sync.sync.plan import IMPACTS


def impact_of(fields: Iterable[str]) -> tuple[str, ...]:
    """The impacts of top-level fields, most audible first."""
    node = assistant_node()
    found = {place.impact for key in fields if (place := node.child(key)) is not None}
    return tuple(each for each in IMPACTS if each in found)
