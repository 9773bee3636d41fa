"""Recovers from an apply that did not end: its journal and the lock become one lock, in memory or on disk."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.sync.applying.replay_journal import Replay, Replayed
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.state.journal import Header, Journal, load_journal, require_same_lock
from revox_sync.sync.state.journal_file import rewrite
from revox_sync.sync.state.lock_file import lock_digest


@dataclass(frozen=True, slots=True)
class Recovery:
    """Where lock and journal of an environment are, and how they are put together.

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
        """The lock in force. Only reads. Raises what `Replay.result` and `load_journal` raise."""
        return self._replayed(client)[1]

    def settle(self, client: Client) -> Replayed:
        """The lock in force, written; the journal keeps what is still unknown. No other apply may run meanwhile.

        Raises what `recall` raises, and RefusedError when the disk refuses.
        """
        journal, found = self._replayed(client)
        if journal is None:
            return found
        try:
            if found.changed:
                self.save(found.lock)
            lock = found.lock
            header = Header(lock.environment, lock.base_url, lock.organization_id, lock_digest(lock))
            rewrite(self.path, header, found.unsettled)
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
        rewrite(self.path, journal.header, [intent for intent in journal.open.values() if intent.address != address])
        return True

    def _replayed(self, client: Client) -> tuple[Journal | None, Replayed]:
        # The journal first: an apply that ends right now writes its lock, then removes its journal. Read the other way
        # round, an old lock could be found together with no journal.
        journal, lock = load_journal(self.path), self.load()
        if journal is None:
            return None, Replayed(lock)
        require_same_lock(self.path, journal, lock, any_url=self.any_url)
        return journal, Replay(journal, lock, client, self.now, self.wait).result()
