"""Deletes an assistant that nobody has touched since the plan was made."""

from __future__ import annotations

from typing import Any

from revox_sync.errors import RefusedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ApplyContext, UnknownEndError, is_fresh
from revox_sync.sync.applying.write_retries import Attempts
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action, Change
from revox_sync.sync.state.journal import Intent


def delete(run: ApplyContext, change: Change) -> Outcome:
    """Delete one assistant; one that is gone already is done.

    Raises:
        RefusedError: it was edited meanwhile.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell.
    """
    answer = run.client.get_assistant(str(change.id))
    if answer is not None and not is_fresh(run, change, answer):
        raise RefusedError("it was edited outside since the plan was made; plan again")
    intent = run.begin(Intent(change.address, Action.DELETE, change.name, run.now(), id=change.id))
    deleted = answer is not None and _deleted(run, change, intent)
    run.keeper.done(intent, None)
    notes = () if deleted else ("it was gone already",)
    return Outcome(change.address, change.action, change.id, Result.APPLIED, None, notes)


def _deleted(run: ApplyContext, change: Change, intent: Intent) -> bool:
    """Delete it; whether it was still there."""
    attempts = Attempts(run)
    while True:
        try:
            return run.client.delete_assistant(str(intent.id), repeats=False)
        except RemoteError as error:
            failure, again = error, attempts.another(error)
        if not again and not is_unclear(failure):
            break
        left = _fetched(run, intent, failure)
        if left is None:
            return is_unclear(failure)
        if again and not is_fresh(run, change, left):
            run.keeper.nothing(intent)
            raise RefusedError("it was edited outside while it was being deleted; plan again")
        if not again:
            break
    run.keeper.nothing(intent)
    raise failure


def _fetched(run: ApplyContext, intent: Intent, error: RemoteError) -> dict[str, Any] | None:
    """The assistant now. Raises where it cannot be had, as the delete that ended with an error ends then."""
    try:
        return run.client.get_assistant(str(intent.id))
    except RemoteError as failure:
        if is_unclear(error):
            raise UnknownEndError(f"{error.message}; the next apply finds out whether it was deleted") from None
        run.keeper.nothing(intent)
        raise (failure if failure.interrupted else error) from None
