"""What all changes of one apply share (`ApplyContext`), and one change on its way to the server (`ChangeRun`)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import ExitCode, RemoteError, RevoxSyncError
from revox_sync.remote.client import Client
from revox_sync.remote.http.listing import UnreadableEntry
from revox_sync.remote.http.retry_policy import Uniform, is_unclear
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.ignored import managed_entry, managed_value
from revox_sync.sync.comparing.leaf_rules import token_of
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Change
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.model.server_facts import NO_FACTS, ServerFacts
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.state.environments import NO_OTHERS, OtherEnvironments
from revox_sync.sync.state.journal import Intent
from revox_sync.sync.state.recorder import StateRecorder


class UnknownEndError(RevoxSyncError):
    """Nobody can tell whether the server did what it was asked.

    Attributes:
        candidates: ids of the assistants that a create may have made, where there are several.
    """

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


class JournalWriteError(RevoxSyncError):
    """The journal cannot be written; what cannot be written down is not sent."""

    exit_code = ExitCode.INCOMPLETE


@dataclass(frozen=True, slots=True)
class ApplyContext:
    """What one apply works with.

    Attributes:
        recorder: writes lock and journal.
        stop: once it is set, requests in flight are finished and none is started.
        wait: lets seconds pass and returns whether the run was stopped meanwhile.
        now: seconds of Unix time.
        parallelism: requests at once, 1 to 32.
        report: called for each outcome as it comes, by the thread that called `apply_plan`.
        notice: told about work that takes long, by the thread that waits for it.
        sealer: seals secrets that the server masks.
        foreign_ids: ids that the locks of other environments hold; their names may be used again.
        others: what other environments hold or may have created by now.
        uniform: a random number between two others.
        facts: what a probe has learnt of the server.
        file_of: path of the file that an address has by now; None for one that has none, as when it was planned.
    """

    client: Client
    recorder: StateRecorder
    stop: Event
    wait: Callable[[float], bool]
    now: Callable[[], float]
    parallelism: int
    report: Callable[[Outcome], None]
    notice: Callable[[str], None]
    foreign_ids: frozenset[str] = frozenset()
    others: Callable[[], OtherEnvironments] = lambda: NO_OTHERS
    sealer: Sealer | None = None
    uniform: Uniform = random.uniform
    facts: ServerFacts = NO_FACTS
    file_of: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True, slots=True)
class ListedBefore:
    """What the account held before the first create.

    Attributes:
        ids: of all assistants that were listed, or that some lock or the plan knows.
        foreign_names: names, as `loose_name` gives them, of listed assistants that no lock and no plan knows.
        unreadable: entries of the list that cannot be read, and that no lock and no plan knows.
    """

    ids: frozenset[str] = frozenset()
    foreign_names: frozenset[str] = frozenset()
    unreadable: tuple[UnreadableEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRun:
    """One change while it is carried out.

    Attributes:
        restores: whether the plan brings back a snapshot, and not what the files say.
        turn: to be held while something is sent; at most `parallelism` changes have one at once.
        is_ending: whether nothing more may be begun.
    """

    context: ApplyContext
    change: Change
    listed: ListedBefore
    restores: bool = False
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)
    is_ending: Callable[[], bool] = lambda: False

    @property
    def former(self) -> LockEntry | None:
        """The lock entry that the change replaces, without what it knows of ignored fields."""
        entry = self.context.recorder.entry(self.previous_address or self.change.address)
        return managed_entry(entry, self.change.ignored)

    def declared(self, current: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the file wants of an assistant that is there, without ignored fields."""
        return managed_value(self.change.declared, current, self.change.ignored)

    @property
    def previous_address(self) -> str | None:
        """Where the lock entry still is, if its file has moved."""
        previous = self.change.previous_address
        return previous if previous is not None and self.context.recorder.entry(previous) is not None else None

    def begin(self, intent: Intent) -> Intent:
        """Write an intent down. Raises JournalWriteError, after which nothing must be sent."""
        try:
            return self.context.recorder.begin(intent)
        except OSError as error:
            raise JournalWriteError(f"the journal cannot be written: {error.strerror}; nothing was sent") from None

    def is_fresh(self, answer: dict[str, Any]) -> bool:
        """Whether an assistant, fetched just now, is still as it was when the plan was made."""
        current = remote_assistant(answer, self.former)
        return fingerprint(current.value, self.change.declared, assistant_node()) == self.change.fingerprint

    def is_unchanged(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """Whether nothing that a request could change differs between two looks at the assistant."""
        first, second = (fingerprint(value, self.change.declared, assistant_node()) for value in (before, after))
        return first == second

    def fetch_after(self, intent: Intent, error: RemoteError, unknown: str) -> dict[str, Any] | None:
        """The assistant after a write that ended with an error; None where it is gone.

        Raises UnknownEndError with the message `unknown` where the write may have been done and the assistant cannot
        be fetched, else the error that ended the run: the write's, or the interrupt.
        """
        try:
            return self.context.client.get_assistant(str(intent.id))
        except RemoteError as failure:
            if is_unclear(error):
                raise UnknownEndError(unknown) from None
            self.context.recorder.not_done(intent)
            # Whoever pressed Ctrl-C is told about that; the error of the write would look like the reason to stop.
            raise (failure if failure.interrupted else error) from None

    def is_current(self, found: Remote) -> bool:
        """Whether a fresh look is no older version, and the same version where something about the assistant is unsure.

        Where a leaf was sent and never seen, equal values prove nothing: somebody may have edited twice.
        """
        former = self.former
        token = token_of(found.value)
        if former is None:
            return True
        if token is not None and token == self.change.token:
            return True  # also where it is a former one: whoever made the plan has waited, and believed it
        return not former.tokens.is_stale(token) and (not former.unseen or self.change.token is None)

    def applied(self, assistant_id: str | None, *notes: str) -> Outcome:
        """The outcome of a change that was applied."""
        return Outcome(self.change.address, self.change.action, assistant_id, Result.APPLIED, None, notes)


def failed(change: Change, result: Result, error: str | None, candidates: tuple[str, ...] = ()) -> Outcome:
    """The outcome of a change that was not applied."""
    return Outcome(change.address, change.action, change.id, result, error, candidates=candidates)
