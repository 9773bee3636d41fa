"""The steps of `revox-sync call`: prepare, ask, place once, follow to the end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any, Final, Protocol

from revox_sync.errors import NotAuthorisedError, RefusedError, RejectedError, RemoteError, UsageError
from revox_sync.remote.client import Client
from revox_sync.remote.http.retry_policy import is_unclear
from revox_sync.sync.model.call_report import COMPLETED, CallOrder, CallReport
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.call.prepare import PreparedCall, prepare
from revox_sync.usecases.call.read_call import unmet, with_answer
from revox_sync.usecases.call.request import CallRequest

_ENDED: Final = frozenset({COMPLETED, "cancelled", "errored"})
_INTERVAL: Final = 2.0
"""Seconds between two looks at a call."""
_MOST_ABSENT: Final = 5
"""Looks in a row that may find no call: a server may show a new one late."""
_QUESTION: Final = """
Do you want to place this call?
  Only 'yes' will be accepted: """
_CANCEL_QUESTION: Final = """
The call goes on. 'cancel' cancels it, 'leave' leaves it alone; anything else follows it further: """


class CallConsole(Protocol):
    """Somebody who is asked before a phone rings."""

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        ...

    def ask(self, question: str) -> str:
        """The answer to a question."""
        ...

    def call(self, order: CallOrder) -> None:
        """Show what is about to be dialled."""
        ...


Interruptible = Callable[[Event], AbstractContextManager[object]]


def place_call(
    session: Session, request: CallRequest, console: CallConsole, interruptible: Interruptible = nullcontext
) -> CallReport:
    """Place a test call with the file as it is now, and follow it. No assistant is created or changed.

    Args:
        interruptible: makes signals set an event while the block runs, so that the one request is not torn apart.

    Raises what `prepare` raises, RefusedError for any answer but yes or the key of another organisation, RemoteError if
    the call was provably not placed.
    """
    prepared = prepare(session, request)
    with session.client(1) as client:
        order = _order(session, prepared, _organization(session, client))
        console.call(order)
        _require_approval(request, console)
    stop = Event()
    with interruptible(stop), session.client(1, stop) as client:
        report, call = _placed(client, prepared, order)
    if call is None:
        return replace(report, interrupted=stop.is_set())
    session.settings.tell(f"Call {report.id} placed.")
    return _Following(session, prepared, console, report, call).to_its_end(interrupted=stop.is_set())


def _organization(session: Session, client: Client) -> str | None:
    """Whose key it is; None where the API does not say. Raises RefusedError if the lock is of another organisation."""
    try:
        found: str = client.user()["organization_id"]
    except (RejectedError, NotAuthorisedError):
        # A key that may place calls need not be allowed to read users; one that may nothing is no key.
        if not client.auth_status():
            raise
        return None
    bound = session.load_lock().organization_id
    if bound is not None and bound != found:
        raise RefusedError(
            f"the key belongs to organisation {found}, the lock to {bound}; nothing was dialled",
            hint="check the environment and its API key",
        )
    return found


def _order(session: Session, prepared: PreparedCall, organization_id: str | None) -> CallOrder:
    request, cover = prepared.request, prepared.cover
    return CallOrder(
        address=prepared.body["metadata"]["address"],
        environment=session.environment.name,
        base_url=session.endpoint.shown,
        organization_id=organization_id,
        number=prepared.number,
        from_number=prepared.from_number,
        variables={name: cover(value) for name, value in request.variables.items()},
    )


def _require_approval(request: CallRequest, console: CallConsole) -> None:
    if request.approved:
        return
    if not console.can_ask:
        raise UsageError("nobody is here to approve the call: stdin is no terminal", hint="use --auto-approve")
    if console.ask(_QUESTION) != "yes":
        raise RefusedError("not approved; nothing was dialled")


def _placed(client: Client, prepared: PreparedCall, order: CallOrder) -> tuple[CallReport, dict[str, Any] | None]:
    """The report of the call, and the API's answer; None where it was lost. The request is never repeated on doubt."""
    expected = prepared.request.expected
    try:
        call = client.place_call(prepared.body)
    except RemoteError as error:
        if error.interrupted:
            raise KeyboardInterrupt from None  # before another attempt, after one that did nothing
        if not is_unclear(error):
            raise
        problem = (
            f"the call may have been placed, and is not placed again: {prepared.cover(error.message)}; "
            "look for it in the dashboard before you place another"
        )
        return CallReport(order, "unknown", problem=problem, expectations=unmet(expected)), None
    report = CallReport(order, "yes", id=prepared.cover(call["id"]))
    return with_answer(report, call, expected, prepared.cover), call


@dataclass(slots=True)
class _Following:
    """A call that is under way.

    Attributes:
        report: what is known of it.
        call: the last answer about it.
        waited: seconds so far.
    """

    session: Session
    prepared: PreparedCall
    console: CallConsole
    report: CallReport
    call: dict[str, Any]
    waited: float = 0.0
    told: str = field(default="", init=False)

    def to_its_end(self, *, interrupted: bool) -> CallReport:
        """Follow it until it has ended, nobody wants to wait any longer, or somebody stops it."""
        while True:
            if not interrupted:
                # A client of its own each time: Ctrl-C may have torn a request apart.
                with suppress(KeyboardInterrupt), self.session.client(1) as client:
                    problem = self._look_on(client)
                    return replace(self.report, problem=problem)
            if (stopped := self._stopped()) is not None:
                return replace(self.report, problem=stopped, interrupted=True)
            interrupted = False

    def _look_on(self, client: Client) -> str:
        """Look until the call has ended; why its end is not known, or nothing."""
        with self.session.settings.during("following the call"):
            return self._look(client)

    def _look(self, client: Client) -> str:
        settings, absent = self.session.settings, 0
        wait, patience = settings.world.wait or Event().wait, self.prepared.request.patience
        while True:
            try:
                found = client.get_call(self.call["id"])
            except RemoteError as error:
                return f"the call goes on, and cannot be followed: {self.prepared.cover(error.message)}"
            absent = absent + 1 if found is None else 0
            if found is not None:
                self._take(found)
                if found["status"] in _ENDED:
                    return ""
            if absent >= _MOST_ABSENT:
                return "the API has no call of this id any more (404)"
            if self.waited >= patience:
                return f"the call goes on; it was followed for {patience:g} s (--wait)"
            with settings.during(f"call {self.report.status}"):
                wait(_INTERVAL)
            self.waited += _INTERVAL

    def _take(self, found: dict[str, Any]) -> None:
        self.call = found
        self.report = with_answer(self.report, found, self.prepared.request.expected, self.prepared.cover)
        if self.report.status != self.told:
            self.told = self.report.status or ""
            self.session.settings.tell(f"Call {self.report.id}: {self.told}")

    def _stopped(self) -> str | None:
        """After Ctrl-C: why the call's end is not known; None to follow it further."""
        # Where nobody can be asked, whoever stops the command means the call, too.
        answer = "cancel"
        if self.console.can_ask:
            try:
                answer = self.console.ask(_CANCEL_QUESTION)
            except KeyboardInterrupt:
                answer = "leave"
        if answer == "leave":
            return "the call goes on and was left alone"
        return self._cancelled() if answer == "cancel" else None

    def _cancelled(self) -> str:
        """Cancel the call; what is not known of that, or nothing."""
        with self.session.client(1) as client:
            try:
                client.cancel_call(self.call["id"])
                problem = "the API has accepted to cancel it"
            except RejectedError as error:
                problem = f"not cancelled: {self.prepared.cover(error.message)}"
            except RemoteError as error:
                problem = f"whether the call is cancelled is not known: {self.prepared.cover(error.message)}"
            with suppress(RemoteError):  # what is known is said
                if (found := client.get_call(self.call["id"])) is not None:
                    self._take(found)
        return "" if self.report.status in _ENDED else problem
