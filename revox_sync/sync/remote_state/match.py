"""Which remote assistant a file means (docs/design.md, "Matching")."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from revox_sync.sync.comparing.canonical import canonical_json
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote


class MatchKind(StrEnum):
    """How a file found its remote assistant, or why it has none."""

    LOCKED = "locked"
    MOVED = "moved"
    ADOPTED = "adopted"
    CREATE = "create"
    MISSING = "missing"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Match:
    """A file and its remote assistant.

    Attributes:
        address: the file.
        kind: how it was matched.
        remote: LOCKED, MOVED and ADOPTED have one.
        entry: the lock entry that was used: LOCKED, MOVED and MISSING have one.
        previous_address: where the lock has the entry when the file moved (MOVED, or MISSING after a move).
        candidates: ids of the assistants an AMBIGUOUS file could mean, sorted.
    """

    address: str
    kind: MatchKind
    remote: Remote | None = None
    entry: LockEntry | None = None
    previous_address: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matches:
    """All files with their remote assistants.

    Attributes:
        matches: one per file, sorted by address.
        orphaned: addresses, sorted, of lock entries without a file that no file could be the new place of.
    """

    matches: tuple[Match, ...]
    orphaned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExcludedFiles:
    """What nobody looks at now, and nobody else may take for that.

    Attributes:
        files: files that are broken or not selected, by address, with their names; None where one is not known.
        bound: ids that the locks of other environments hold.
    """

    files: Mapping[str, str | None] = field(default_factory=dict)
    bound: AbstractSet[str] = frozenset()

    def unread(self, lock: Lock) -> list[str]:
        """Addresses, sorted, of files that may be the new place of any lock entry, because nobody knows their name."""
        return sorted(address for address, name in self.files.items() if name is None and address not in lock.entries)


NOTHING_EXCLUDED: Final = ExcludedFiles()


def name_key(name: str) -> str:
    """What two names share that mean one assistant: a server may have trimmed the one it was sent."""
    return canonical_json(name, None)


def needed_ids(
    files: Mapping[str, str], remotes: Iterable[Remote], lock: Lock, others: ExcludedFiles = NOTHING_EXCLUDED
) -> list[str]:
    """Locked ids, sorted, that must be fetched by id before `match`, because the list lacks them (404 → missing).

    Entries of files that are not looked at are left out.
    """
    listed = {remote.id for remote in remotes}
    looked_at = files.keys() | (lock.entries.keys() - others.files.keys())
    return sorted({lock.entries[address].id for address in looked_at & lock.entries.keys()} - listed)


def match(
    files: Mapping[str, str],
    others: ExcludedFiles,
    remotes: Sequence[Remote],
    lock: Lock,
    by_lock_only: AbstractSet[str] = frozenset(),
) -> Matches:
    """Find the remote assistant of every file; no remote assistant is given to two files.

    Names count as `name_key` has them.

    Args:
        files: names by address.
        others: files that are not looked at: their entries are neither moved nor gone, and one of them may be where
            the file of another entry is now.
        remotes: the list and what was fetched by id, in any order.
        lock: the lock of the environment.
        by_lock_only: addresses of files whose kind the list leaves out (sub-assistants): never adopted by name.
    """
    known = {remote.id: remote for remote in remotes}
    keys = {address: name_key(name) for address, name in {**others.files, **files}.items() if name is not None}
    bound = {entry.id for entry in lock.entries.values()} | others.bound
    gone = lock.entries.keys() - files.keys() - others.files.keys()
    orphans = _by_name((lock.entries[address].name, address) for address in sorted(gone))
    free = _by_name((known[key].name, key) for key in sorted(known.keys() - bound))
    claims = Counter(key for address, key in keys.items() if address not in lock.entries)
    matches = []
    for address in sorted(files):
        name = keys[address]
        if address in lock.entries:
            found = _by_entry(address, lock.entries[address], known)
        elif name in orphans:
            found = _moved(address, orphans[name], lock, known, alone=claims[name] == 1)
        elif name in free and address not in by_lock_only:
            found = _adopted(address, free[name], known, alone=claims[name] == 1)
        else:
            found = Match(address, MatchKind.CREATE)
        matches.append(found)
    orphaned = sorted(each for each in gone if name_key(lock.entries[each].name) not in claims)
    return Matches(tuple(matches), tuple(orphaned))


def _by_name(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    groups = defaultdict(list)
    for name, each in pairs:
        groups[name_key(name)].append(each)
    return dict(groups)


def _by_entry(address: str, entry: LockEntry, known: Mapping[str, Remote], previous: str | None = None) -> Match:
    remote = known.get(entry.id)
    if remote is None:
        return Match(address, MatchKind.MISSING, None, entry, previous)
    return Match(address, MatchKind.LOCKED if previous is None else MatchKind.MOVED, remote, entry, previous)


def _moved(address: str, orphans: list[str], lock: Lock, known: Mapping[str, Remote], *, alone: bool) -> Match:
    if len(orphans) == 1 and alone:
        return _by_entry(address, lock.entries[orphans[0]], known, orphans[0])
    ids = sorted(lock.entries[orphan].id for orphan in orphans)
    return Match(address, MatchKind.AMBIGUOUS, candidates=tuple(ids))


def _adopted(address: str, ids: list[str], known: Mapping[str, Remote], *, alone: bool) -> Match:
    if len(ids) == 1 and alone:
        return Match(address, MatchKind.ADOPTED, known[ids[0]])
    return Match(address, MatchKind.AMBIGUOUS, candidates=tuple(ids))
