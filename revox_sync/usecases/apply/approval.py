"""From a command line to a plan that apply may carry out: made or loaded, approved, and backed up."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Protocol

from revox_sync.config import STATE_FOLDER
from revox_sync.errors import RefusedError, UsageError
from revox_sync.output.text.visible import counted
from revox_sync.remote.client import Client
from revox_sync.source.files.text_files import read_file
from revox_sync.sync.applying.recovery import without_unknown
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import OnDrift, Plan, PlanOptions
from revox_sync.sync.planning.orphans import OverLimitError
from revox_sync.sync.planning.saved_plan import SAVED_PLAN, load_plan, plan_digest, secret_addresses, with_secrets
from revox_sync.sync.planning.shown_change import as_sent
from revox_sync.sync.remote_state.fetch import Unknown, empty_lock
from revox_sync.sync.snapshots.backup import BACKUP_FOLDER, collect, write_backup
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.usecases.apply.elsewhere import refuse_theirs
from revox_sync.usecases.apply.in_use import with_uses
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.apply.snapshots import utc_now
from revox_sync.usecases.apply.unplannable import unset_variables
from revox_sync.values.address import Selection, as_arguments
from revox_sync.values.pointer import Value

_QUESTION: Final = """
Do you want to perform these actions in environment `{environment}` ({base_url})?
  Only 'yes' will be accepted: """
_DRIFT_QUESTION: Final = """
{number} edited outside the files. 'keep' keeps the edits, 'revert' lets the files win;
  anything else leaves them alone: """


class Reviewer(Protocol):
    """Somebody who may read a plan and answer questions about it."""

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        ...

    def ask(self, question: str) -> str:
        """The answer to a question."""
        ...

    def plan(self, plan: Plan) -> None:
        """Show a plan."""
        ...


@dataclass(frozen=True, slots=True)
class Ready:
    """A plan to carry out.

    Attributes:
        lock: the lock it was made on.
        digest: of a saved plan, of all that is in its file; None for a plan made now.
        known: the remote objects it was made from, by id; empty for a saved plan.
        approved: whether it needs no approval any more.
        believed: lock entries, by address, that forget newer versions than the API has shown for long.
    """

    plan: Plan
    lock: Lock
    known: Mapping[str, Mapping[str, Value]]
    approved: bool = False
    digest: str | None = None
    believed: Mapping[str, LockEntry] = field(default_factory=dict)


def is_saved_plan(selection: Selection, options: PlanOptions) -> bool:
    """Whether the positionals name a saved plan. Raises UsageError if there is also something that makes a new one."""
    saved = [address for address in selection.addresses if address.endswith(SAVED_PLAN)]
    if saved and (selection != Selection((saved[0],)) or options != PlanOptions()):
        raise UsageError("a saved plan is applied as it is", hint=f"`revox-sync apply {as_arguments(saved[0])}`")
    return bool(saved)


def saved_environment(path: str) -> str:
    """The environment that a saved plan was made for. Raises what `load_plan` raises."""
    return load_plan(read_file(Path(path)), path).environment


def saved_plan(session: Session, path: str, unknown: Mapping[str, Unknown], reviewer: Reviewer) -> Ready:
    """A saved plan with its secrets, shown. Whoever names it has approved it.

    Args:
        unknown: creates, by address, whose result nobody knows; the plan's changes of these addresses are refused.

    Raises RefusedError if it was made for another environment, API or lock.
    """
    plan, lock = load_plan(read_file(Path(path)), path), session.load_lock()
    hint = "make a new plan"
    if plan.environment != session.environment.name:
        message = f"the plan is for environment `{plan.environment}`, not `{session.environment.name}`"
        raise RefusedError(message, hint=f"--env {plan.environment}")
    if not session.endpoint.is_called(plan.base_url):
        raise RefusedError(f"the plan is for {plan.base_url}, not {session.endpoint.shown}", hint=hint)
    # Whoever changed the lock has changed assistants: what the plan says about them may no longer be so.
    if plan.lock_digest != lock_digest(lock):
        raise RefusedError("the lock has changed since the plan was made", hint=hint)
    if lock.organization_id and plan.organization_id not in {None, lock.organization_id}:
        raise RefusedError(f"the plan is for organisation {plan.organization_id}", hint=hint)
    # A saved plan holds no secret, only digests; the secrets come from the files again.
    wanted = secret_addresses(plan)
    files = [file for file in session.workspace.files if file.address in wanted]
    desired = session.desired(files) if files else []
    unset = {wish.address: Unknown(wish.name, reason) for wish in desired if (reason := unset_variables(wish))}
    # Whoever wrote the file could say of a change what they like: what is shown follows from what would be sent.
    filled = with_secrets(plan, {wish.address: wish.declared for wish in desired})
    filled = refuse_theirs(filled, lock, lambda: session.others)
    ready = as_sent(without_unknown(filled, {**unset, **unknown}))
    reviewer.plan(ready)
    lock = empty_lock(lock) if plan.lock_forgotten else lock
    return Ready(ready, lock, {}, approved=True, digest=plan_digest(plan))


@dataclass(frozen=True, slots=True)
class LiveApi:
    """The API as a new plan asks it; `wait` as in `FetchScope`."""

    client: Client
    wait: Callable[[float], bool]


def new_plan(session: Session, api: LiveApi, selection: Selection, options: PlanOptions, reviewer: Reviewer) -> Ready:
    """A plan made now, shown. Asks what to do about edits made outside the files, if somebody is there to answer."""
    desired = session.desired(session.files(selection, orphans=True))
    state = session.state(api.client, desired, prune=options.prune, wait=api.wait)

    def planned(options: PlanOptions) -> Plan:
        made = session.plan(desired, state, options, selection)
        return with_uses(made, state.lock, lambda: nullcontext(api.client))

    try:
        plan = planned(options)
    except OverLimitError as error:
        reviewer.plan(error.plan)
        raise
    reviewer.plan(plan)
    edited = len(plan.drift) + len(plan.conflicts)
    if edited and options.on_drift is OnDrift.FAIL and reviewer.can_ask:
        answer = reviewer.ask(_DRIFT_QUESTION.format(number=counted(edited, "assistant")))
        if answer in {OnDrift.KEEP, OnDrift.REVERT}:
            plan = planned(replace(options, on_drift=OnDrift(answer)))
            reviewer.plan(plan)
    known = {match.remote.id: match.remote.value for match in state.matches.matches if match.remote is not None}
    # What is sent, and what is in sync, has its entry in the plan. Without this the rest would be waited for each time,
    # and nobody who does not wait would ever see it.
    blocked = {each.address for each in (*plan.drift, *plan.conflicts)} & state.lock.entries.keys()
    found = {match.address: match.entry for match in state.matches.matches if match.address in blocked and match.entry}
    believed = {address: entry for address, entry in found.items() if entry != state.lock.entries[address]}
    return Ready(plan, state.lock, known, believed=believed)


def require_approval(ready: Ready, reviewer: Reviewer, *, automatic: bool) -> None:
    """Ask for approval, if it is needed and something would be sent.

    Raises UsageError without a terminal, RefusedError for any answer but yes.
    """
    plan = ready.plan
    if automatic or ready.approved or not plan.pending:
        return
    if not reviewer.can_ask:
        raise UsageError(
            "nobody is here to approve the plan: stdin is no terminal",
            hint="use --auto-approve, or `revox-sync plan --save plan.json` and `revox-sync apply plan.json`",
        )
    if reviewer.ask(_QUESTION.format(environment=plan.environment, base_url=plan.base_url)) != "yes":
        raise RefusedError("not approved; nothing was sent")


def require_digest(ready: Ready, expected: str | None) -> None:
    """Raises RefusedError if this is not the plan that was reviewed."""
    if expected is not None and (digest := ready.digest or plan_digest(ready.plan)) != expected:
        raise RefusedError(f"the plan has the digest {digest}, not {expected}", hint="review the new plan")


def back_up(session: Session, client: Client, ready: Ready, parallelism: int) -> None:
    """Save the remote assistants that are about to change or be deleted, and say where.

    Raises:
        RemoteError: one of them cannot be fetched.
        RefusedError: the backup cannot be written.
    """
    # A new plan was made from these objects a moment ago, so only a saved plan has them all fetched again.
    with session.settings.during("reading what is about to change"):
        held = collect(client, ready.plan, ready.known, parallelism=parallelism)
    path = write_backup(session.root / STATE_FOLDER / BACKUP_FOLDER, ready.plan, held, ready.lock, utc_now())
    if path is not None:
        # The path in the command is the shorter of the two that work from the current folder.
        short = min(os.path.relpath(path), str(path), key=len)
        back = f"`revox-sync restore {as_arguments(short)}` plans the way back"
        session.settings.tell(f"Backup written: {path.relative_to(session.root)} ({back})")
