"""Binds a file to a remote assistant that somebody names by id.

A binding never decides who wins. Where file and server are equal, the lock gets the digests of both; where they differ,
nobody can tell a dashboard edit from one in the file, so the lock only says which assistant is meant: the next plan
shows the differences as conflicts, and `apply --on-drift revert` or `pull --theirs` settles them.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.values.address import as_arguments
from revox_sync.values.pointer import dotted


@dataclass(frozen=True, slots=True)
class Binding:
    """A file and the remote assistant it is bound to from now on.

    Attributes:
        lock: with the entry in it.
        changed: False where the two were bound already, and the lock is as it was.
        differing: paths on which file and server differ; empty where the entry comes from `moved_from`, with digests.
        moved_from: the address that held this id and has no file any more.
        replaced: id of the missing assistant that the address was bound to.
    """

    address: str
    remote: Remote
    lock: Lock
    changed: bool = True
    differing: tuple[str, ...] = ()
    moved_from: str | None = None
    replaced: str | None = None


def bind(desired: Desired, remote: Remote, lock: Lock, files: AbstractSet[str], missing: AbstractSet[str]) -> Binding:
    """Bind a file to a remote assistant, in the lock.

    Args:
        remote: fetched by id, so that no field is left out.
        lock: the lock in force.
        files: addresses of all files, selected or not, broken or not.
        missing: ids of the lock that no longer exist on the server.

    Raises:
        RefusedError: another organisation's assistant, or the address or the id is bound already.
    """
    organization_id = _organization(remote, lock)
    former = lock.entries.get(desired.address)
    if former is not None and former.id == remote.id and not former.unseen:
        return Binding(desired.address, remote, lock, changed=False)
    if former is not None and former.id not in missing | {remote.id}:
        hint = f"`revox-sync forget {as_arguments(desired.address)}` lets go of it"
        raise RefusedError(f"`{desired.address}` is bound to {former.id}", hint=hint)
    # Two addresses with one id would take turns in overwriting one assistant.
    holder = next((address for address, entry in lock.entries.items() if entry.id == remote.id), None)
    if holder == desired.address:
        holder = None  # bound already; what was sent and not seen is decided anew
    if holder is not None and holder in files:
        hint = f"`revox-sync forget {as_arguments(holder)}` lets go of it"
        raise RefusedError(f"{remote.id} is bound to `{holder}`", hint=hint)
    entry, differing = (lock.entries[holder], ()) if holder is not None else _new(desired, remote)
    rest = lock.without(holder) if holder is not None else lock
    return Binding(
        address=desired.address,
        remote=remote,
        lock=replace(rest, organization_id=organization_id).with_entry(desired.address, entry),
        differing=differing,
        moved_from=holder,
        replaced=former.id if former is not None and former.id != remote.id else None,
    )


def _organization(remote: Remote, lock: Lock) -> str | None:
    """The organisation of the lock from now on. Raises RefusedError for another one's assistant."""
    own = remote.value.get("organization_id")
    if lock.organization_id and own and own != lock.organization_id:
        raise RefusedError(
            f"{remote.id} belongs to organisation {own}, the lock of `{lock.environment}` to {lock.organization_id}",
            hint="check the API key and the environment; a lock belongs to one organisation",
        )
    return lock.organization_id or (str(own) if own else None)


def _new(desired: Desired, remote: Remote) -> tuple[LockEntry, tuple[str, ...]]:
    """An entry, and the paths on which the two sides differ; if there are any, the entry has no digests."""
    leaves = compare(desired.declared, remote.value, None, assistant_node())
    differing = tuple(dotted(leaf.pointer) for leaf in leaves if leaf.state is LeafState.CONFLICT)
    if differing:
        return LockEntry(remote.id, desired.name, {}, outdated=True), differing
    return entry_in_sync(desired.declared, remote, None), ()
