"""The plan that apply carries out, and who approved it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from revox_sync.errors import RefusedError, UsageError
from revox_sync.output.text.visible import counted
from revox_sync.remote.client import Client
from revox_sync.source.files.text_file import read_file
from revox_sync.sync.applying.replay_journal import without_unknown
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import OnDrift, Plan, PlanOptions
from revox_sync.sync.planning.saved_plan import SAVED_PLAN, load_plan, plan_digest, secret_addresses, with_secrets
from revox_sync.sync.remote_state.fetch import Unknown, empty_lock
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.usecases.apply.session import Session
from revox_sync.values.pointer import Value

QUESTION = """
Do you want to perform these actions in environment `{environment}` ({base_url})?
  Only 'yes' will be accepted: """
DRIFT_QUESTION = """
{number} edited outside the files. 'keep' keeps the edits, 'revert' lets the files win;
  anything else leaves them alone: """


class Console(Protocol):
    """Where somebody may be who reads plans and answers questions."""

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
    """A plan that may be carried out.

    Attributes:
        lock: the lock it was made on.
        known: remote objects it was made from, by id; empty for a saved plan.
    """

    plan: Plan
    lock: Lock
    known: Mapping[str, Mapping[str, Value]]


def is_saved_plan(addresses: Sequence[str], options: PlanOptions) -> bool:
    """Whether the positionals name a saved plan. Raises UsageError where that is mixed with what makes a new one."""
    saved = [each for each in addresses if each.endswith(SAVED_PLAN)]
    if saved and (len(addresses) > 1 or options != PlanOptions()):
        raise UsageError("a saved plan is applied as it is", hint=f"revox-sync apply {saved[0]}")
    return bool(saved)


def saved_plan(session: Session, path: str, unknown: Mapping[str, Unknown]) -> Ready:
    """A saved plan with its secrets. It is its own approval.

    Args:
        unknown: creates by address of which nobody knows what became; these are refused.

    Raises RefusedError when it was made for another environment, API or lock.
    """
    plan, lock = load_plan(read_file(Path(path)), path), session.load_lock()
    hint = "make a new plan"
    if plan.environment != session.environment.name:
        raise RefusedError(
            f"the plan is for environment `{plan.environment}`, not `{session.environment.name}`",
            hint=f"--env {plan.environment}",
        )
    if plan.base_url != session.endpoint.base_url:
        raise RefusedError(f"the plan is for {plan.base_url}, not {session.endpoint.base_url}", hint=hint)
    if plan.lock_digest != lock_digest(lock):
        raise RefusedError("the lock has changed since the plan was made", hint=hint)
    if lock.organization_id and plan.organization_id not in {None, lock.organization_id}:
        raise RefusedError(f"the plan is for organisation {plan.organization_id}", hint=hint)
    wanted = secret_addresses(plan)
    files = [each for each in session.workspace.files if each.address in wanted]
    declared = {each.address: each.declared for each in session.desired(files)} if files else {}
    plan = without_unknown(with_secrets(plan, declared), unknown)
    return Ready(plan, empty_lock(lock) if plan.lock_forgotten else lock, {})


def new_plan(
    session: Session, client: Client, addresses: Sequence[str], options: PlanOptions, console: Console
) -> Ready:
    """A plan made now, shown; where edits were made outside and somebody is there, they are asked about."""
    desired = session.desired(session.files(addresses, orphans=True))
    state = session.state(client, desired, prune=options.prune)
    plan = session.plan(desired, state, options, addresses)
    console.plan(plan)
    outside = len(plan.drift) + len(plan.conflicts)
    if outside and options.on_drift is OnDrift.FAIL and console.can_ask:
        answer = console.ask(DRIFT_QUESTION.format(number=counted(outside, "assistant")))
        if answer in {OnDrift.KEEP, OnDrift.REVERT}:
            plan = session.plan(desired, state, replace(options, on_drift=OnDrift(answer)), addresses)
            console.plan(plan)
    known = {each.remote.id: each.remote.value for each in state.matches.matches if each.remote is not None}
    return Ready(plan, state.lock, known)


def require_approval(plan: Plan, console: Console, *, automatic: bool) -> None:
    """Ask, where something would be sent. Raises UsageError without a terminal, RefusedError for any answer but yes."""
    if automatic or not plan.pending:
        return
    if not console.can_ask:
        raise UsageError(
            "nobody is here to approve the plan: stdin is no terminal",
            hint="use --auto-approve, or `plan --save plan.json` and `apply plan.json`",
        )
    if console.ask(QUESTION.format(environment=plan.environment, base_url=plan.base_url)) != "yes":
        raise RefusedError("not approved; nothing was sent")


def require_digest(plan: Plan, expected: str | None) -> None:
    """Raises RefusedError where the plan is not the one that was reviewed."""
    if expected is not None and plan_digest(plan) != expected:
        raise RefusedError(f"the plan has the digest {plan_digest(plan)}, not {expected}", hint="review the new plan")
