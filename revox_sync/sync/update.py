"""Sends an update, finds out what became of it, and takes the answer into the lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from revox_sync.contract import assistant_node
from revox_sync.errors import RefusedError, RejectedError, RemoteError
from revox_sync.pointer import Value, dotted
from revox_sync.sync.compare import missing_fields
from revox_sync.sync.evidence import Verdict, changed_leaves, is_unclear, judge
from revox_sync.sync.journal import Intent
from revox_sync.sync.match import Remote
from revox_sync.sync.outcome import Outcome, Result
from revox_sync.sync.plan import Action, Change
from revox_sync.sync.planner import request_body
from revox_sync.sync.readback import read_back
from revox_sync.sync.restored import restored_body
from revox_sync.sync.running import Running, UnknownEndError, entry_after, former_entry, is_fresh
from revox_sync.sync.state import remote


def update(run: Running, change: Change) -> Outcome:
    """Update one assistant, unless it is not the one any more that the plan was made from.

    Raises:
        RefusedError: it was edited or deleted meanwhile.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell.
    """
    answer = run.client.get_assistant(str(change.id))
    if answer is None:
        raise RefusedError("it was deleted outside since the plan was made")
    if not is_fresh(change, answer):
        raise RefusedError("it was edited outside since the plan was made; plan again")
    current = remote(answer)
    return send(run, change, current, change.body, before=current.value)


def send(
    run: Running, change: Change, current: Remote, fields: Collection[str], *, before: Mapping[str, Value]
) -> Outcome:
    """Update top-level fields of an assistant that was fetched just before, as `current`.

    Args:
        before: what the answer is judged by: a leaf that still is as it was there was ignored by the server.
    """
    body = _body(run, change, current, fields)
    intent = run.begin(_intent(run, change, current, body))
    try:
        answer = remote(run.client.update_assistant(current.id, body))
    except RemoteError as error:
        answer = _found(run, intent, error)
    return settle(run, change, intent, before, answer, fields)


def _body(run: Running, change: Change, current: Remote, fields: Collection[str]) -> dict[str, Value]:
    if run.restores:
        return restored_body(change.declared, current.value, fields)
    return request_body(change.declared, current.value, former_entry(run, change), fields, change.keep)


def _intent(run: Running, change: Change, current: Remote, body: Mapping[str, Value]) -> Intent:
    expected = {**current.value, **body}  # PATCH is assumed to replace a top-level field whole
    return Intent(
        address=change.address,
        action=Action.UPDATE,
        name=change.name,
        at=run.now(),
        id=current.id,
        previous_address=change.previous_address,
        entry=entry_after(run, change, Remote(current.id, change.name, expected), change.keep),
        leaves=changed_leaves(change.declared, former_entry(run, change), current.value, expected, body),
    )


def _found(run: Running, intent: Intent, error: RemoteError) -> Remote:
    """The updated assistant, where an update ended without a valid answer but was carried out all the same."""
    if not is_unclear(error):
        run.keeper.nothing(intent)
        if isinstance(error, RejectedError) and error.status == 404:
            raise RefusedError("it was deleted outside while it was being updated") from None
        raise error
    try:
        answer = run.client.get_assistant(str(intent.id))
    except RemoteError:
        answer = None
    found = remote(answer) if answer is not None else None
    verdict = judge(intent.leaves, found.value) if found is not None else Verdict.UNCLEAR
    if found is not None and verdict is Verdict.DONE:
        return found
    if verdict is Verdict.NOT_DONE:
        run.keeper.nothing(intent)
        raise error
    raise UnknownEndError(f"{error.message}; the next plan shows whether it was applied")


def settle(  # noqa: PLR0913, PLR0917 — what was written, as it was before and is after
    run: Running,
    change: Change,
    intent: Intent,
    before: Mapping[str, Value],
    answer: Remote,
    fields: Collection[str],
) -> Outcome:
    """Write down what the server made of a request, then judge it.

    Args:
        before: the server's object before it; empty for a create.
        answer: the object after it.
        fields: top-level fields of the request.
    """
    whole, unread = _completed(run, change, answer)
    back = read_back(change.declared, before, whole.value, [key for key in fields if key not in unread], change.keep)
    unsettled = change.keep | set(back.dropped) | {(key,) for key in unread}
    run.keeper.done(intent, entry_after(run, change, whole, unsettled), whole.value.get("organization_id"))
    notes = tuple(f"the server changed `{dotted(each)}`; its form is accepted" for each in back.normalised)
    if back.dropped:
        listed = ", ".join(f"`{dotted(each)}`" for each in back.dropped)
        return Outcome(change.address, change.action, whole.id, Result.FAILED, f"the server ignored {listed}", notes)
    return Outcome(change.address, change.action, whole.id, Result.APPLIED, None, notes)


def _completed(run: Running, change: Change, answer: Remote) -> tuple[Remote, set[str]]:
    """The answer, fetched again where it lacks declared fields, and the fields that could not be read.

    A field that the fetched object lacks, too, is read: the server has dropped it.
    """
    missing = missing_fields(change.declared, answer.value, assistant_node())
    if not missing:
        return answer, set()
    try:
        whole = run.client.get_assistant(answer.id)
    except RemoteError:  # the write itself is done: what cannot be read is left for the next plan
        return answer, missing
    return (remote(whole), set()) if whole else (answer, missing)
