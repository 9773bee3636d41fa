"""Two locks that grew from one: what this run has changed goes into what somebody else has put in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from revox_sync.sync.model.lock import Lock, LockEntry


class MergedLock(NamedTuple):
    """A lock with the changes of two sides.

    Attributes:
        left_out: why entries of this run are not in it, a text for each.
    """

    lock: Lock
    left_out: tuple[str, ...]


def merge_locks(base: Lock, own: Lock, current: Lock) -> MergedLock:
    """The current lock with every entry that this run has changed, and no other.

    An address that has another id by now keeps it, and an id that has another address by now is not put into a second
    one: which of the two is meant only the user can say.

    Args:
        base: the lock that both grew from.
        own: what this run would write.
        current: what is there now.
    """
    entries, left_out = dict(current.entries), []
    changed = dict(_changed(base, own))
    for address, entry in changed.items():
        # An entry that moves to another address leaves its old one first; otherwise its id would be taken.
        if entry is None and _is_same(entries.get(address), base.entries.get(address)):
            entries.pop(address, None)
    for address, entry in changed.items():
        if entry is None:
            continue
        there = entries.get(address)
        holder = next((other for other, each in entries.items() if each.id == entry.id and other != address), None)
        replaced = _is_same(there, base.entries.get(address))  # this run has created the assistant again
        if there is not None and not replaced and not _is_same(there, entry):
            left_out.append(f"`{address}` is {there.id} in it by now, not {entry.id}")
        elif holder is not None:
            left_out.append(f"{entry.id} is `{holder}` in it by now, not `{address}`")
        else:
            entries[address] = entry
    organization_id = current.organization_id or own.organization_id
    return MergedLock(replace(current, organization_id=organization_id, entries=entries), tuple(left_out))


def _changed(base: Lock, own: Lock) -> Iterator[tuple[str, LockEntry | None]]:
    """Addresses whose entry this run has changed, with the new one; None where it has none any more."""
    for address in {**base.entries, **own.entries}:
        entry = own.entries.get(address)
        if entry != base.entries.get(address):
            yield address, entry


def _is_same(left: LockEntry | None, right: LockEntry | None) -> bool:
    """Whether two entries are about one assistant."""
    return left is not None and right is not None and left.id == right.id
