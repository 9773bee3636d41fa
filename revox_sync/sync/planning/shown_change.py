"""What a change shows: worked out from what it sends and from the server's side, never from what a file says of it.

A saved plan may have been written by anybody. Its `fields` are for programs that read the file; people are shown what
follows from `body`, and apply refuses what would change anything else than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.field_diff import impact_of, lost_changes, lost_value, removed_changes, sent_changes
from revox_sync.sync.comparing.secrets import wrap_known_secrets
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action, Change, FieldChange, Plan
from revox_sync.values.credential_patterns import without_credentials
from revox_sync.values.pointer import Value
from revox_sync.values.secret import MASK
from revox_sync.values.walk import DESCEND, rebuilt


def replaced_value(before: Mapping[str, Value], body: Iterable[str]) -> dict[str, Value]:
    """The server's side of the fields of a request, as a plan may keep it; `before` with its secrets wrapped."""
    return {key: _kept(before[key]) for key in body if before.get(key) is not None}


def deleted_value(remote: Mapping[str, Value], entry: LockEntry) -> Mapping[str, Value]:
    """What goes with a remote assistant, as a plan may keep it."""
    kept: Mapping[str, Value] = _kept(lost_value(remote, entry, assistant_node()))
    return kept


def _kept(value: Value) -> Value:
    """The value without the credentials that somebody wrote in plain text. A `Secret` stays one."""

    def covered(part: Value, *_: object) -> Value:
        return without_credentials(part, lambda _: MASK) if isinstance(part, str) else DESCEND

    return rebuilt(value, covered)


def as_sent(plan: Plan) -> Plan:
    """The plan with everything that it shows of a change worked out from what would be sent."""
    return replace(plan, changes=tuple(map(_as_sent, plan.changes)))


def _as_sent(change: Change) -> Change:
    if change.action is Action.NOOP:
        return replace(change, fields=(), impact=())
    name = change.before.get("name") if change.action is Action.DELETE else change.declared.get("name")
    return replace(
        change,
        name=name if isinstance(name, str) else change.name,
        impact=impact_of(change.before if change.action is Action.DELETE else change.body),
        fields=tuple(_shown(change)),
    )


def _shown(change: Change) -> Iterable[FieldChange]:
    node = assistant_node()
    if change.action is Action.DELETE:
        return removed_changes(change.before, node)
    fields = tuple(sent_changes(change.before, change.body, node))
    # A field that is sent although it would not change: nobody has to believe that, so it is shown as if it were new.
    alike = (key for key in change.body if not any(sent_changes(change.before, {key: change.body[key]}, node)))
    return (*fields, *sent_changes({}, {key: change.body[key] for key in alike}, node))


def require_update_as_shown(
    change: Change, current: Mapping[str, Value], entry: LockEntry | None, body: Mapping[str, Value]
) -> None:
    """Raises RefusedError if an update would change something else than the plan shows.

    Args:
        current: the server's object, fetched right before.
        body: what is about to be sent.
    """
    node = assistant_node()
    before = wrap_known_secrets(change.declared, current, entry, node)
    _require_shown(change, sent_changes(before, body, node))


def require_delete_as_shown(change: Change, current: Mapping[str, Value], entry: LockEntry | None) -> None:
    """Raises RefusedError if a delete would lose something else than the plan shows, or is of no assistant of ours."""
    if entry is None or entry.id != change.id:
        raise RefusedError(f"the plan deletes {change.id}, which is not the assistant that the lock has for it")
    _require_shown(change, lost_changes(current, entry, assistant_node()))


def _require_shown(change: Change, fields: Iterable[FieldChange]) -> None:
    shown = {field.path: field for field in _shown(change)}
    for field in fields:
        found = shown.get(field.path)
        # Of a secret nothing but its place was shown.
        if found is None or not (found.sensitive or _is_same(found, field)):
            raise RefusedError(f"it would change `{field.path}` in another way than the plan shows; plan again")


def _is_same(shown: FieldChange, field: FieldChange) -> bool:
    sides = ((shown.before, field.before), (shown.after, field.after))
    return not field.sensitive and all(equal(was, now, None) for was, now in sides)
