"""Sends an update, finds out what became of it, and takes the answer into the lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError, RejectedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ChangeRun, UnknownEndError
from revox_sync.sync.applying.write_outcome import Attempts, Verdict, changed_leaves, judge_write
from revox_sync.sync.comparing.server_appended import mark_resent, resent_entries
from revox_sync.sync.comparing.three_way import missing_fields
from revox_sync.sync.comparing.verify_response import unproven, verify_response
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.request_body import patch_body, restored_body
from revox_sync.sync.planning.shown_change import require_update_as_shown
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.state.journal import Intent
from revox_sync.values.pointer import Value, dotted

_UNSEEN: Final = "{error}; the next plan shows whether it was applied"
_DELETED: Final = "it was deleted outside while it was being updated"


@dataclass(frozen=True, slots=True)
class Write:
    """A create or update that was written down and may be sent.

    Attributes:
        fields: top-level fields of the request.
        current: the server's object as it was looked at right before the request; empty for a create.
        before: what the answer is judged by: a leaf that is still as it was there was ignored by the server.
    """

    intent: Intent
    fields: Collection[str]
    current: Mapping[str, Value]
    before: Mapping[str, Value]


def update(run: ChangeRun) -> Outcome:
    """Update one assistant, if it is still as it was when the plan was made.

    Raises:
        RefusedError: it was edited or deleted since the plan was made, or the plan does not show what it does.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell.
    """
    answer = run.context.client.get_assistant(str(run.change.id))
    if answer is None:
        raise RefusedError("it was deleted outside since the plan was made")
    if not run.is_fresh(answer):
        raise RefusedError("it was edited outside since the plan was made; plan again")
    current = remote_assistant(answer, run.former)
    require_update_as_shown(run.change, current.value, run.former, _body(run, current, run.change.body))
    return send_update(run, current, run.change.body, before=current.value)


def send_update(run: ChangeRun, current: Remote, fields: Collection[str], *, before: Mapping[str, Value]) -> Outcome:
    """Update top-level fields of an assistant that was fetched right before, as `current`; `before` as in `Write`."""
    attempts = Attempts(run.context.wait, run.context.uniform)
    while True:
        body = _body(run, current, fields)
        write = Write(run.begin(_intent(run, current, body)), fields, current.value, before)
        try:
            answer = run.context.client.update_assistant(current.id, body, repeats=False)
            current, done = remote_assistant(answer, write.intent.entry), True
        except RemoteError as error:
            current, done = _after_failure(run, write, error, again=attempts.another(error))
        if done:
            return record_response(run, write, current)


def _body(run: ChangeRun, current: Remote, fields: Collection[str]) -> dict[str, Value]:
    # Made from what the server has now, not taken from the plan: a list is sent whole, with what the server appended.
    if run.restores:
        return restored_body(run.change.declared, current.value, fields)
    return patch_body(run.change.declared, current.value, run.former, fields, run.change.keep)


def _intent(run: ChangeRun, current: Remote, body: Mapping[str, Value]) -> Intent:
    change, former, node = run.change, run.former, assistant_node()
    appended = {**(former.appended if former else {}), **resent_entries(change.declared, current.value, body, node)}
    # PATCH is assumed to replace a top-level field whole (docs/api.md).
    expected = mark_resent({**current.value, **body}, appended, node)
    return Intent(
        address=change.address,
        action=Action.UPDATE,
        name=change.name,
        at=run.context.now(),
        id=current.id,
        previous_address=change.previous_address,
        entry=run.entry_after(Remote(current.id, change.name, expected), change.keep, appended),
        leaves=changed_leaves(change.declared, former, current.value, expected, body),
    )


def _after_failure(run: ChangeRun, write: Write, error: RemoteError, *, again: bool) -> tuple[Remote, bool]:
    """The assistant after an update that got no valid answer, and whether the update was carried out.

    Where it was not, the assistant is still as it was and the update is to be sent again.

    Args:
        again: whether the update may be sent again.
    """
    intent, recorder, unclear = write.intent, run.context.recorder, is_unclear(error)
    if not again and not unclear:
        recorder.not_done(intent)
        if isinstance(error, RejectedError) and error.status == 404:
            raise RefusedError(_DELETED) from None
        raise error
    answer = run.fetch_after(intent, error, _UNSEEN.format(error=error.message))
    if answer is None:
        if unclear:
            raise UnknownEndError(_UNSEEN.format(error=error.message))
        recorder.not_done(intent)
        raise RefusedError(_DELETED)
    found = remote_assistant(answer, intent.entry)
    verdict = judge_write(intent.leaves, found.value) if unclear else Verdict.NOT_DONE
    if verdict is Verdict.DONE:
        return found, True
    if again and run.is_unchanged(found.value, write.current):
        return found, False
    if verdict is Verdict.UNCLEAR:
        raise UnknownEndError(_UNSEEN.format(error=error.message))
    recorder.not_done(intent)
    if again:
        raise RefusedError("it was edited outside while it was being updated; plan again")
    raise error


def record_response(run: ChangeRun, write: Write, answer: Remote) -> Outcome:
    """Write down what the server made of a request, then judge it; `answer` is the object after the request."""
    change, intent = run.change, write.intent
    whole, unread = _completed(run, answer, intent)
    sent = [key for key in write.fields if key not in unread]
    unsettled = change.keep | {(key,) for key in unread}
    appended = intent.entry.appended if intent.entry else {}
    # Of what was not sent the lock gets the value from before: an edit that was made since then must show as drift.
    unsent = {key: value for key, value in write.current.items() if key in change.declared and key not in write.fields}
    known = replace(whole, value={**whole.value, **unsent}) if unsent else whole
    entry = run.entry_after(known, unsettled, appended)
    doubtful = sent if run.restores else unproven(change.declared, sent, entry)
    verified = verify_response(change.declared, write.before, whole.value, doubtful, change.keep)
    if verified.dropped:
        entry = run.entry_after(known, unsettled | set(verified.dropped), appended)
    run.context.recorder.done(intent, entry, whole.value.get("organization_id"))
    notes = [f"the server changed `{dotted(pointer)}`; its form is accepted" for pointer in verified.normalised]
    outcome = run.applied(whole.id, *notes)
    if not verified.dropped:
        return outcome
    ignored = ", ".join(f"`{dotted(pointer)}`" for pointer in verified.dropped)
    return replace(outcome, result=Result.FAILED, error=f"the server ignored {ignored}")


def _completed(run: ChangeRun, answer: Remote, intent: Intent) -> tuple[Remote, set[str]]:
    """The answer, fetched again where it lacks declared fields, and the fields that could not be read.

    A field that the fetched object lacks as well counts as read: the server has dropped it.
    """
    missing = missing_fields(run.change.declared, answer.value, assistant_node())
    if not missing:
        return answer, set()
    try:
        whole = run.context.client.get_assistant(answer.id)
    except RemoteError:  # the write itself is done: what cannot be read is left for the next plan
        return answer, missing
    return (remote_assistant(whole, intent.entry), set()) if whole else (answer, missing)
