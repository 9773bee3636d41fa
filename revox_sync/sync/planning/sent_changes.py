"""What a plan shows of a request: every field it changes or loses and what that means for callers, never a secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.canonical import equal, value_digest
from revox_sync.sync.comparing.field_diff import field_changes, without_open_credentials
from revox_sync.sync.comparing.leaves import leaves
from revox_sync.sync.comparing.secret_paths import wrap_secrets_at
from revox_sync.sync.comparing.secrets import wrap_matching_secrets
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.model.field_change import FieldChange
from revox_sync.sync.model.lock import LeafDigests, LockEntry
from revox_sync.sync.model.plan import IMPACTS
from revox_sync.values.pointer import Value, dotted, value_at
from revox_sync.values.secret import MASK, Secret


def sent_changes(before: Mapping[str, Value], body: Mapping[str, Value], node: Node) -> Iterator[FieldChange]:
    """What a request changes, in the schema's order.

    Args:
        before: the server's value as `wrap_all_secrets` returns it; empty for a create.
        body: the fields that are sent.
        node: root of the assistant schema.
    """
    order = list(node.properties)
    for key in sorted(body, key=order.index):
        if before.get(key) is None:
            yield from _new_leaves({key: body[key]}, node)
        else:
            yield from field_changes(before[key], body[key], node.child(key), (key,))


def _new_leaves(body: Mapping[str, Value], node: Node) -> Iterator[FieldChange]:
    """A field the server does not have: a list in it is one change, its entries say nothing one by one."""
    for pointer, value in leaves(body, node).items():
        if isinstance(value, Secret):
            yield FieldChange(dotted(pointer), None, None, sensitive=True, added=True)
        elif value is not None:
            yield without_open_credentials(
                FieldChange(dotted(pointer), None, _masked(value), sensitive=False, added=True)
            )


def lost_changes(remote: Mapping[str, Value], entry: LockEntry, node: Node) -> Iterator[FieldChange]:
    """What goes with a remote assistant: every leaf a request could have set that is no null and no default.

    No file says any more which of its values come from environment variables. So a list the lock knows is shown only
    where its digest proves that it knows all secrets in it, and of an entry without digests no value is shown.

    Args:
        remote: the server's value, guarded.
        entry: its lock entry.
        node: root of the assistant schema.
    """
    server = wrap_all_secrets({}, remote, entry, node)
    then = wrap_secrets_at(remote, {}, entry.secret_places, node, strangers=False)
    for pointer, value in leaves(server, node).items():
        place = node.at(pointer, server)
        if value in (None, {}, []) or place is None or (place.has_default and equal(value, place.default, place)):
            continue
        digests, known = entry.leaves.get(pointer), value_at(then, pointer)
        proven = digests is not None and _is_unchanged(known, digests, place)
        if isinstance(value, Secret) or entry.outdated or (isinstance(value, list) and digests and not proven):
            yield FieldChange(dotted(pointer), None, None, sensitive=True, removed=True)
        else:
            shown = _masked(known if proven else value)
            yield without_open_credentials(FieldChange(dotted(pointer), shown, None, sensitive=False, removed=True))


def _is_unchanged(value: Value, digests: LeafDigests, node: Node) -> bool:
    return value_digest(without_server_entries([], value, node), node) == digests.server


def _masked(value: Value) -> Value:
    if isinstance(value, list):
        return [_masked(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _masked(child) for key, child in value.items()}
    return MASK if isinstance(value, Secret) else value


def wrap_all_secrets(
    declared: Mapping[str, Value], server: Mapping[str, Value], entry: LockEntry | None, node: Node
) -> Mapping[str, Value]:
    """The server's value with everything wrapped that is a secret in the file, or was one when it was last applied."""
    places = entry.secret_places if entry is not None else frozenset()
    result: Mapping[str, Value] = wrap_secrets_at(
        wrap_matching_secrets(declared, server, node), declared, places, node, strangers=True
    )
    return result


def impact_of(fields: Iterable[str]) -> tuple[str, ...]:
    """The impacts of top-level fields, most audible first."""
    node = assistant_node()
    found = {place.impact for key in fields if (place := node.child(key)) is not None}
    return tuple(each for each in IMPACTS if each in found)
