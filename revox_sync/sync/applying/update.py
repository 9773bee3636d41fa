"""Sends an update, finds out what became of it, and takes the answer into the lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError, RejectedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ApplyContext, UnknownEndError, entry_after, former_entry, is_fresh, is_same
from revox_sync.sync.applying.write_outcome import Verdict, changed_leaves, judge_write
from revox_sync.sync.applying.write_retries import Attempts
from revox_sync.sync.comparing.server_appended import mark_resent, resent_entries
from revox_sync.sync.comparing.three_way import missing_fields
from revox_sync.sync.comparing.verify_response import unproven, verify_response
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action, Change
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.planner import patch_body
from revox_sync.sync.planning.restored_body import restored_body
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.state.journal import Intent
from revox_sync.values.pointer import Value, dotted


def update(run: ApplyContext, change: Change) -> Outcome:
    """Update one assistant, unless it is not the one any more that the plan was made from.

    Raises:
        RefusedError: it was edited or deleted meanwhile.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell.
    """
    answer = run.client.get_assistant(str(change.id))
    if answer is None:
        raise RefusedError("it was deleted outside since the plan was made")
    if not is_fresh(run, change, answer):
        raise RefusedError("it was edited outside since the plan was made; plan again")
    current = remote_assistant(answer, former_entry(run, change))
    return send_update(run, change, current, change.body, before=current.value)


def send_update(
    run: ApplyContext, change: Change, current: Remote, fields: Collection[str], *, before: Mapping[str, Value]
) -> Outcome:
    """Update top-level fields of an assistant that was fetched just before, as `current`.

    Args:
        before: what the answer is judged by: a leaf that still is as it was there was ignored by the server.
    """
    attempts = Attempts(run)
    while True:
        body = _body(run, change, current, fields)
        intent = run.begin(_intent(run, change, current, body))
        try:
            answer = remote_assistant(run.client.update_assistant(current.id, body, repeats=False), intent.entry)
        except RemoteError as error:
            found, done = _found(run, change, intent, current, error, again=attempts.another(error))
            if not done:
                current = found
                continue
            answer = found
        return record_response(run, change, intent, before, answer, fields, current.value)


def _body(run: ApplyContext, change: Change, current: Remote, fields: Collection[str]) -> dict[str, Value]:
    if run.restores:
        return restored_body(change.declared, current.value, fields)
    return patch_body(change.declared, current.value, former_entry(run, change), fields, change.keep)


def _intent(run: ApplyContext, change: Change, current: Remote, body: Mapping[str, Value]) -> Intent:
    former, node = former_entry(run, change), assistant_node()
    memory = {**(former.appended if former else {}), **resent_entries(change.declared, current.value, body, node)}
    # PATCH is assumed to replace a top-level field whole.
    expected = mark_resent({**current.value, **body}, memory, node)
    return Intent(
        address=change.address,
        action=Action.UPDATE,
        name=change.name,
        at=run.now(),
        id=current.id,
        previous_address=change.previous_address,
        entry=entry_after(run, change, Remote(current.id, change.name, expected), change.keep, memory),
        leaves=changed_leaves(change.declared, former, current.value, expected, body),
    )


def _found(  # noqa: PLR0913 — what was sent, what it was sent to, and how that ended
    run: ApplyContext, change: Change, intent: Intent, current: Remote, error: RemoteError, *, again: bool
) -> tuple[Remote, bool]:
    """The assistant after an update that ended without a valid answer, and whether the update was carried out.

    Where it was not, the assistant is still as it was.

    Args:
        again: whether the update may be sent again.
    """
    if not again and not is_unclear(error):
        run.keeper.nothing(intent)
        if isinstance(error, RejectedError) and error.status == 404:
            raise RefusedError("it was deleted outside while it was being updated") from None
        raise error
    found = _fetched(run, intent, error)
    if is_unclear(error) and judge_write(intent.leaves, found.value) is Verdict.DONE:
        return found, True
    if again and is_same(change, found.value, current.value):
        return found, False
    if is_unclear(error) and judge_write(intent.leaves, found.value) is not Verdict.NOT_DONE:
        raise UnknownEndError(UNSEEN.format(error=error.message))
    run.keeper.nothing(intent)
    if again:
        raise RefusedError("it was edited outside while it was being updated; plan again")
    raise error


UNSEEN: Final = "{error}; the next plan shows whether it was applied"


def _fetched(run: ApplyContext, intent: Intent, error: RemoteError) -> Remote:
    """The assistant now. Raises where it cannot be had, as the update that ended with an error ends then."""
    try:
        answer = run.client.get_assistant(str(intent.id))
    except RemoteError as failure:
        if is_unclear(error):
            raise UnknownEndError(UNSEEN.format(error=error.message)) from None
        run.keeper.nothing(intent)
        raise (failure if failure.interrupted else error) from None
    if answer is not None:
        return remote_assistant(answer, intent.entry)
    if is_unclear(error):
        raise UnknownEndError(UNSEEN.format(error=error.message))
    run.keeper.nothing(intent)
    raise RefusedError("it was deleted outside while it was being updated")


def record_response(  # noqa: PLR0913, PLR0917 — what was written, as it was before and is after
    run: ApplyContext,
    change: Change,
    intent: Intent,
    before: Mapping[str, Value],
    answer: Remote,
    fields: Collection[str],
    current: Mapping[str, Value],
) -> Outcome:
    """Write down what the server made of a request, then judge it.

    Args:
        before: what the answer is judged by; empty for a create.
        answer: the object after it.
        fields: top-level fields of the request.
        current: the object as it was looked at right before it; empty for a create.
    """
    whole, unread = _completed(run, change, answer, intent)
    sent = [key for key in fields if key not in unread]
    unsettled = change.keep | {(key,) for key in unread}
    memory = intent.entry.appended if intent.entry else {}
    # What was not sent is remembered as it was looked at: who edited it since has to see that as drift.
    unsent = {key: value for key, value in current.items() if key in change.declared and key not in fields}
    known = replace(whole, value={**whole.value, **unsent}) if unsent else whole
    entry = entry_after(run, change, known, unsettled, memory)
    doubtful = sent if run.restores else unproven(change.declared, sent, entry)
    back = verify_response(change.declared, before, whole.value, doubtful, change.keep)
    if back.dropped:
        entry = entry_after(run, change, known, unsettled | set(back.dropped), memory)
    run.keeper.done(intent, entry, whole.value.get("organization_id"))
    notes = tuple(f"the server changed `{dotted(each)}`; its form is accepted" for each in back.normalised)
    if back.dropped:
        listed = ", ".join(f"`{dotted(each)}`" for each in back.dropped)
        return Outcome(change.address, change.action, whole.id, Result.FAILED, f"the server ignored {listed}", notes)
    return Outcome(change.address, change.action, whole.id, Result.APPLIED, None, notes)


def _completed(run: ApplyContext, change: Change, answer: Remote, intent: Intent) -> tuple[Remote, set[str]]:
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
    return (remote_assistant(whole, intent.entry), set()) if whole else (answer, missing)
