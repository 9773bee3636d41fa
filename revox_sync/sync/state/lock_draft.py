"""A lock while it changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from revox_sync.sync.model.lock import Lock, LockEntry


class LockDraft:
    """A lock of which entries are put and removed in place; for one thread at a time.

    A copy of the lock for each change would cost the square of the number of assistants.

    Attributes:
        organization_id: of the lock by now.
        changed: whether anything was put that was not there, or removed that was.
    """

    def __init__(self, lock: Lock) -> None:
        self._former = lock
        self._entries = dict(lock.entries)
        self._holders = Counter(entry.id for entry in self._entries.values())
        self.organization_id = lock.organization_id
        self.changed = False

    def lock(self) -> Lock:
        """The lock as it is by now."""
        return replace(self._former, organization_id=self.organization_id, entries=dict(self._entries))

    def entry(self, address: str) -> LockEntry | None:
        """The entry of an address."""
        return self._entries.get(address)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all entries."""
        return frozenset(entry.id for entry in self._entries.values())

    def holds(self, assistant_id: str, *, beside: str | None = None) -> bool:
        """Whether an entry has an id; `beside` is an address whose own entry does not count."""
        own = self._entries.get(beside) if beside is not None else None
        return self._holders[assistant_id] > (own is not None and own.id == assistant_id)

    def put(
        self, address: str, entry: LockEntry, organization_id: str | None, previous_address: str | None = None
    ) -> None:
        """Take in an entry unless it is there already; the entry of a moved file's former address goes.

        Args:
            organization_id: is taken over where the lock knows none.
        """
        if previous_address is not None:
            self.remove(previous_address)
        if self.organization_id is None and organization_id is not None:
            self.organization_id = organization_id
            self.changed = True
        if self._entries.get(address) != entry:
            self.remove(address)
            self._entries[address] = entry
            self._holders[entry.id] += 1
            self.changed = True

    def remove(self, address: str) -> None:
        """Take the entry of an address out, if there is one."""
        if (entry := self._entries.pop(address, None)) is not None:
            self._holders[entry.id] -= 1
            self.changed = True
