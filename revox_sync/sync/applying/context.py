"""What the parts of one apply share, and how one assistant can end other than by an answer."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import ExitCode, RevoxSyncError
from revox_sync.remote.client import Client
from revox_sync.remote.http.retry_policy import Uniform
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.server_appended import Appended
from revox_sync.sync.comparing.verify_response import new_entry
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Change
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.state.journal import Intent
from revox_sync.sync.state.recorder import StateRecorder
from revox_sync.values.pointer import Pointer


class UnknownEndError(RevoxSyncError):
    """Nobody can tell whether the server did what it was asked.

    Attributes:
        candidates: ids of the assistants that a create may have made, where there are several.
    """

    exit_code = ExitCode.INCOMPLETE

    def __init__(self, message: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.candidates = candidates


class UnwrittenError(RevoxSyncError):
    """The journal cannot be written; what cannot be written down is not sent."""

    exit_code = ExitCode.INCOMPLETE


@dataclass(frozen=True, slots=True)
class ApplyContext:
    """One apply.

    Attributes:
        known: ids that were there before the first create.
        taken: names, as `name_key` gives them, of assistants that are there and belong to nobody here.
        restores: the plan brings back a snapshot, not what the files say.
        wait: lets seconds pass and returns whether the run was stopped meanwhile.
        now: seconds of Unix time.
        notice: told what takes its time.
        uniform: a random number between two others.
    """

    client: Client
    keeper: StateRecorder
    known: frozenset[str]
    taken: frozenset[str]
    restores: bool
    wait: Callable[[float], bool]
    now: Callable[[], float]
    notice: Callable[[str], None]
    uniform: Uniform = random.uniform

    def begin(self, intent: Intent) -> Intent:
        """Write an intent down. Raises UnwrittenError, after which nothing must be sent."""
        try:
            return self.keeper.begin(intent)
        except OSError as error:
            raise UnwrittenError(f"the journal cannot be written: {error.strerror}; nothing was sent") from None


def bare_entry(run: ApplyContext, change: Change, assistant_id: str) -> LockEntry:
    """The lock entry of an assistant of which only the id is known: the next plan sends what differs from the file."""
    return _restored(run, change, assistant_id) if run.restores else LockEntry(assistant_id, change.name, {})


def entry_after(
    run: ApplyContext, change: Change, answer: Remote, unsettled: frozenset[Pointer], appended: Appended
) -> LockEntry:
    """The lock entry after a write.

    After one that brings back a snapshot the lock still says what the file said last: the next plan then shows the
    values brought back as edited outside, until the file follows.

    Args:
        unsettled: leaves that keep their former digests.
        appended: server-grown entries that were sent with it.
    """
    if run.restores:
        return replace(_restored(run, change, answer.id), appended=appended)
    return new_entry(change.declared, answer, former_entry(run, change), unsettled, appended)


def former_entry(run: ApplyContext, change: Change) -> LockEntry | None:
    """The lock entry that a change replaces."""
    return run.keeper.entry(change.previous_address or change.address)


def _restored(run: ApplyContext, change: Change, assistant_id: str) -> LockEntry:
    former = former_entry(run, change)
    if former is None:
        return LockEntry(assistant_id, change.name, {}, outdated=True)
    return replace(former, id=assistant_id)


def is_fresh(run: ApplyContext, change: Change, answer: dict[str, Any]) -> bool:
    """Whether an assistant, fetched just now, is still as the plan was made from it."""
    current = remote_assistant(answer, former_entry(run, change))
    return fingerprint(current.value, change.declared, assistant_node()) == change.fingerprint


def is_same(change: Change, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether nothing that a request could change differs between two looks at an assistant."""
    first, second = (fingerprint(each, change.declared, assistant_node()) for each in (one, other))
    return first == second


def ended(change: Change, result: Result, error: str, candidates: tuple[str, ...] = ()) -> Outcome:
    """The outcome of a change that was not applied."""
    return Outcome(change.address, change.action, change.id, result, error, candidates=candidates)
