"""What the lock remembers after a pull."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.three_way import compare, leaf_digests
from revox_sync.sync.comparing.verify_response import new_entry
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.pulling.units import LOCAL, OUTSIDE
from revox_sync.sync.remote_state.match import Match
from revox_sync.values.pointer import Pointer, Value


def pulled_entry(
    declared: Mapping[str, Value], match: Match, remote: Remote, pulled: Iterable[Pointer]
) -> LockEntry | None:
    """The lock entry after a pull; None where it stays as it is.

    Pulled leaves get new digests, the others keep theirs. An assistant that is new to the lock gets an entry only when
    nothing differs any more: with one, what still differs would count as an edit of the file, and the next apply would
    overwrite the server's value without a word.

    Args:
        declared: the file's value after the pull, guarded.
        pulled: units that the file took over.
    """
    node = assistant_node()
    if match.entry is None or match.entry.outdated:
        differing = OUTSIDE | LOCAL
        settled = not any(each.state in differing for each in compare(declared, remote.value, None, node))
        return new_entry(declared, remote, match.entry, frozenset()) if settled else None
    units = list(pulled)
    if not units:
        return None
    new = leaf_digests(declared, remote.value, node)
    kept = {each: digests for each, digests in match.entry.leaves.items() if not _touches(each, units)}
    taken = {each: digests for each, digests in new.items() if _touches(each, units)}
    name = str(declared["name"]) if ("name",) in units else match.entry.name
    return replace(match.entry, name=name, leaves=kept | taken)


def _touches(leaf: Pointer, units: Iterable[Pointer]) -> bool:
    """Whether a leaf belongs to a unit, or was one as long as the unit was not there."""
    return any(leaf[: len(each)] == each or each[: len(leaf)] == leaf for each in units)


def pulled_lock(
    lock: Lock, organization_id: str | None, matches: Iterable[Match], entries: Mapping[str, LockEntry]
) -> Lock:
    """The lock with new entries by address; the entry of a moved file's former address goes."""
    if not entries:
        return lock
    moved = {each.previous_address for each in matches if each.address in entries}
    kept = {address: entry for address, entry in lock.entries.items() if address not in moved}
    return replace(lock, entries={**kept, **entries}, organization_id=lock.organization_id or organization_id)
