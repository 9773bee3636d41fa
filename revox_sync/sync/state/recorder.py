"""Writes down what an apply begins and what came of it, before the next thing happens.

However many assistants there are, the lock itself is written only twice: before the first request, and when all is
done. In between the journal holds what is new, and recovery can make the same lock of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from threading import Lock as Mutex

from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.state.journal import Ending, Intent, entry_digest, header_of
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.lock_draft import LockDraft


class StateRecorder:
    """Keeps the lock and the journal of one apply; many threads may use it.

    Args:
        lock: the lock in force when the apply begins.
        save: writes a lock so that a crash leaves the old one or the new one.
        journal: where steps go; not started yet.
        unsettled: intents of an earlier apply of which nobody knows the end; they stay in the journal.
        merge: writes a lock after requests were sent, into whatever lock is there by then; None: `save` does.
    """

    def __init__(
        self,
        lock: Lock,
        save: Callable[[Lock], None],
        journal: JournalFile,
        unsettled: Iterable[Intent] = (),
        *,
        merge: Callable[[Lock], None] | None = None,
    ) -> None:
        self._draft = LockDraft(lock)
        self._save = save
        self._merge = merge or save
        self._journal = journal
        self._open = {intent.address: intent for intent in unsettled}
        self._mutex = Mutex()
        self._started = False
        self._organization_id: str | None = None

    def entry(self, address: str) -> LockEntry | None:
        """The entry of an address."""
        return self._draft.entry(address)

    def holds(self, assistant_id: str) -> bool:
        """Whether some entry has an id."""
        return self._draft.holds(assistant_id)

    @property
    def ids(self) -> frozenset[str]:
        """Ids of all entries."""
        with self._mutex:
            return self._draft.ids

    @property
    def changed(self) -> bool:
        """Whether the lock is another one by now."""
        return self._draft.changed

    def put(
        self, address: str, entry: LockEntry, organization_id: str | None, previous_address: str | None = None
    ) -> None:
        """Take an entry into the lock unless it is there already; the entry of a moved file's former address goes."""
        with self._mutex:
            self._draft.put(address, entry, organization_id, previous_address)

    def drop(self, address: str) -> None:
        """Take the entry of an address out of the lock, if there is one."""
        with self._mutex:
            self._draft.remove(address)

    def prepare(self, organization_id: str | None = None) -> None:
        """Write lock and journal before the first request. Raises OSError: better now than when something was sent.

        Args:
            organization_id: what the plan was made for; the journal says so even while the lock does not know.
        """
        self._organization_id = organization_id
        # Even if nothing has changed in it: this shows whether it can be written.
        lock = self._draft.lock()
        self._save(lock)
        self._journal.start(header_of(lock, organization_id), self._open.values())
        self._started = True

    def begin(self, intent: Intent) -> Intent:
        """Write down what is about to be sent, and return it with the lock entry it replaces. Raises OSError."""
        former = self.entry(intent.previous_address or intent.address)
        # Recovery compares this with the lock it finds: a lock that somebody has changed since counts for more.
        intent = replace(intent, former=entry_digest(former), branch=self._journal.branch)
        self._journal.append(intent)
        with self._mutex:
            self._open[intent.address] = intent
        return intent

    def done(self, intent: Intent, entry: LockEntry | None, organization_id: str | None = None) -> None:
        """The server did it: write down the entry it has from now on, None where it was deleted. Raises OSError.

        It is on disk before the next intent is, and when `settle` returns.
        """
        ending = Ending(intent.address, happened=True, entry=entry, organization_id=organization_id)
        self._end(intent, replace(ending, branch=intent.branch))
        if entry is None:
            self.drop(intent.address)
        else:
            self.put(intent.address, entry, organization_id, intent.previous_address)

    def not_done(self, intent: Intent) -> None:
        """The server did not do it: write that down, as `done` does. Raises OSError."""
        with self._mutex:
            self._open.pop(intent.address, None)  # even where it cannot be written: there is nothing to find out
        self._end(intent, Ending(intent.address, happened=False, branch=intent.branch))

    def settle(self, patience: float = 0.0) -> None:
        """Wait until what `done` and `not_done` wrote is on disk. Raises OSError.

        Args:
            patience: see `JournalFile.sync`.
        """
        self._journal.sync(patience)

    def finish(self) -> None:
        """Write the lock, then take the journal away, but for intents of which nobody knows the end.

        In this order: at any instant the two together hold everything. Raises OSError, and what `merge` raises; the
        journal then stays.
        """
        with suppress(OSError):  # then the lock alone has to hold it
            self.settle()
        lock = self._draft.lock()
        if self.changed:
            self._merge(lock)
        if self._started:
            self._journal.rewrite(header_of(lock, self._organization_id), self._open.values())

    def _end(self, intent: Intent, ending: Ending) -> None:
        if intent.hidden:
            self._journal.append(ending)  # without it nobody could find out what became of the intent
        else:
            # Not waited for: it is on disk before the next intent is. Should the machine stop first, recovery asks the
            # server what became of this one.
            self._journal.note(ending)
        with self._mutex:
            self._open.pop(intent.address, None)
