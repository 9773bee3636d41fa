"""What the emulator keeps of a body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from revox_sync.emulator.behaviour import Behaviour
from revox_sync.emulator.contract import ServedContract
from revox_sync.emulator.normalise import normalised
from revox_sync.emulator.store import StoredAssistant


def keeper(contract: ServedContract, behaviour: Behaviour) -> Callable[[Mapping[str, Any]], StoredAssistant]:
    """What becomes of a body before anything is added to it: nothing, unless the behaviour says so.

    Raises:
        ValueError: a field to ignore is none of the contract's.
    """
    unknown = sorted(path for path in behaviour.drops if path.partition(".")[0] not in contract.fields)
    if unknown:
        raise ValueError(f"no field {unknown[0]!r} that could be ignored")
    drops = [tuple(path.split(".")) for path in behaviour.drops]

    def kept(body: Mapping[str, Any]) -> StoredAssistant:
        rest = without(body, drops)
        return normalised(rest, contract.schema) if behaviour.normalise else rest

    return kept


def without(body: Mapping[str, Any], drops: Iterable[tuple[str, ...]]) -> StoredAssistant:
    """The body without some of its fields, each named by the keys that lead to it."""
    rest = dict(body)
    for key, *below in drops:
        if not below:
            rest.pop(key, None)
        elif isinstance(rest.get(key), Mapping):
            rest[key] = without(rest[key], [tuple(below)])
    return rest
