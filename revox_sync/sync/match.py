"""Which remote assistant a file means (DESIGN §4, rules 1 to 4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from revox_sync.pointer import Value
from revox_sync.sync.lock import Lock, LockEntry


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote assistant, its value guarded."""

    id: str
    name: str
    value: Mapping[str, Value]


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


def needed_ids(
    files: Mapping[str, str], remotes: Iterable[Remote], lock: Lock, unreadable: AbstractSet[str] = frozenset()
) -> list[str]:
    """Locked ids, sorted, that must be fetched by id before `match`, because the list lacks them (404 → missing).

    Entries of files that are not looked at (`unreadable`) are left out.
    """
    listed = {remote.id for remote in remotes}
    looked_at = files.keys() | (lock.entries.keys() - unreadable)
    return sorted({lock.entries[address].id for address in looked_at & lock.entries.keys()} - listed)


def match(
    files: Mapping[str, str],
    unreadable: AbstractSet[str],
    remotes: Sequence[Remote],
    lock: Lock,
    by_lock_only: AbstractSet[str] = frozenset(),
) -> Matches:
    """Find the remote assistant of every file; no remote assistant is given to two files.

    Args:
        files: names by address.
        unreadable: addresses whose file exists but is broken or not selected: their entries are neither moved nor gone.
        remotes: the list and what was fetched by id, in any order.
        lock: the lock of the environment.
        by_lock_only: addresses of files whose kind the list leaves out (sub-assistants): never adopted by name.
    """
    known = {remote.id: remote for remote in remotes}
    locked = {entry.id for entry in lock.entries.values()}
    gone = lock.entries.keys() - files.keys() - unreadable
    orphans = _by_name((lock.entries[address].name, address) for address in sorted(gone))
    free = _by_name((known[key].name, key) for key in sorted(known.keys() - locked))
    claims = Counter(name for address, name in files.items() if address not in lock.entries)
    matches = []
    for address, name in sorted(files.items()):
        if address in lock.entries:
            found = _by_entry(address, lock.entries[address], known)
        elif name in orphans:
            found = _moved(address, orphans[name], lock, known, alone=claims[name] == 1)
        elif name in free and address not in by_lock_only:
            found = _adopted(address, free[name], known, alone=claims[name] == 1)
        else:
            found = Match(address, MatchKind.CREATE)
        matches.append(found)
    return Matches(tuple(matches), tuple(sorted(key for key in gone if lock.entries[key].name not in claims)))


def _by_name(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    groups = defaultdict(list)
    for name, each in pairs:
        groups[name].append(each)
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
