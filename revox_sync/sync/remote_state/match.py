"""Which remote assistant a file means (docs/design.md, "Matching")."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final

from revox_sync.sync.comparing.leaf_rules import token_of
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.values.loose_name import loose_name


class MatchKind(Enum):
    """How a file found its remote assistant, or why it has none."""

    LOCKED = auto()
    MOVED = auto()
    ADOPTED = auto()
    CREATE = auto()
    MISSING = auto()
    UNREADABLE = auto()
    AMBIGUOUS = auto()


@dataclass(frozen=True, slots=True)
class Match:
    """A file and its remote assistant.

    Attributes:
        address: the file.
        kind: how it was matched.
        remote: LOCKED, MOVED and ADOPTED have one.
        entry: the lock entry that was used: LOCKED, MOVED, MISSING and UNREADABLE have one.
        previous_address: where the lock has the entry when the file moved (MOVED, or MISSING after a move).
        unread: the remote assistant is listed, but cannot be read by its id.
        candidates: ids, sorted, of the assistants that an AMBIGUOUS file could mean, or that have the name of a MISSING
            one by now.
        unlisted: the list call leaves out assistants of this kind, so one may exist all the same.
    """

    address: str
    kind: MatchKind
    remote: Remote | None = None
    entry: LockEntry | None = None
    previous_address: str | None = None
    candidates: tuple[str, ...] = ()
    unread: bool = False

    @property
    def is_stale(self) -> bool:
        """Whether the remote assistant is an older version than one that was seen before."""
        if self.remote is None or self.entry is None:
            return False
        return self.entry.tokens.is_stale(token_of(self.remote.value))

    @property
    def believed(self) -> Match:
        """The same where an older version that is shown for long is the current one: newer ones are forgotten."""
        if not self.is_stale or self.remote is None or self.entry is None:
            return self
        tokens = self.entry.tokens.seen(token_of(self.remote.value))
        return replace(self, entry=replace(self.entry, tokens=tokens))

    unlisted: bool = False


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
    unlisted: AbstractSet[str] = frozenset(),
) -> Matches:
    """Find the remote assistant of every file; no remote assistant is given to two files.

    Names count as `loose_name` has them.

    Args:
        files: names by address.
        others: files that are not looked at: their entries are neither moved nor gone, and one of them may be where
            the file of another entry is now.
        remotes: the list and what was fetched by id, in any order.
        lock: the lock of the environment.
        unlisted: addresses of files whose kind the list leaves out (sub-assistants): never adopted by name.
    """
    known = {remote.id: remote for remote in remotes}
    names = {address: loose_name(name) for address, name in {**others.files, **files}.items() if name is not None}
    bound = {entry.id for entry in lock.entries.values()} | others.bound
    # A file that is broken or not selected is still there.
    gone = sorted(lock.entries.keys() - files.keys() - others.files.keys())
    moved = _by_name((lock.entries[old].name, _by_entry(lock.entries[old], known, old)) for old in gone)
    free = _by_name((known[id_].name, Match("", MatchKind.ADOPTED, known[id_])) for id_ in sorted(known.keys() - bound))
    claims = Counter(name for address, name in names.items() if address not in lock.entries)
    matches = []
    for address in sorted(files):
        name = names[address]
        # An entry without a file goes first: the assistant it names has been this project's before.
        candidates = moved.get(name) or ([] if address in unlisted else free.get(name, []))
        if address in lock.entries:
            found = _by_entry(lock.entries[address], known)
        elif len(candidates) == 1 and claims[name] == 1:
            found = candidates[0]
        elif candidates:
            found = Match("", MatchKind.AMBIGUOUS, candidates=tuple(sorted(map(_id_of, candidates))))
        else:
            found = Match("", MatchKind.CREATE)
        if found.kind is MatchKind.MISSING:  # whoever wants it back may mean one that has its name by now
            found = replace(found, candidates=tuple(map(_id_of, free.get(name, []))))
        matches.append(replace(found, address=address, unlisted=address in unlisted))
    orphaned = [address for address in gone if loose_name(lock.entries[address].name) not in claims]
    return Matches(tuple(matches), tuple(orphaned))


def _by_name(named: Iterable[tuple[str, Match]]) -> Mapping[str, list[Match]]:
    """What a file without entry could mean, by the key of its name."""
    groups = defaultdict(list)
    for name, candidate in named:
        groups[loose_name(name)].append(candidate)
    return groups


def _by_entry(entry: LockEntry, known: Mapping[str, Remote], previous: str | None = None) -> Match:
    remote = known.get(entry.id)
    kind = MatchKind.LOCKED if previous is None else MatchKind.MOVED
    return Match("", kind if remote else MatchKind.MISSING, remote, entry, previous)


def _id_of(candidate: Match) -> str:
    return candidate.entry.id if candidate.entry else candidate.remote.id if candidate.remote else ""
