"""What of a snapshot's assistant can be sent to the API again, and what cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from revox_sync.contract.fields import Node, assistant_node, is_hidden
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.secrets import has_secret, secret_pairs, wrap_matching_secrets
from revox_sync.sync.comparing.server_appended import server_entries, without_server_entries
from revox_sync.values.pointer import Value, dotted
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, parts, rebuilt


@dataclass(slots=True)
class RestorableValue:
    """One assistant on its way restorable.

    Attributes:
        fields: what is to be sent; null clears a field.
        notes: what cannot come back, and what comes back in another form.
    """

    fields: dict[str, Value] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, key: str, node: Node, kept: Value, declared: Value, now: Value) -> None:
        """Take over a field, or say why it stays as it is now."""
        value = _with_file_secrets(_sendable(kept, node), declared, node)
        lost = ", ".join(f"`{dotted((key, *pointer))}`" for pointer, part, _ in parts(value) if _is_lost(part))
        if _is_same(value, now, node):
            if lost:
                self.notes.append(f"{lost}: no snapshot holds secrets; the server keeps what it has")
        elif value is None and (not node.nullable or node.deprecated):
            self.notes.append(f"`{key}` cannot be cleared once it is set; the server keeps its value")
        elif lost:
            self.notes.append(f"`{key}` cannot come back, for no snapshot holds secrets: declare {lost} with `!env`")
        else:
            self.fields[key] = value
            if has_secret(value):
                self.notes.append(f"the secrets in `{key}` are those of the file; no snapshot holds any")
            if appended := len(server_entries(None, kept, node)):
                # A request cannot mark an entry as the server's own.
                self.notes.append(
                    f"`{key}`: entries the server had added by itself come back as ordinary ones ({appended})"
                )


def restorable_value(
    kept: Mapping[str, Value], declared: Mapping[str, Value], current: Mapping[str, Value] | None, *, whole: bool
) -> RestorableValue:
    """The fields in which the API differs from a snapshot.

    Args:
        kept: the snapshot's value, its secrets unknown.
        declared: the file's value, the one place secrets come from; empty where there is no file.
        current: the server's object, guarded and whole; None where the assistant is created again.
        whole: whether the snapshot has every field.
    """
    restorable = RestorableValue()
    for key, node in assistant_node().properties.items():
        if node.read_only:
            continue
        if key in kept:
            restorable.add(key, node, kept[key], declared.get(key), None if current is None else current.get(key))
        elif node.absent_from_list and not whole and current is None:
            restorable.notes.append(f"`{key}` is not in the snapshot and comes back empty")
    if current is None and is_hidden(kept):
        restorable.notes.append("the list call hides sub-assistants, so an existing one is not found")
    return restorable


def _is_same(value: Value, now: Value, node: Node) -> bool:
    """Whether nothing but secrets, of which the snapshot knows nothing, can differ."""
    return equal(value, without_server_entries(value, wrap_matching_secrets(value, now, node), node), node)


def _sendable(value: Value, node: Node | None) -> Value:
    """The value without read-only keys, and without nulls that no request accepts."""
    if isinstance(value, list):
        return [_sendable(entry, node.element if node is not None else None) for entry in value]
    if not isinstance(value, Mapping):
        return value
    places = {key: node.child(key, value) if node is not None else None for key in value}
    return {key: _sendable(child, places[key]) for key, child in value.items() if _may_be_sent(child, places[key])}


def _may_be_sent(value: Value, node: Node | None) -> bool:
    if node is None:
        return value is not None
    return not node.read_only and (value is not None or (node.nullable and not node.deprecated))


def _with_file_secrets(kept: Value, declared: Value, node: Node) -> Value:
    """The snapshot's value with the secrets that the file declares with `!env` in their places."""
    # Every secret of a snapshot is an object of its own, so identity says which one the file's belongs to.
    found = {id(theirs): mine for mine, theirs in secret_pairs(declared, kept, node) if mine.variable is not None}
    return rebuilt(kept, lambda part, *_: found.get(id(part), part) if isinstance(part, Secret) else DESCEND)


def _is_lost(part: Value) -> bool:
    """Whether a part is a secret that nobody knows."""
    return isinstance(part, Secret) and part.variable is None
