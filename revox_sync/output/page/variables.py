"""Which placeholders a change brings, and which it takes away: callers fill them in when they place a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.contract.formats import PLACEHOLDER
from revox_sync.sync.model.field_change import FieldChange


def new_and_gone(fields: Iterable[FieldChange], declared: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of prompt variables that only one side of the fields has, in the order they appear.

    Only fields that know no variables but the caller's are looked at: what a template is given, nobody has to fill in.

    Args:
        fields: what differs.
        declared: the whole assistant afterwards; what its other fields use is neither new nor gone.
    """
    changed = {each.path: each for each in fields}
    texts = [changed[path] for path in _paths() if path in changed]
    old, new = _names(each.before for each in texts), _names(each.after for each in texts)
    kept = _names(declared.get(path) for path in _paths() if path not in changed)
    return (
        tuple(each for each in new if each not in {*old, *kept}),
        tuple(each for each in old if each not in {*new, *kept}),
    )


def _paths() -> Iterator[str]:
    for name, node in assistant_node().properties.items():
        if node.variables is not None and node.variables.keys() == {"prompt_variables"}:
            yield name


def _names(texts: Iterable[Any]) -> list[str]:
    found = (match[0][2:-2].strip() for text in texts if isinstance(text, str) for match in PLACEHOLDER.finditer(text))
    return list(dict.fromkeys(each for each in found if each))
