"""What a plan that brings back a snapshot sends: fields as the snapshot had them, secrets as the files have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.secrets import secret_pairs
from revox_sync.sync.model.plan import Change, Plan
from revox_sync.sync.planning.request_body import overlay
from revox_sync.values.pointer import Value
from revox_sync.values.secret import Secret


def restored_body(
    declared: Mapping[str, Value], current: Mapping[str, Value], fields: Iterable[str]
) -> dict[str, Value]:
    """The PATCH body that brings fields back whole: keys the server has gained go, questions callers asked stay.

    Args:
        declared: the snapshot's values, ready to send.
        current: the server's object, guarded, fetched just before.
        fields: top-level fields to send.
    """
    root = assistant_node()
    body = {}
    for key in fields:
        node, value = root.child(key), declared[key]
        appends = node is not None and isinstance(value, list)
        body[key] = overlay(value, current.get(key), None, node, (key,)) if appends and node else value
    return body


def with_file_secrets(plan: Plan, declared: Mapping[str, Mapping[str, Value]]) -> Plan:
    """The plan with its secrets taken from the files, by address: each from the place it goes to.

    Raises RefusedError where a file no longer names the same variable there.
    """
    return replace(plan, changes=tuple(_filled(each, declared.get(each.address, {})) for each in plan.changes))


def _filled(change: Change, declared: Mapping[str, Value]) -> Change:
    # Every secret of a saved plan is an object of its own, so identity says which one the file's belongs to.
    known = {id(theirs): mine for mine, theirs in secret_pairs(declared, change.declared, assistant_node())}
    return replace(change, declared=_fill(change.declared, known, change.address)) if change.body else change


def _fill(value: Value, known: Mapping[int, Secret], address: str) -> Value:
    match value:
        case Secret():
            mine = known.get(id(value))
            if mine is None or mine.variable != value.variable:
                raise RefusedError(f"`{address}` no longer declares a secret of the plan", hint="make a new plan")
            return mine
        case dict():
            return {key: _fill(child, known, address) for key, child in value.items()}
        case list():
            return [_fill(child, known, address) for child in value]
        case _:
            return value
