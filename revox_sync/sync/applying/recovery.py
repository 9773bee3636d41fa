"""An apply that did not end, found on disk: put together with the lock in memory, or for good."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.sync.applying.replay_journal import Replayed, replay
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.state.journal import Header, Journal, load_journal, require_same_lock
from revox_sync.sync.state.journal_file import rewrite
from revox_sync.sync.state.lock_file import lock_digest


@dataclass(frozen=True, slots=True)
class Recovery:
    """The way back to one lock.

    Attributes:
        path: of the journal.
        load: reads the lock.
        save: replaces the lock.
        any_url: the API is on this machine and changes its port as it likes.
        now: seconds of Unix time.
        wait: lets seconds pass and returns whether to give up.
    """

    path: Path
    load: Callable[[], Lock]
    save: Callable[[Lock], None]
    any_url: bool = False
    now: Callable[[], float] = time.time
    wait: Callable[[float], bool] = field(default_factory=lambda: Event().wait)

    def recall(self, client: Client) -> Replayed:
        """The lock in force. Only reads; raises what `replay` and `load_journal` raise."""
        return self._replayed(client)[1]

    def settle(self, client: Client) -> Replayed:
        """The lock in force, written; the journal keeps what is still unknown. No other apply may run meanwhile.

        Raises what `replay` and `load_journal` raise, and RefusedError when the disk refuses.
        """
        journal, found = self._replayed(client)
        if journal is None:
            return found
        try:
            if found.changed:
                self.save(found.lock)
            rewrite(self.path, _header(found.lock), found.unsettled)
        except OSError as error:
            raise RefusedError(f"the lock cannot be written: {error.strerror}; nothing was sent") from None
        return found

    def drop(self, address: str) -> bool:
        """Take an address out of the journal, because the user has said what holds; whether it was there.

        Call it within `alone()`, after the lock was written. Raises OSError when the disk refuses.
        """
        journal = load_journal(self.path)
        if journal is None or address not in journal.open:
            return False
        rewrite(self.path, journal.header, [each for each in journal.open.values() if each.address != address])
        return True

    def _replayed(self, client: Client) -> tuple[Journal | None, Replayed]:
        # The journal first: where an apply ends meanwhile, its lock then has all that the journal had.
        journal, lock = load_journal(self.path), self.load()
        if journal is None:
            return None, Replayed(lock)
        require_same_lock(self.path, journal, lock, any_url=self.any_url)
        return journal, replay(journal, lock, client, now=self.now, wait=self.wait)


def _header(lock: Lock) -> Header:
    return Header(lock.environment, lock.base_url, lock.organization_id, lock_digest(lock))
