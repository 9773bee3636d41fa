"""Creates an assistant exactly once.

POST is not idempotent and there is no key to make it so (docs/api.md): after an end that says nothing we look for what
it may have made before anything is sent again (docs/design.md, "Exactly one").
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Final

from revox_sync.contract.fields import assistant_node, is_hidden
from revox_sync.errors import RefusedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ApplyContext, UnknownEndError, bare_entry, former_entry
from revox_sync.sync.applying.update import record_response, send_update
from revox_sync.sync.applying.write_outcome import create_candidates, is_complete
from revox_sync.sync.comparing.three_way import LeafState, compare
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action, Change
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.remote_state.match import name_key
from revox_sync.sync.state.journal import Intent

AT_ONCE: Final = (0.0,)
"""Seconds to wait before each look after a complete answer: the server is through with the request."""
IN_A_WHILE: Final = (0.0, 10.0, 20.0)
"""The same after a time-out or a broken connection: the server may still be at it."""


def create(run: ApplyContext, change: Change) -> Outcome:
    """Create one assistant, or adopt the one that a lost answer was about.

    Raises:
        RefusedError: an assistant of its name has appeared.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell; the journal keeps the intent, and the next apply looks again.
    """
    if name_key(change.name) in run.taken:
        raise RefusedError(f"a remote assistant named `{change.name}` has appeared since the plan was made")
    return _attempt(run, change, run.begin(_intent(run, change)), last=False)


NOT_FOUND: Final = "no assistant of this name has appeared so far; the next apply looks again before it creates one"
HIDDEN: Final = "sub-assistants cannot be looked for: {ways}"
SEVERAL: Final = "several assistants of this name have appeared: {ids}; {ways}"


def next_steps(address: str) -> str:
    """How a user settles what nobody else can."""
    return f"`revox-sync import {address} ID` if it exists, `revox-sync forget {address}` if it does not"


def _attempt(run: ApplyContext, change: Change, intent: Intent, *, last: bool) -> Outcome:
    try:
        answer = remote_assistant(run.client.create_assistant({key: change.declared[key] for key in change.body}))
    except RemoteError as error:
        failure = error
    else:
        return record_response(run, change, intent, {}, answer, change.body, {})
    found = _look_after(run, intent, failure)
    if found is not None:
        return _adopt(run, change, intent, found)
    if last or not is_complete(failure):
        with suppress(OSError):  # the intent is there already; this only spares the next apply the waiting
            run.keeper.begin(replace(intent, over=True))
        raise UnknownEndError(f"{failure.message}; {NOT_FOUND}")
    return _attempt(run, change, intent, last=True)


def _intent(run: ApplyContext, change: Change) -> Intent:
    return Intent(
        address=change.address,
        action=Action.CREATE,
        name=change.name,
        at=run.now(),
        previous_address=change.previous_address,
        known=run.known,
        hidden=is_hidden(change.declared),
        entry=former_entry(run, change) if run.restores else None,
    )


def _look_after(run: ApplyContext, intent: Intent, error: RemoteError) -> str | None:
    """The id of what a create made that ended with an error; None where nothing is to be found.

    Raises the error itself where the server did nothing, UnknownEndError where nobody can tell.
    """
    if not is_unclear(error):
        run.keeper.nothing(intent)
        raise error
    if intent.hidden:
        raise UnknownEndError(f"{error.message}; {HIDDEN.format(ways=next_steps(intent.address))}")
    run.notice(f"looking for `{intent.name}`, whose create got no usable answer")
    return _look(run, intent, error, AT_ONCE if is_complete(error) else IN_A_WHILE)


def _look(run: ApplyContext, intent: Intent, error: RemoteError, delays: Iterable[float]) -> str | None:
    looked = False
    for delay in delays:
        if run.wait(delay):
            raise UnknownEndError(f"{error.message}; interrupted before it was looked for; the next apply looks again")
        try:
            listed = run.client.list_assistants()
        except RemoteError:
            continue
        looked = True
        ids = create_candidates(listed, intent.name, intent.known | run.keeper.ids)
        if len(ids) > 1:
            text = SEVERAL.format(ids=", ".join(ids), ways=next_steps(intent.address))
            raise UnknownEndError(f"{error.message}; {text}", tuple(ids))
        if ids:
            return ids[0]
    if not looked:
        raise UnknownEndError(f"{error.message}; the list could not be read either; the next apply looks again")
    return None


def _adopt(run: ApplyContext, change: Change, intent: Intent, assistant_id: str) -> Outcome:
    """Take over what a create made whose answer was lost, and send what the server has otherwise."""
    try:
        outcome = _completed(run, change, intent, assistant_id)
    except (RefusedError, RemoteError) as error:
        problem = f"it was created, but not all of it was sent: {error.message}; the next apply sends the rest"
        return Outcome(change.address, change.action, assistant_id, Result.FAILED, problem)
    except UnknownEndError as error:
        raise UnknownEndError(f"it was created; {error.message}", (assistant_id,)) from None
    return replace(outcome, notes=("the answer was lost; it was found by its name", *outcome.notes))


def _completed(run: ApplyContext, change: Change, intent: Intent, assistant_id: str) -> Outcome:
    entry = bare_entry(run, change, assistant_id)
    try:
        answer = run.client.get_assistant(assistant_id)
    except RemoteError:
        run.keeper.done(intent, entry)
        raise
    if answer is None:
        run.keeper.nothing(intent)
        raise RefusedError("it was deleted outside right after it was created")
    current = remote_assistant(answer)
    fields = _differing(change, current)
    if not fields:
        return record_response(run, change, intent, {}, current, change.body, {})
    run.keeper.done(intent, entry, current.value.get("organization_id"))
    return send_update(run, replace(change, previous_address=None), current, fields, before={})


def _differing(change: Change, current: Remote) -> list[str]:
    entry = LockEntry(current.id, change.name, {})  # known, nothing digested: whatever differs is an update
    found = compare(change.declared, current.value, entry, assistant_node())
    return list(dict.fromkeys(str(each.pointer[0]) for each in found if each.state is LeafState.UPDATE))
