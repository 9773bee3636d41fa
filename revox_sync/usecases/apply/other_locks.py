"""What looks like an edit made outside may be an apply of ours whose lock has not come to this branch yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError, UsageError
from revox_sync.source.files.git_tree import Git
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.model.lock import Confirmed, LockEntry, Sent
from revox_sync.sync.model.plan import Plan
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.remote_state.match import Match
from revox_sync.sync.state.lock_file import read_lock
from revox_sync.values.pointer import dotted

_MOST_REVISIONS: Final = 20
"""Of more revisions of a lock in other branches, the latest are looked at."""
_OUTSIDE: Final = frozenset({LeafState.DRIFT, LeafState.CONFLICT})


def with_other_locks(plan: Plan, desired: Sequence[Desired], state: State, root: Path, lock_name: str) -> Plan:
    """The plan with a note for each blocked assistant whose server's values a lock in another branch knows.

    Args:
        root: of the project.
        lock_name: path of the lock below it.
    """
    blocked = {each.address for each in (*plan.drift, *plan.conflicts)}
    if not blocked:
        return plan
    try:
        revisions = list(_revisions(Git(root), Path(lock_name).as_posix()))
    except UsageError:  # no repository, or no git
        return plan
    matches = {match.address: match for match in state.matches.matches}
    notes = (_note(wish, matches[wish.address], revisions) for wish in desired if wish.address in blocked)
    return replace(plan, notes=(*plan.notes, *(note for note in notes if note is not None)))


def _revisions(git: Git, lock_path: str) -> Iterator[tuple[str, Mapping[str, LockEntry]]]:
    """Where a lock of another branch is, in words, and its entries; the latest first."""
    limit = f"--max-count={_MOST_REVISIONS}"
    listed = git.ask("rev-list", limit, "--all", "--not", "HEAD", "--", lock_path) or ""
    for commit in listed.split():
        text = git.ask("show", f"{commit}:./{lock_path}")
        names = git.ask("for-each-ref", "--count=1", "--format=%(refname:short)", f"--contains={commit}") or ""
        if text is not None:
            try:
                yield f"{names.strip() or 'a branch'} ({commit[:7]})", read_lock(text, lock_path).entries
            except RefusedError:  # of another version, or damaged: it says nothing
                continue


def _note(wish: Desired, match: Match, revisions: Sequence[tuple[str, Mapping[str, LockEntry]]]) -> str | None:
    if match.remote is None or match.entry is None:
        return None
    node = assistant_node()
    mine = compare(wish.declared, match.remote.value, match.entry, node)
    outside = {leaf.pointer for leaf in mine if leaf.state in _OUTSIDE}
    for where, entries in revisions:
        entry = entries.get(wish.address)
        if entry is None or entry.id != match.remote.id:
            continue
        theirs = compare(wish.declared, match.remote.value, entry, node)
        known = [
            leaf.pointer
            for leaf in theirs
            if leaf.pointer in outside and leaf.state not in _OUTSIDE and isinstance(leaf.record, Confirmed | Sent)
        ]
        if known:
            paths = ", ".join(f"`{dotted(pointer)}`" for pointer in known)
            return (
                f"{wish.address}: {paths}: the server's value is one that we have sent, as the lock in {where} says, "
                "which is not in this branch. Merge it, and plan again"
            )
    return None
