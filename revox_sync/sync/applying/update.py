"""Sends an update, finds out what became of it, and takes the answer into the lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final, NamedTuple

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError, RejectedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ChangeRun, UnknownEndError
from revox_sync.sync.applying.write_outcome import (
    Attempts,
    entry_after_end,
    is_stale,
    judge_intent,
    sent_leaves,
)
from revox_sync.sync.comparing.ignored import managed_entry
from revox_sync.sync.comparing.leaf_rules import LeafState, WriteEnd, token_of
from revox_sync.sync.comparing.server_appended import Appended, mark_resent, resent_entries
from revox_sync.sync.comparing.three_way import compare, missing_fields
from revox_sync.sync.comparing.verify_response import SentWrite, VerifiedResponse, verify_response
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.request_body import patch_body, restored_body
from revox_sync.sync.planning.shown_change import require_update_as_shown
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.state.journal import Intent
from revox_sync.values.address import as_arguments
from revox_sync.values.pointer import Pointer, Value, dotted

_UNSEEN: Final = "{error}; the next plan shows whether it was applied"
_NOT_ALL_SEEN: Final = (
    "{error}; part of it was applied: {unseen} may have been dropped by the server, or edited since; "
    "`revox-sync status` shows it"
)
_EDITED: Final = "it was edited outside since the plan was made; plan again"
_EDITED_MEANWHILE: Final = "it was edited outside while it was being updated; plan again"
_DELETED: Final = "it was deleted outside while it was being updated"


class Write(NamedTuple):
    """A create or update that was written down and may be sent.

    Attributes:
        sent: what is sent, and what it is judged by.
        body: as it is sent.
    """

    intent: Intent
    sent: SentWrite
    body: Mapping[str, Value]


class WholeAnswer(NamedTuple):
    """What is known of an assistant after a request.

    Attributes:
        remote: the answer, with what another look shows of declared fields that it leaves out.
        unread: fields that nobody has shown.
        looked_up: those that the look has shown; what it leaves out as well counts as read: the server has dropped it.
    """

    remote: Remote
    unread: AbstractSet[str] = frozenset()
    looked_up: AbstractSet[str] = frozenset()


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
    current = remote_assistant(answer, run.former)
    if not run.is_fresh(answer) or not run.is_current(current):
        raise RefusedError(_EDITED)
    require_update_as_shown(run.change, current.value, run.former, _body(run, current))
    attempts = Attempts(run.context.wait, run.context.uniform)
    while True:
        write = _begin(run, current)
        try:
            answer = run.context.client.update_assistant(current.id, dict(write.body), repeats=False)
        except RemoteError as error:
            ended = _after_failure(run, write, error, again=attempts.another(error))
            if isinstance(ended, Outcome):
                return ended
            current = ended
            continue
        return record_response(run, write, completed(run, remote_assistant(answer, write.intent.entry), write.intent))


def _begin(run: ChangeRun, current: Remote) -> Write:
    """Write down what is about to be sent to an assistant that was fetched right before, as `current`."""
    change, former, node = run.change, run.former, assistant_node()
    body, declared = _body(run, current), run.declared(current.value)
    appended = {**(former.appended if former else {}), **resent_entries(declared, current.value, body, node)}
    # PATCH is assumed to replace a top-level field whole (docs/api.md, "What we assume and nobody states").
    expected = mark_resent({**current.value, **body}, appended, node)
    leaves = sent_leaves(declared, former, current.value, expected, body)
    # What stays as it is on the server is no value of ours: the next plan has to show it as an edit again.
    leaves = {pointer: leaf for pointer, leaf in leaves.items() if pointer not in change.keep}
    for leaf in compare(declared, current.value, former, node):
        if leaf.pointer in leaves and leaf.state in {LeafState.DRIFT, LeafState.CONFLICT}:
            leaves[leaf.pointer] = leaves[leaf.pointer]._replace(edited=True)
    sent = SentWrite(
        declared=declared,
        body=body,
        before=current.value,
        leaves=leaves,
        token=token_of(current.value),
        keep=change.keep,
        former=former,
        appended=appended,
        sealer=run.context.sealer,
    )
    planned = verify_response(sent, Remote(current.id, change.name, expected)).entry
    intent = Intent(
        address=change.address,
        action=Action.UPDATE,
        name=change.name,
        at=run.context.now(),
        id=current.id,
        previous_address=run.previous_address,
        entry=_entry(run, planned, appended),
        leaves=leaves,
        token=sent.token,
        restores=run.restores,
    )
    return Write(run.begin(intent), sent, body)


def _body(run: ChangeRun, current: Remote) -> dict[str, Value]:
    # Made from what the server has now, not taken from the plan: a list is sent whole, with what the server appended.
    fields: Collection[str] = run.change.body
    if run.restores:
        return restored_body(run.change.declared, current.value, fields)
    merges = run.context.facts.patch_merges is True
    return patch_body(run.declared(current.value), current.value, run.former, fields, run.change.keep, merges=merges)


def _entry(run: ChangeRun, planned: LockEntry, appended: Appended) -> LockEntry:
    """The lock entry after a write that went as planned.

    After one that brings back a snapshot the lock still says what the file said last. So the next plan shows the
    restored values as edited outside, until somebody brings the file in line.
    """
    if not run.restores:
        return managed_entry(planned, run.change.ignored) or planned
    former = run.former or LockEntry(planned.id, run.change.name, {}, outdated=True)
    return replace(former.without_previous, id=planned.id, appended=appended, tokens=planned.tokens)


def _after_failure(run: ChangeRun, write: Write, error: RemoteError, *, again: bool) -> Outcome | Remote:
    """What became of an update that got no valid answer: an outcome, or the assistant where it is to be sent again.

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
    if not unclear:  # the server has refused, for now, to do anything
        if run.is_unchanged(found.value, write.sent.before):
            return found
        recorder.not_done(intent)
        raise RefusedError(_EDITED_MEANWHILE)
    if is_stale(intent, run.former, found):
        raise UnknownEndError(_UNSEEN.format(error=error.message))
    return _judged(run, write, found, error, again=again)


def _judged(run: ChangeRun, write: Write, found: Remote, error: RemoteError, *, again: bool) -> Outcome | Remote:
    """The same, by a look at the assistant after a request that the server may have carried out."""
    intent, end = write.intent, judge_intent(write.intent, found)
    unmoved = intent.token is not None and intent.token == token_of(found.value)
    proven = unmoved or not intent.leaves  # of secrets alone there are no digests
    entry = entry_after_end(intent, run.former, found, end)
    # Also before another attempt: however that one ends, this one may still be carried out.
    run.context.recorder.done(intent, entry, found.value.get("organization_id"))
    if end is not WriteEnd.DONE and again and proven and run.is_unchanged(found.value, write.sent.before):
        return found
    if end is WriteEnd.DONE and (run.restores or not entry.unseen):
        return run.applied(found.id, "the answer was lost; a look at the assistant shows that it was applied")
    if end is WriteEnd.DONE:
        unseen = _listed(tuple(sorted(entry.unseen)))
        raise UnknownEndError(_NOT_ALL_SEEN.format(error=error.message, unseen=unseen))
    if end is WriteEnd.NOT_DONE:
        raise error
    raise UnknownEndError(_UNSEEN.format(error=error.message))


def record_response(run: ChangeRun, write: Write, answer: WholeAnswer) -> Outcome:
    """Write down what the server made of a request, then judge it."""
    whole, unread, looked_up = answer
    verified = verify_response(write.sent, whole, unread, looked_up)
    entry = _entry(run, verified.entry, write.sent.appended)
    run.context.recorder.done(write.intent, entry, whole.value.get("organization_id"))
    notes = [f"the server changed `{dotted(pointer)}`; its form is accepted" for pointer in verified.respelled]
    if verified.lost:
        notes.append(f"the server lost {_listed(verified.lost)}, which was sent as it was")
    if verified.unread:
        notes.append(f"{_listed(verified.unread)} could not be read after the write; `revox-sync status` shows it")
    outcome = run.applied(whole.id, *notes)
    problem = _problem(run, verified)
    return replace(outcome, result=Result.FAILED, error=problem) if problem else outcome


def _problem(run: ChangeRun, verified: VerifiedResponse) -> str:
    """What the server has not done of what it was asked; empty where it has done all."""
    problems = []
    if verified.dropped:
        problems.append(f"the server ignored {_listed(verified.dropped)}")
    if verified.replaced:
        problems.append(
            f"the server put another value in {_listed(verified.replaced)}; "
            f"`revox-sync pull --theirs {as_arguments(run.change.address)}` takes it into the file"
        )
    if verified.not_unset:
        problems.append(f"the server kept {_listed(verified.not_unset)}, which the file has no more")
    return "; ".join(problems)


def _listed(pointers: tuple[Pointer, ...]) -> str:
    return ", ".join(f"`{dotted(pointer)}`" for pointer in pointers)


def completed(run: ChangeRun, answer: Remote, intent: Intent) -> WholeAnswer:
    """An answer, looked at once more where it leaves out declared fields; to be called in the turn of the change."""
    missing = missing_fields(run.change.declared, answer.value, assistant_node())
    if not missing:
        return WholeAnswer(answer)
    try:
        whole = run.context.client.get_assistant(answer.id)
    except RemoteError:  # the write itself is done: what cannot be read stays "sent, not seen"
        return WholeAnswer(answer, unread=missing)
    if whole is None:
        return WholeAnswer(answer, unread=missing)
    found = remote_assistant(whole, intent.entry)
    if run.former is not None and run.former.tokens.seen(intent.token).is_stale(token_of(found.value)):
        return WholeAnswer(answer, unread=missing)
    added = {key: found.value.get(key) for key in missing}
    return WholeAnswer(replace(answer, value={**answer.value, **added}), looked_up=missing)
