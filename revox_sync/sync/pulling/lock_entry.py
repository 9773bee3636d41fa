"""What the lock holds after a pull."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.leaf_rules import token_of
from revox_sync.sync.comparing.three_way import compare, leaf_looks
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Confirmed, Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.pulling.field_groups import EDITED_LOCALLY, EDITED_OUTSIDE
from revox_sync.sync.remote_state.match import Match
from revox_sync.values.pointer import Pointer, Value


def pulled_entry(
    declared: Mapping[str, Value], match: Match, remote: Remote, pulled: Iterable[Pointer]
) -> LockEntry | None:
    """The lock entry after a pull; None where it stays as it is.

    Args:
        declared: the file's value after the pull, guarded.
        pulled: field groups that the file took over: their leaves get new digests, the others keep theirs.
    """
    node = assistant_node()
    if match.entry is None or match.entry.outdated:
        # With an entry, what still differs would count as an edit of the file, and the next apply would overwrite the
        # server's value without a word. So there is one only when nothing differs any more.
        states = {leaf.state for leaf in compare(declared, remote.value, None, node)}
        if states & (EDITED_OUTSIDE | EDITED_LOCALLY):
            return None
        return entry_in_sync(declared, remote, match.entry)
    groups = list(pulled)
    if not groups:
        return None
    looks = leaf_looks(declared, remote.value, match.entry, node)
    kept = {leaf: record for leaf, record in match.entry.leaves.items() if not _touches(leaf, groups)}
    # Somebody has decided for the server's value: whatever was sent before, it is what both sides have now.
    taken = {
        leaf: Confirmed(look.declared, look.value) if look is not None else None
        for leaf, look in looks.items()
        if _touches(leaf, groups)
    }
    name = str(declared["name"]) if ("name",) in groups else match.entry.name
    tokens = match.entry.tokens.seen(token_of(remote.value))
    return replace(match.entry, name=name, leaves=kept | taken, tokens=tokens)


def _touches(leaf: Pointer, groups: Iterable[Pointer]) -> bool:
    """Whether a leaf lies in a group, or a group in what was a leaf before: null, where there is a mapping now."""
    return any(leaf[: len(group)] == group or group[: len(leaf)] == leaf for group in groups)


def pulled_lock(
    lock: Lock, organization_id: str | None, matches: Iterable[Match], entries: Mapping[str, LockEntry]
) -> Lock:
    """The lock with new entries by address; the entry of a moved file's former address goes."""
    if not entries:
        return lock
    # The entry moves with the file; at its old address it would look like an assistant to delete.
    moved = {match.previous_address for match in matches if match.address in entries}
    kept = {address: entry for address, entry in lock.entries.items() if address not in moved}
    return replace(lock, entries={**kept, **entries}, organization_id=lock.organization_id or organization_id)
