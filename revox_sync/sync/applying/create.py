"""Creates an assistant exactly once.

POST is not idempotent and there is no key to make it so (docs/api.md). So there is one POST in a run, whatever its end.
After an end that says nothing we look for what the POST may have created (docs/design.md, "Exactly one").
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import Any, Final

from revox_sync.contract.fields import assistant_node, is_hidden
from revox_sync.errors import RefusedError, RemoteError
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.applying.context import ChangeRun, UnknownEndError, failed
from revox_sync.sync.applying.update import Write, completed, record_response
from revox_sync.sync.applying.write_outcome import adopted_entry, create_candidates, secret_places, sent_leaves
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import SentWrite
from revox_sync.sync.model.outcome import Outcome, Result
from revox_sync.sync.model.plan import Action
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.remote_state.unreadable import may_be
from revox_sync.sync.state.journal import Intent
from revox_sync.values.address import as_arguments
from revox_sync.values.loose_name import loose_name

UNLISTED: Final = "the API does not list sub-assistants, so it cannot be looked for: {ways}"
SEVERAL_FOUND: Final = "several assistants of this name have appeared: {ids}; {ways}"
_NOT_FOUND: Final = "no assistant of this name has appeared so far; the next apply looks again before it creates one"
_ADOPTED: Final = "the answer was lost; it was found by its name"
_DIFFERS: Final = (
    "{adopted}; {fields} not as sent: the server changed it, or somebody edited it since; the next plan shows it"
)
_UNREADABLE: Final = "the API answered a create with {what}; {ways}"


def next_steps(address: str) -> str:
    """What a user does about a create of which nobody else can tell whether it happened."""
    bound, alone = as_arguments(address, "ID"), as_arguments(address)
    return f"`revox-sync import {bound}` if it exists, `revox-sync forget {alone}` if it does not"


def create(run: ChangeRun) -> Outcome:
    """Create one assistant, or take over the one that a lost answer was about.

    Raises:
        RefusedError: an assistant of its name has appeared since the plan was made.
        RemoteError: the server did not do it.
        UnknownEndError: nobody can tell; the journal keeps the intent, and the next apply looks again.
    """
    change, context = run.change, run.context
    # If its answer got lost, nobody could tell the new assistant from the one that is there.
    if loose_name(change.name) in run.listed.foreign_names:
        raise RefusedError(f"a remote assistant named `{change.name}` has appeared since the plan was made")
    doubtful = next((entry for entry in run.listed.unreadable if may_be(entry, change.name, frozenset())), None)
    if doubtful is not None and not is_hidden(change.declared):
        raise RefusedError(f"an entry of the API's list cannot be read ({doubtful.problem}) and may be this assistant")
    body = {key: change.declared[key] for key in change.body}
    leaves = sent_leaves(change.declared, None, {}, body, body)
    intent = Intent(
        address=change.address,
        action=Action.CREATE,
        name=change.name,
        at=context.now(),
        previous_address=change.previous_address,
        known=run.listed.ids,
        hidden=is_hidden(change.declared),
        entry=run.former if run.restores else None,
        leaves=leaves,
        secrets=secret_places(change.declared),
    )
    with ExitStack() as held:
        # The disk is waited for before the turn, so that meanwhile others have it. Not so where no list shows the
        # assistant: after a kill somebody has to say of each that was written down whether it exists.
        if intent.hidden:
            held.enter_context(run.turn)
        intent = run.begin(intent)
        if not intent.hidden:
            held.enter_context(run.turn)
        if run.is_ending():
            with suppress(OSError):  # then the next apply finds that nothing came of it
                context.recorder.not_done(intent)
            return failed(change, Result.SKIPPED, None)
        try:
            answer = context.client.create_assistant(body)
        except RemoteError as error:
            return _after_failure(run, intent, error)
        _require_own(run, intent, answer)
        whole = completed(run, remote_assistant(answer), intent)
    sent = SentWrite(declared=change.declared, body=body, before={}, leaves=leaves, token=None, sealer=context.sealer)
    return record_response(run, Write(intent, sent, body), whole)


def _require_own(run: ChangeRun, intent: Intent, answer: dict[str, Any]) -> None:
    """Raises UnknownEndError where an answer is about another assistant: it would put one id into two lock entries."""
    ways = next_steps(intent.address)
    if answer["id"] in intent.known or run.context.recorder.holds(answer["id"]):
        what = f"the id {answer['id']}, which another assistant has"
        raise UnknownEndError(_UNREADABLE.format(what=what, ways=ways), (str(answer["id"]),))
    if loose_name(str(answer["name"])) != loose_name(intent.name):
        what = f"the name `{answer['name']}` (id {answer['id']}), which was not sent"
        raise UnknownEndError(_UNREADABLE.format(what=what, ways=ways), (str(answer["id"]),))


def _after_failure(run: ChangeRun, intent: Intent, error: RemoteError) -> Outcome:
    """What became of a create that ended with an error.

    Raises the error itself where the server did nothing, UnknownEndError where nobody can tell.
    """
    if not is_unclear(error):
        run.context.recorder.not_done(intent)
        raise error
    if intent.hidden:
        raise UnknownEndError(f"{error.message}; {UNLISTED.format(ways=next_steps(intent.address))}")
    run.context.notice(f"looking for `{intent.name}`, whose create got no usable answer")
    return _adopt(run, intent, _found_id(run, intent, error))


def _found_id(run: ChangeRun, intent: Intent, error: RemoteError) -> str:
    """The id of what the create made. Raises UnknownEndError where it does not show up."""
    context, looked = run.context, False
    first, *later = context.facts.looks
    # At once, after a while, and after twice that: it may be listed late, and the server may still work on the request.
    for delay in (0.0, first, sum(later)):
        if context.wait(delay):
            raise UnknownEndError(f"{error.message}; interrupted before it was looked for; the next apply looks again")
        try:
            listed = context.client.list_assistants()
        except RemoteError:
            continue
        looked = True
        # Other threads create assistants meanwhile: what the lock has got since is theirs.
        others = context.others()
        ids = create_candidates(listed, intent.name, intent.known | context.recorder.ids | others.holders.keys())
        theirs = others.doubt(ids, intent.name)
        if theirs is not None:
            raise UnknownEndError(f"{error.message}; {theirs}", tuple(ids))
        if len(ids) > 1:
            text = SEVERAL_FOUND.format(ids=", ".join(ids), ways=next_steps(intent.address))
            raise UnknownEndError(f"{error.message}; {text}", tuple(ids))
        if ids:
            return ids[0]
    problem = _NOT_FOUND if looked else "the list could not be read either; the next apply looks again"
    raise UnknownEndError(f"{error.message}; {problem}")


def _adopt(run: ChangeRun, intent: Intent, assistant_id: str) -> Outcome:
    """Take over what a create made whose answer was lost.

    Nothing more is sent in this run: a person may have edited it meanwhile, and the plan has not shown that.
    """
    context = run.context
    entry = adopted_entry(intent, assistant_id)
    try:
        answer = context.client.get_assistant(assistant_id)
    except RemoteError:
        context.recorder.done(intent, entry)
        return run.applied(assistant_id, f"{_ADOPTED}; what it holds could not be read; the next plan shows it")
    if answer is None:
        raise UnknownEndError(f"{assistant_id} was found by its name, but cannot be read; the next apply looks again")
    context.recorder.done(intent, entry, answer.get("organization_id"))
    leaves = compare(run.change.declared, remote_assistant(answer).value, entry, assistant_node())
    states = {LeafState.IN_SYNC, LeafState.ACCEPTED, LeafState.UNCOMPARABLE, LeafState.UNMANAGED}
    differing = [f"`{leaf.path}`" for leaf in leaves if leaf.state not in states]
    if not differing:
        return run.applied(assistant_id, _ADOPTED)
    verb = "is" if len(differing) == 1 else "are"
    return run.applied(assistant_id, _DIFFERS.format(adopted=_ADOPTED, fields=f"{', '.join(differing)} {verb}"))
