"""Creates an assistant exactly once.

POST is not idempotent and there is no key to make it so (docs/api.md). After an end that says nothing, we look for what
the POST may have created before anything is sent again (docs/design.md, "Exactly one").
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from shlex import quote
from typing import Final

from revox_sync.contract.fields import assistant_node, is_hidden
from revox_sync.errors import RefusedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ChangeRun, UnknownEndError
from revox_sync.sync.applying.update import Write, record_response, send_update
from revox_sync.sync.applying.write_outcome import create_candidates, is_finished
from revox_sync.sync.comparing.three_way import LeafState, compare
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.remote_state.match import name_key
from revox_sync.sync.remote_state.unreadable import may_be
from revox_sync.sync.state.journal import Intent

AT_ONCE: Final = (0.0,)
"""Seconds to wait before each look when the server is through with the request."""
IN_A_WHILE: Final = (0.0, 10.0, 20.0)
"""The same after a time-out or a broken connection: the server may still be working on the request."""
UNLISTED: Final = "the API does not list sub-assistants, so it cannot be looked for: {ways}"
SEVERAL_FOUND: Final = "several assistants of this name have appeared: {ids}; {ways}"
_NOT_FOUND: Final = "no assistant of this name has appeared so far; the next apply looks again before it creates one"


def next_steps(address: str) -> str:
    """What a user does about a create of which nobody else can tell whether it happened."""
    address = quote(address)
    return f"`revox-sync import {address} ID` if it exists, `revox-sync forget {address}` if it does not"


def create(run: ChangeRun) -> Outcome:
    """Create one assistant, or take over the one that a lost answer was about.

    Raises:
        RefusedError: an assistant of its name has appeared since the plan was made.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell; the journal keeps the intent, and the next apply looks again.
    """
    change = run.change
    # If its answer got lost, nobody could tell the new assistant from the one that is there.
    if name_key(change.name) in run.listed.foreign_names:
        raise RefusedError(f"a remote assistant named `{change.name}` has appeared since the plan was made")
    doubtful = next((entry for entry in run.listed.unreadable if may_be(entry, change.name, frozenset())), None)
    if doubtful is not None and not is_hidden(change.declared):
        raise RefusedError(f"an entry of the API's list cannot be read ({doubtful.problem}) and may be this assistant")
    intent = Intent(
        address=change.address,
        action=Action.CREATE,
        name=change.name,
        at=run.context.now(),
        previous_address=change.previous_address,
        known=run.listed.ids,
        hidden=is_hidden(change.declared),
        entry=run.former if run.restores else None,
    )
    return _attempt(run, run.begin(intent), last=False)


def _attempt(run: ChangeRun, intent: Intent, *, last: bool) -> Outcome:
    change, context = run.change, run.context
    try:
        answer = context.client.create_assistant({key: change.declared[key] for key in change.body})
    except RemoteError as error:
        failure = error
    else:
        return record_response(run, Write(intent, change.body, {}, {}), remote_assistant(answer))
    found = _id_after_failure(run, intent, failure)
    if found is not None:
        return _take_over(run, intent, found)
    if last or not is_finished(failure):
        # The intent is in the journal already. Saying that we have waited only spares the next apply the waiting.
        with suppress(OSError):
            context.recorder.begin(replace(intent, over=True))
        raise UnknownEndError(f"{failure.message}; {_NOT_FOUND}")
    return _attempt(run, intent, last=True)


def _id_after_failure(run: ChangeRun, intent: Intent, error: RemoteError) -> str | None:
    """The id of what a create made that ended with an error; None where nothing is to be found.

    Raises the error itself where the server did nothing, UnknownEndError where nobody can tell.
    """
    if not is_unclear(error):
        run.context.recorder.not_done(intent)
        raise error
    if intent.hidden:
        raise UnknownEndError(f"{error.message}; {UNLISTED.format(ways=next_steps(intent.address))}")
    run.context.notice(f"looking for `{intent.name}`, whose create got no usable answer")
    return _look(run, intent, error, AT_ONCE if is_finished(error) else IN_A_WHILE)


def _look(run: ChangeRun, intent: Intent, error: RemoteError, delays: Iterable[float]) -> str | None:
    context, looked = run.context, False
    for delay in delays:
        if context.wait(delay):
            raise UnknownEndError(f"{error.message}; interrupted before it was looked for; the next apply looks again")
        try:
            listed = context.client.list_assistants()
        except RemoteError:
            continue
        looked = True
        # Other threads create assistants meanwhile: what the lock has got since is theirs.
        ids = create_candidates(listed, intent.name, intent.known | context.recorder.ids)
        if len(ids) > 1:
            text = SEVERAL_FOUND.format(ids=", ".join(ids), ways=next_steps(intent.address))
            raise UnknownEndError(f"{error.message}; {text}", tuple(ids))
        if ids:
            return ids[0]
    if not looked:
        raise UnknownEndError(f"{error.message}; the list could not be read either; the next apply looks again")
    return None


def _take_over(run: ChangeRun, intent: Intent, assistant_id: str) -> Outcome:
    """Take over what a create made whose answer was lost, and send the fields in which it differs."""
    try:
        outcome = _completed(run, intent, assistant_id)
    except (RefusedError, RemoteError) as error:
        problem = f"it was created, but not all of it was sent: {error.message}; the next apply sends the rest"
        return Outcome(run.change.address, run.change.action, assistant_id, Result.FAILED, problem)
    except UnknownEndError as error:
        raise UnknownEndError(f"it was created; {error.message}", (assistant_id,)) from None
    return replace(outcome, notes=("the answer was lost; it was found by its name", *outcome.notes))


def _completed(run: ChangeRun, intent: Intent, assistant_id: str) -> Outcome:
    change, context = run.change, run.context
    entry = run.entry_without_digests(assistant_id)
    try:
        answer = context.client.get_assistant(assistant_id)
    except RemoteError:
        context.recorder.done(intent, entry)
        raise
    if answer is None:
        context.recorder.not_done(intent)
        raise RefusedError("it was deleted outside right after it was created")
    current = remote_assistant(answer)
    fields = _differing(run, current)
    if not fields:
        return record_response(run, Write(intent, change.body, {}, {}), current)
    context.recorder.done(intent, entry, current.value.get("organization_id"))
    # The lock has the new address by now: the entry of the former one is gone.
    moved = replace(run, change=replace(change, previous_address=None))
    return send_update(moved, current, fields, before={})


def _differing(run: ChangeRun, current: Remote) -> list[str]:
    # An entry without digests: whatever differs is something to send.
    entry = LockEntry(current.id, run.change.name, {})
    leaves = compare(run.change.declared, current.value, entry, assistant_node())
    return list(dict.fromkeys(str(leaf.pointer[0]) for leaf in leaves if leaf.state is LeafState.UPDATE))
