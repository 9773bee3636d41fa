"""Deletes an assistant that nobody has touched since the plan was made."""

from __future__ import annotations

from revox_sync.errors import RefusedError, RemoteError
from revox_sync.sync.evidence import is_unclear
from revox_sync.sync.journal import Intent
from revox_sync.sync.outcome import Outcome, Result
from revox_sync.sync.plan import Action, Change
from revox_sync.sync.running import Running, UnknownEndError, is_fresh


def delete(run: Running, change: Change) -> Outcome:
    """Delete one assistant; one that is gone already is done.

    Raises:
        RefusedError: it was edited meanwhile.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell.
    """
    answer = run.client.get_assistant(str(change.id))
    if answer is not None and not is_fresh(change, answer):
        raise RefusedError("it was edited outside since the plan was made; plan again")
    intent = run.begin(Intent(change.address, Action.DELETE, change.name, run.now(), id=change.id))
    deleted = answer is not None and _deleted(run, intent)
    run.keeper.done(intent, None)
    notes = () if deleted else ("it was gone already",)
    return Outcome(change.address, change.action, change.id, Result.APPLIED, None, notes)


def _deleted(run: Running, intent: Intent) -> bool:
    """Delete it; whether it was still there."""
    try:
        return run.client.delete_assistant(str(intent.id))
    except RemoteError as error:
        failure = error
    if is_unclear(failure):
        try:
            left = run.client.get_assistant(str(intent.id))
        except RemoteError:
            raise UnknownEndError(f"{failure.message}; the next apply finds out whether it was deleted") from None
        if left is None:
            return True
    run.keeper.nothing(intent)
    raise failure
