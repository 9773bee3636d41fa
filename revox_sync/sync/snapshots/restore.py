"""Makes the plan that brings back a snapshot (docs/design.md, "Restore"): two-way, the snapshot wins. It only reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import UsageError
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.secrets import has_secret
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action, Change, Plan, PlanOptions, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.restored_body import restored_body
from revox_sync.sync.planning.sent_changes import impact_of, sent_changes, wrap_all_secrets
from revox_sync.sync.remote_state.fetch import remote_assistant, with_resent_marked
from revox_sync.sync.remote_state.match import name_key
from revox_sync.sync.remote_state.reader import Reader, fetch_all
from revox_sync.sync.snapshots.reader import one_organization
from revox_sync.sync.snapshots.restore_value import RestorableValue, restorable_value
from revox_sync.sync.snapshots.snapshot import Captured, Snapshot
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.address import is_named, naming
from revox_sync.values.did_you_mean import did_you_mean
from revox_sync.values.pointer import Value


@dataclass(frozen=True, slots=True)
class RestoreTarget:
    """What the API holds now.

    Attributes:
        assistants: by the address to bring back; an address without one was deleted.
        names: ids of everything the list call shows, by `name_key`.
        organization_id: None where no answer names one.
    """

    assistants: Mapping[str, Remote]
    names: Mapping[str, str]
    organization_id: str | None


def by_address(snapshot: Snapshot, lock: Lock) -> dict[str, Captured]:
    """The snapshot's assistants by the address they have now, else by the one they had; others belong to no file."""
    addresses = {entry.id: address for address, entry in lock.entries.items()}
    bound = {addresses[each.id]: each for each in snapshot.assistants if each.id in addresses}
    former = {each.address: each for each in snapshot.assistants if each.address and each.id not in addresses}
    return former | bound


def chosen_assistants(known: Mapping[str, Captured], patterns: Sequence[str]) -> dict[str, Captured]:
    """Those that addresses or globs name, sorted; all without any. Raises UsageError for one that names nothing."""
    for pattern in patterns:
        if not any(is_named(each, pattern) for each in known):
            hint = did_you_mean(pattern, known) or f"addresses in it: {', '.join(sorted(known)[:8]) or 'none'}"
            raise UsageError(f"the snapshot has no assistant with the address `{pattern}`", hint=hint)
    return {each: known[each] for each in sorted(known) if not patterns or naming(each, patterns) is not None}


def secret_bearers(wanted: Mapping[str, Captured]) -> frozenset[str]:
    """Addresses whose secrets only their file can bring back."""
    return frozenset(address for address, each in wanted.items() if has_secret(each.value))


def fetch_present(reader: Reader, wanted: Mapping[str, Captured], lock: Lock) -> RestoreTarget:
    """Fetch what is to be brought back, under its own id or the one its address has now.

    Raises RemoteError where the API gives no usable answer.
    """
    listed = reader.list_assistants()
    ids = {address: _ids(address, each, lock) for address, each in wanted.items()}
    found = _fetched(reader, dict.fromkeys(key for keys in ids.values() for key in keys))
    living = {address: next((found[key] for key in keys if key in found), None) for address, keys in ids.items()}
    return RestoreTarget(
        assistants={
            address: with_resent_marked(each, lock.entries.get(address)) for address, each in living.items() if each
        },
        names={name_key(str(each["name"])): str(each["id"]) for each in listed},
        organization_id=one_organization([*listed, *(each.value for each in found.values())]),
    )


def _fetched(reader: Reader, ids: Iterable[str]) -> dict[str, Remote]:
    return {key: remote_assistant(answer) for key, answer in fetch_all(reader, ids).items() if answer is not None}


def _ids(address: str, captured: Captured, lock: Lock) -> list[str]:
    entry = lock.entries.get(address)
    return [captured.id, *([entry.id] if entry is not None else [])]


def make_restore_plan(  # noqa: PLR0913 - what is brought back, and everything it is compared with
    *,
    snapshot: Snapshot,
    base_url: str,
    wanted: Mapping[str, Captured],
    present: RestoreTarget,
    declared: Mapping[str, Mapping[str, Value]],
    lock: Lock,
) -> Plan:
    """The plan that makes the API hold what the snapshot holds.

    Args:
        wanted: assistants to bring back, by address.
        declared: the files' values by address, as far as secrets are wanted from them.
        lock: the lock in force.
    """
    changes, refused, notes = [], [], list(_about(snapshot, lock, present))
    for address, captured in wanted.items():
        file, current = declared.get(address, {}), present.assistants.get(address)
        back = restorable_value(captured.value, file, current.value if current else None, whole=captured.whole)
        notes.extend(f"{address}: {each}" for each in back.notes)
        reason = _why_refused(captured, back, present.names) if current is None else None
        if reason:
            refused.append(Refusal(address, captured.name, reason))
        elif current is None:
            changes.append(_create(address, captured, back))
        else:
            changes.append(_update(address, captured, back, current, file, lock))
    return Plan(
        environment=snapshot.environment,
        base_url=base_url,
        organization_id=present.organization_id or lock.organization_id or snapshot.organization_id,
        options=PlanOptions(),
        lock_digest=lock_digest(lock),
        changes=tuple(changes),
        refused=tuple(refused),
        notes=tuple(notes),
        restored_from=snapshot.taken_at,
    )


def _about(snapshot: Snapshot, lock: Lock, present: RestoreTarget) -> Iterator[str]:
    yield f"brings back the snapshot taken at {snapshot.taken_at}"
    strangers = len(snapshot.assistants) - len(by_address(snapshot, lock))
    if strangers:
        yield f"assistants of the snapshot that belong to no file stay as they are: {strangers}"
    if present.organization_id is None and snapshot.organization_id is not None:
        yield f"the API has no assistant that says whether the key belongs to {snapshot.organization_id}"


def _why_refused(captured: Captured, back: RestorableValue, names: Mapping[str, str]) -> str | None:
    required = assistant_node().schema.get("required", ())
    missing = [key for key in required if key not in back.fields]
    if missing:
        return f"it cannot be created again without {', '.join(f'`{each}`' for each in missing)}"
    namesake = names.get(name_key(captured.name))
    if namesake is not None:
        return f"{captured.id} was deleted, and another assistant has its name: {namesake}"
    return None


def _create(address: str, captured: Captured, back: RestorableValue) -> Change:
    return Change(
        address=address,
        name=captured.name,
        id=None,
        action=Action.CREATE,
        impact=impact_of(back.fields),
        reason=f"{captured.id} was deleted: it comes back under a new id",
        fields=tuple(sent_changes({}, back.fields, assistant_node())),
        declared=back.fields,
        body=back.fields,
    )


def _update(  # noqa: PLR0913, PLR0917 - what is brought back, and everything it is compared with
    address: str, captured: Captured, back: RestorableValue, current: Remote, file: Mapping[str, Value], lock: Lock
) -> Change:
    node, sent = assistant_node(), back.fields
    body = restored_body(sent, current.value, sent)
    before = wrap_all_secrets(file, wrap_all_secrets(sent, current.value, lock.entries.get(address), node), None, node)
    return Change(
        address=address,
        name=str(sent.get("name", current.name)),
        id=current.id,
        action=Action.UPDATE if sent else Action.NOOP,
        impact=impact_of(sent),
        reason=f"{captured.id} was deleted and created again" if sent and captured.id != current.id else None,
        fields=tuple(sent_changes(before, body, node)),
        declared=sent,
        body=body,
        fingerprint=fingerprint(current.value, sent, node),
    )
