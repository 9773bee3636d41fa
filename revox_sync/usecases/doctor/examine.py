"""What `revox-sync doctor` does: checks, and where it was asked for, a probe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import Event
from typing import Protocol

from revox_sync.errors import RefusedError, UsageError
from revox_sync.sync.model.doctor_report import DoctorReport, Health
from revox_sync.usecases.apply.notices import warn_of_uncommitted
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.doctor.diagnose import diagnose
from revox_sync.usecases.doctor.run_probe import QUESTION, probe_server
from revox_sync.usecases.project.settings import Settings


class Questioner(Protocol):
    """Somebody who answers questions."""

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        ...

    def ask(self, question: str) -> str:
        """The answer to a question."""
        ...


def examine(
    settings: Settings,
    questioner: Questioner,
    *,
    probe: bool,
    approved: bool,
    interruptible: Callable[[Event], AbstractContextManager[object]] = nullcontext,
) -> DoctorReport:
    """What is found, and what is learnt.

    Args:
        approved: whether a probe needs no answer.
        interruptible: makes signals set an event while the block runs.

    Raises:
        UsageError: `approved` without `probe`; nobody is there to ask.
        RefusedError: somebody said no.
        RemoteError: no assistant could be created.
    """
    if approved and not probe:
        raise UsageError("--yes says yes to a probe", hint="`revox-sync doctor --probe --yes`")
    checks = diagnose(settings)
    if not probe:
        return DoctorReport(checks)
    # Where the key is refused, or the project cannot be read, opening it says so better than a question would.
    session = open_session(settings)
    if any(check.name in {"key", "assistants"} and check.health is Health.PROBLEM for check in checks):
        return DoctorReport(checks)
    left = next((check.text for check in checks if check.name == "left-over"), None)
    _require_approval(session, questioner, approved=approved, has_left_over=left is not None)
    with session.alone():
        found = probe_server(session, interruptible)
    if not session.endpoint.is_loopback and settings.verbosity >= 0:
        warn_of_uncommitted(session, session.facts_path, "without it plan and apply elsewhere know nothing of it")
    if left is not None and found.left_over is None:
        checks = tuple(check for check in checks if check.name != "left-over")
    return DoctorReport(checks, found)


def _require_approval(session: Session, questioner: Questioner, *, approved: bool, has_left_over: bool) -> None:
    if approved:
        return
    if not questioner.can_ask:
        raise UsageError("there is no terminal to ask whether to probe", hint="`revox-sync doctor --probe --yes`")
    also = "; what an earlier probe has left is deleted, too" if has_left_over else ""
    question = QUESTION.format(environment=session.environment.name, base_url=session.endpoint.shown, also=also)
    if questioner.ask(question) != "yes":
        raise RefusedError("not approved; nothing was created")
