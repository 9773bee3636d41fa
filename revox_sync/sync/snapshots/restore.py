"""Makes the plan that brings back a snapshot (docs/design.md, "Restore"): two-way, the snapshot wins. It only reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from revox_sync.contract.fields import Node, assistant_node, is_hidden
from revox_sync.errors import UsageError
from revox_sync.sync.comparing.canonical import equal
from revox_sync.sync.comparing.field_diff import impact_of, sent_changes
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.leaf_rules import token_of
from revox_sync.sync.comparing.secrets import has_secret, secret_pairs, wrap_known_secrets, wrap_matching_secrets
from revox_sync.sync.comparing.server_appended import server_entries, without_server_entries
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action, Change, Plan, PlanOptions, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.request_body import restored_body
from revox_sync.sync.planning.shown_change import replaced_value
from revox_sync.sync.remote_state.fetch import (
    OLDER,
    UNREADABLE,
    Reader,
    fetch_all,
    remote_assistant,
    with_resent_marked,
)
from revox_sync.sync.snapshots.reader import one_organization
from revox_sync.sync.snapshots.snapshot import Captured, Snapshot
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.address import is_named, naming
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.loose_name import loose_name
from revox_sync.values.pointer import Value, dotted
from revox_sync.values.secret import Secret
from revox_sync.values.walk import DESCEND, parts, rebuilt


@dataclass(frozen=True, slots=True)
class RestoreTarget:
    """What the API holds now.

    Attributes:
        assistants: by the address to bring back; an address without one was deleted.
        names: ids of everything the list call shows, by `loose_name`.
        unread: why nobody can tell what the API holds for an address.
        organization_id: None where no answer names one.
    """

    assistants: Mapping[str, Remote]
    names: Mapping[str, str]
    organization_id: str | None
    unread: Mapping[str, str] = field(default_factory=dict)


def by_address(snapshot: Snapshot, lock: Lock) -> dict[str, Captured]:
    """The snapshot's assistants by the address they have now, else by the one they had; others belong to no file."""
    addresses = {entry.id: address for address, entry in lock.entries.items()}
    bound = {addresses[captured.id]: captured for captured in snapshot.assistants if captured.id in addresses}
    unbound = [captured for captured in snapshot.assistants if captured.id not in addresses]
    former = {captured.address: captured for captured in unbound if captured.address}
    return former | bound


def chosen_assistants(known: Mapping[str, Captured], patterns: Sequence[str]) -> dict[str, Captured]:
    """Those that addresses or globs name, sorted; all without any. Raises UsageError for one that names nothing."""
    for pattern in patterns:
        if not any(is_named(address, pattern) for address in known):
            hint = did_you_mean(pattern, known) or f"addresses in it: {', '.join(sorted(known)[:8]) or 'none'}"
            raise UsageError(f"the snapshot has no assistant with the address `{pattern}`", hint=hint)
    chosen = [address for address in known if not patterns or naming(address, patterns) is not None]
    return {address: known[address] for address in sorted(chosen)}


def addresses_with_secrets(wanted: Mapping[str, Captured]) -> frozenset[str]:
    """Addresses whose secrets only their file can bring back."""
    return frozenset(address for address, captured in wanted.items() if has_secret(captured.value))


def fetch_present(reader: Reader, wanted: Mapping[str, Captured], lock: Lock) -> RestoreTarget:
    """Fetch what is to be brought back, under its own id or the one its address has now.

    Raises RemoteError where the API gives no usable answer.
    """
    listing = reader.listing()
    listed = listing.assistants
    entries = lock.entries
    # An assistant that was deleted and created again has a new id, which the lock knows.
    ids = {
        address: [captured.id, *([entries[address].id] if address in entries else [])]
        for address, captured in wanted.items()
    }
    answers = fetch_all(reader, (assistant_id for both in ids.values() for assistant_id in both))
    found = {assistant_id: remote_assistant(answer) for assistant_id, answer in answers.items() if answer is not None}
    shown = {str(assistant["id"]) for assistant in listed} | {entry.id for entry in listing.unreadable}
    assistants: dict[str, Remote] = {}
    unread: dict[str, str] = {}
    for address, both in ids.items():
        remote, entry = next((found[each] for each in both if each in found), None), entries.get(address)
        if remote is None and not shown.isdisjoint(both):
            unread[address] = UNREADABLE
        elif remote is not None and entry is not None and entry.tokens.is_stale(token_of(remote.value)):
            unread[address] = OLDER
        elif remote is not None:
            assistants[address] = with_resent_marked(remote, entry)
    if len(assistants) + len(unread) < len(wanted):
        # What is not there any more is created again, and any of these could be a namesake.
        listing.require_readable("GET /assistants")
    return RestoreTarget(
        assistants=assistants,
        names={loose_name(str(assistant["name"])): str(assistant["id"]) for assistant in listed},
        organization_id=one_organization([*listed, *(remote.value for remote in found.values())]),
        unread=unread,
    )


def make_restore_plan(
    snapshot: Snapshot,
    wanted: Mapping[str, Captured],
    present: RestoreTarget,
    declared: Mapping[str, Mapping[str, Value]],
    lock: Lock,
) -> Plan:
    """The plan that makes the API hold what the snapshot holds.

    Args:
        wanted: assistants to bring back, by address.
        declared: the files' values by address, as far as secrets are wanted from them.
        lock: the lock in force, of the API that is to hold it.
    """
    changes, refused, notes = [], [], list(_notes(snapshot, lock, present))
    for address, captured in wanted.items():
        if address in present.unread:
            refused.append(Refusal(address, captured.name, present.unread[address]))
            continue
        file, current = declared.get(address, {}), present.assistants.get(address)
        restorable = restorable_value(captured.value, file, current.value if current else None, whole=captured.whole)
        notes.extend(f"{address}: {note}" for note in restorable.notes)
        if current is not None:
            entry = lock.entries.get(address)
            # The plan is shown: what the snapshot, the lock or the file calls a secret must not be.
            before = wrap_known_secrets(restorable.fields, current.value, entry, assistant_node())
            before = wrap_known_secrets(file, before, None, assistant_node())
            changes.append(_update(address, captured, restorable.fields, current, before))
        elif reason := _why_refused(captured, restorable.fields, present.names):
            refused.append(Refusal(address, captured.name, reason))
        else:
            changes.append(_create(address, captured, restorable.fields))
    return Plan(
        environment=snapshot.environment,
        base_url=lock.base_url,
        organization_id=present.organization_id or lock.organization_id or snapshot.organization_id,
        options=PlanOptions(),
        lock_digest=lock_digest(lock),
        changes=tuple(changes),
        refused=tuple(refused),
        notes=tuple(notes),
        restored_from=snapshot.taken_at,
    )


def _notes(snapshot: Snapshot, lock: Lock, present: RestoreTarget) -> Iterator[str]:
    yield f"brings back the snapshot taken at {snapshot.taken_at}"
    without_file = len(snapshot.assistants) - len(by_address(snapshot, lock))
    if without_file:
        yield f"assistants of the snapshot that belong to no file stay as they are: {without_file}"
    if present.organization_id is None and snapshot.organization_id is not None:
        yield f"the API has no assistant that says whether the key belongs to {snapshot.organization_id}"


def _why_refused(captured: Captured, fields: Mapping[str, Value], names: Mapping[str, str]) -> str | None:
    missing = [f"`{key}`" for key in assistant_node().schema.get("required", ()) if key not in fields]
    if missing:
        return f"it cannot be created again without {', '.join(missing)}"
    namesake = names.get(loose_name(captured.name))
    return f"{captured.id} was deleted, and another assistant has its name: {namesake}" if namesake else None


def _create(address: str, captured: Captured, fields: Mapping[str, Value]) -> Change:
    return Change(
        address=address,
        name=captured.name,
        id=None,
        action=Action.CREATE,
        impact=impact_of(fields),
        reason=f"{captured.id} was deleted: it comes back under a new id",
        fields=tuple(sent_changes({}, fields, assistant_node())),
        declared=fields,
        body=fields,
    )


def _update(
    address: str, captured: Captured, fields: Mapping[str, Value], current: Remote, before: Mapping[str, Value]
) -> Change:
    """The update of an assistant; `before` is what it holds, every secret wrapped that the file or the lock knows."""
    body = restored_body(fields, current.value, fields)
    return Change(
        address=address,
        name=str(fields.get("name", current.name)),
        id=current.id,
        action=Action.UPDATE if fields else Action.NOOP,
        impact=impact_of(fields),
        reason=f"{captured.id} was deleted and created again" if fields and captured.id != current.id else None,
        fields=tuple(sent_changes(before, body, assistant_node())),
        declared=fields,
        body=body,
        before=replaced_value(before, body),
        fingerprint=fingerprint(current.value, fields, assistant_node()),
    )


# --- one assistant


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
