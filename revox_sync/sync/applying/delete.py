"""Deletes an assistant that nobody has touched since the plan was made."""

from __future__ import annotations

from revox_sync.errors import RefusedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ChangeRun
from revox_sync.sync.applying.write_outcome import Attempts
from revox_sync.sync.model.outcome import Outcome
from revox_sync.sync.model.plan import Action
from revox_sync.sync.planning.shown_change import require_delete_as_shown
from revox_sync.sync.remote_state.fetch import UNREADABLE, remote_assistant
from revox_sync.sync.state.journal import Intent


def delete(run: ChangeRun) -> Outcome:
    """Delete one assistant; one that is gone already counts as deleted.

    Raises:
        RefusedError: it was edited since the plan was made, has a file again, is listed and cannot be read, or the plan
            does not show what is lost.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell.
    """
    change, context = run.change, run.context
    answer = context.client.get_assistant(str(change.id))
    if answer is None and any(shown["id"] == change.id for shown in context.client.listing().assistants):
        # Without its entry nobody would manage it any more.
        raise RefusedError(UNREADABLE)
    if answer is not None and not run.is_fresh(answer):
        raise RefusedError("it was edited outside since the plan was made; plan again")
    if answer is not None:
        current = remote_assistant(answer, run.former)
        if not run.is_current(current):
            raise RefusedError("the API shows an older version of it than was seen before; apply again later")
        require_delete_as_shown(change, current.value, run.former)
    if (path := context.file_of(change.address)) is not None:
        raise RefusedError(f"`{path}` is its file; plan again")
    # Also where it is gone already: the lock entry goes with the same two steps.
    intent = run.begin(Intent(change.address, Action.DELETE, change.name, context.now(), id=change.id))
    deleted = answer is not None and _deleted(run, intent)
    context.recorder.done(intent, None)
    return run.applied(change.id, *(() if deleted else ("it was gone already",)))


def _deleted(run: ChangeRun, intent: Intent) -> bool:
    """Delete it; whether it was still there."""
    context = run.context
    attempts = Attempts(context.wait, context.uniform)
    while True:
        try:
            return context.client.delete_assistant(str(intent.id), repeats=False)
        except RemoteError as error:
            failure, again = error, attempts.another(error)
        if not again and not is_unclear(failure):
            break
        left = run.fetch_after(intent, failure, f"{failure.message}; the next apply finds out whether it was deleted")
        if left is None:
            return is_unclear(failure)  # after a clear refusal somebody else has deleted it
        if again and not run.is_fresh(left):
            context.recorder.not_done(intent)
            raise RefusedError("it was edited outside while it was being deleted; plan again")
        if not again:
            break
    context.recorder.not_done(intent)
    raise failure
