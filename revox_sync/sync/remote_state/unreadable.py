"""Entries of the list that cannot be read: what they may be, and so which files nothing can be planned for.

An entry that cannot be read is never taken for gone, and it stops nothing that it cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from revox_sync.errors import UnreachableError
from revox_sync.remote.http.listing import AssistantList, UnreadableEntry
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.remote_state.match import Match, Matches, MatchKind
from revox_sync.values.address import as_arguments
from revox_sync.values.loose_name import loose_name

_MOST_UNREADABLE: Final = 20


class SingleReader(Protocol):
    """What can be asked for one assistant."""

    @property
    def connections(self) -> int:
        """Requests that can be under way at once; more threads would wait for one another."""

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None where there is none."""

    def expect(self, number: int) -> None:
        """So many assistants are about to be asked for; whoever watches may want to know."""

    def abort(self) -> None:
        """Give up every call of every thread now."""


def may_be(entry: UnreadableEntry, name: str, known: AbstractSet[str]) -> bool:
    """Whether an entry may be an assistant of a name.

    Args:
        known: ids of assistants that are known to be others.
    """
    return entry.id not in known and (entry.name is None or loose_name(entry.name) == loose_name(name))


@dataclass(frozen=True, slots=True)
class Unread:
    """Entries that cannot be read, neither in the list nor by their ids.

    Attributes:
        entries: as the list has them.
    """

    entries: tuple[UnreadableEntry, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Ids of assistants that exist, and of which nothing else is known."""
        return frozenset(entry.id for entry in self.entries if entry.id is not None)

    def marked(self, matches: Matches) -> Matches:
        """The matches, where what cannot be read is not taken for missing."""
        return replace(matches, matches=tuple(map(self._marked, matches.matches)))

    def _marked(self, found: Match) -> Match:
        is_unread = found.remote is None and found.entry is not None and found.entry.id in self.ids
        return replace(found, kind=MatchKind.UNREADABLE) if is_unread else found

    def reasons(
        self, matches: Matches, files: Mapping[str, str], lock: Lock, bound: AbstractSet[str]
    ) -> Iterator[tuple[str, str, str]]:
        """Address, name and reason of everything that nothing can be planned for.

        Args:
            files: names by address.
            bound: ids that other environments hold.
        """
        problems = {entry.id: entry.problem for entry in self.entries}
        locked = {entry.id for entry in lock.entries.values()}
        for found in matches.matches:
            name = files[found.address]
            if found.kind is MatchKind.UNREADABLE and found.entry is not None:
                yield found.address, name, _unread(found.entry.id, problems[found.entry.id])
            elif found.entry is None and not found.unlisted:
                # It has no lock entry, so it could be any assistant of its name.
                entry = next((entry for entry in self.entries if may_be(entry, name, locked | bound)), None)
                if entry is not None:
                    yield found.address, name, _doubtful(found.address, entry)
        for address in matches.orphaned:
            entry_id = lock.entries[address].id
            if entry_id in problems:
                yield address, lock.entries[address].name, _unread(entry_id, problems[entry_id])


def _unread(assistant_id: str, problem: str) -> str:
    return f"the API lists {assistant_id} in a form that cannot be read ({problem}), and answers no better to its id"


def _doubtful(address: str, entry: UnreadableEntry) -> str:
    return (
        f"an entry of the API's list cannot be read ({entry.problem}) and may be this assistant; "
        f"`revox-sync import {as_arguments(address, 'ID')}` says which one is meant, or mend the entry in the dashboard"
    )


class LenientReader:
    """Reads by id what the list shows in a form that cannot be read; None where that is no better."""

    def __init__(self, reader: SingleReader) -> None:
        self._reader = reader

    @property
    def connections(self) -> int:
        """Requests that can be under way at once."""
        return self._reader.connections

    def get_assistant(self, assistant_id: str) -> dict[str, Any] | None:
        """The assistant, or None where there is none that can be read."""
        try:
            return self._reader.get_assistant(assistant_id)
        except UnreachableError as error:
            if error.end != "unreadable":
                raise
            return None

    def expect(self, number: int) -> None:
        """Say that so many assistants are about to be read one by one."""
        self._reader.expect(number)

    def abort(self) -> None:
        """Give up every call of every thread now."""
        self._reader.abort()


def settled(
    listing: AssistantList, ask: Callable[[Sequence[str]], Mapping[str, dict[str, Any] | None]]
) -> tuple[list[dict[str, Any]], Unread]:
    """The assistants of a list with those that can only be read by id, and what cannot be read at all.

    Args:
        ask: answers by id.

    Raises UnreachableError for a list of which so much cannot be read that the API must have changed.
    """
    ids = [entry.id for entry in listing.unreadable if entry.id is not None]
    if len(listing.unreadable) > _MOST_UNREADABLE:
        listing.require_readable("GET /assistants")
    answers = ask(ids)
    found = [answer for answer in answers.values() if answer is not None]
    left = tuple(entry for entry in listing.unreadable if entry.id is None or answers[entry.id] is None)
    return [*listing.assistants, *found], Unread(left)
