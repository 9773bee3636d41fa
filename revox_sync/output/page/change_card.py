"""The card of a change, and which placeholders the change brings or takes away.

Callers fill placeholders in when they place a call, so a new one concerns all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.contract.formats import PLACEHOLDER
from revox_sync.output.page.field_view import field_views
from revox_sync.output.page.model import Card, CardKind, FindingView
from revox_sync.sync.model.plan import Change, FieldChange


def change_card(change: Change, kind: CardKind, verb: str, findings: tuple[FindingView, ...] = ()) -> Card:
    """What a reader sees of a change; `verb` says what becomes of the assistant."""
    new, gone = ((), ()) if kind is CardKind.DELETE else new_and_gone(change.fields, change.declared)
    return Card(
        kind=kind,
        address=change.address,
        name=change.name,
        verb=verb,
        id=change.id,
        impacts=change.impact,
        reason=change.reason,
        fields=field_views(change.fields),
        new_variables=new,
        gone_variables=gone,
        findings=findings,
    )


def new_and_gone(fields: Iterable[FieldChange], declared: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of prompt variables that only one side of the fields has, in the order they appear.

    Args:
        fields: what differs.
        declared: the whole assistant afterwards; what its other fields use is neither new nor gone.
    """
    changed = {field.path: field for field in fields}
    texts = [changed[path] for path in _caller_fields() if path in changed]
    old, new = _names(field.before for field in texts), _names(field.after for field in texts)
    kept = _names(declared.get(path) for path in _caller_fields() if path not in changed)
    return (
        tuple(name for name in new if name not in {*old, *kept}),
        tuple(name for name in old if name not in {*new, *kept}),
    )


def _caller_fields() -> Iterator[str]:
    """Fields that know no variables but the caller's: the server itself fills in those of other templates."""
    for name, node in assistant_node().properties.items():
        if node.variables is not None and node.variables.keys() == {"prompt_variables"}:
            yield name


def _names(texts: Iterable[Any]) -> list[str]:
    found = (match[0][2:-2].strip() for text in texts if isinstance(text, str) for match in PLACEHOLDER.finditer(text))
    return list(dict.fromkeys(name for name in found if name))
