"""Carries out one change after the other; shared by all threads of an apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event
from typing import Final

from revox_sync.errors import RefusedError, RemoteError, RevoxSyncError
from revox_sync.sync.applying.context import ApplyContext, UnknownEndError, UnwrittenError, ended
from revox_sync.sync.applying.create import create
from revox_sync.sync.applying.delete import delete
from revox_sync.sync.applying.update import update
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action, Change

CARRIED: Final[Mapping[Action, Callable[[ApplyContext, Change], Outcome]]] = {
    Action.CREATE: create,
    Action.UPDATE: update,
    Action.DELETE: delete,
}


class Executor:
    """Turns changes into outcomes.

    Args:
        stop: once it is set, nothing is begun any more.
    """

    def __init__(self, run: ApplyContext, stop: Event) -> None:
        self._run = run
        self._stop = stop
        self._halted = Event()

    def execute(self, change: Change) -> Outcome:
        """Create, update or delete one assistant; whatever goes wrong is in the outcome."""
        if self._stop.is_set() or self._halted.is_set():
            return Outcome(change.address, change.action, change.id, Result.SKIPPED)
        try:
            return CARRIED[change.action](self._run, change)
        except (RevoxSyncError, OSError) as error:
            if isinstance(error, UnwrittenError | OSError):
                self.halt()  # what cannot be remembered is not done
            return _ended(change, error)

    def halt(self) -> None:
        """Begin nothing any more."""
        self._halted.set()


def _ended(change: Change, error: RevoxSyncError | OSError) -> Outcome:
    """The outcome of a change that ended with an error."""
    match error:
        case UnknownEndError():
            return ended(change, Result.UNKNOWN, error.message, error.candidates)
        case RefusedError():
            return ended(change, Result.REFUSED, error.message)
        case RemoteError() if error.interrupted:
            return ended(change, Result.SKIPPED, error.message)
        case RevoxSyncError():
            return ended(change, Result.FAILED, error.message)
        case _:
            problem = f"the answer cannot be written down: {error.strerror}; the next apply asks the server again"
            return ended(change, Result.UNKNOWN, problem)
