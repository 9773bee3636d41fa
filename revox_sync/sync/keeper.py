"""The lock during one apply: every entry is on disk before the next thing happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock as Mutex

from revox_sync.sync.lock import Lock, LockEntry


class LockKeeper:
    """Collects lock entries from many threads.

    Args:
        lock: where it starts.
        save: writes a lock so that a crash leaves the old one or the new one. Its OSError reaches the caller of `put`.
    """

    def __init__(self, lock: Lock, save: Callable[[Lock], None]) -> None:
        self._lock = lock
        self._save = save
        self._mutex = Mutex()
        self.changed = False

    def entry(self, address: str) -> LockEntry | None:
        """The entry of an address."""
        return self._lock.entries.get(address)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all entries."""
        return frozenset(entry.id for entry in self._lock.entries.values())

    def rewrite(self) -> None:
        """Write the lock as it is."""
        self._save(self._lock)

    def put(
        self, address: str, entry: LockEntry, organization_id: str | None, previous_address: str | None = None
    ) -> None:
        """Record an entry unless it is there already; the entry of a moved file's former address goes."""
        with self._mutex:
            lock = self._lock
            if previous_address is not None:
                lock = lock.without(previous_address)
            if lock.organization_id is None and organization_id is not None:
                lock = replace(lock, organization_id=organization_id)
            if lock.entries.get(address) != entry:
                lock = lock.with_entry(address, entry)
            if lock is not self._lock:
                self._save(lock)
                self._lock = lock
                self.changed = True
