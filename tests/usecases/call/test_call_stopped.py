"""Ctrl-C during a call: whoever stops it decides what becomes of it."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Any

import pytest

from revox_sync.cli.main import run
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.sync.model.call_report import CallOrder
from revox_sync.usecases.apply.session import open_session
from revox_sync.usecases.call.call import place_call
from revox_sync.usecases.call.request import CallRequest
from revox_sync.usecases.project.settings import Settings, World
from tests.account import HASTY, Account, Fault, Ran
from tests.usecases.call.calls import FILLED, NUMBER, Typist, posts


def interrupted(account: Account, *arguments: str, after: int = 2) -> Ran:
    """A call during which Ctrl-C comes while it waits for that look."""
    account.switchboard.sent.clear()
    account.capture.readouterr()
    looks: list[float] = []

    def wait(seconds: float) -> bool:
        looks.append(seconds)
        if len(looks) == after:
            raise KeyboardInterrupt
        return False

    def hasty(settings: ClientSettings) -> ClientSettings:
        return replace(settings, policy=HASTY)

    words = ["-C", str(account.root), "call", "sales/outbound", "--to", NUMBER, *FILLED, *arguments]
    code = run(words, World(wait, client=hasty))
    out, err = account.capture.readouterr()
    return Ran(code, out, err)


def test_ctrl_c_where_nobody_can_be_asked_cancels(project: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ran = interrupted(project, "--auto-approve")
    assert ran.code == 130
    assert [path.rpartition("/")[2] for path in posts(project)] == ["call", "cancel"]
    assert ran.out.rstrip().endswith(": cancelled.")


@pytest.mark.parametrize(
    ("answers", "code", "ending"),
    [
        (("cancel",), 130, ": cancelled."),
        (("leave",), 130, "the call goes on and was left alone"),
        ((KeyboardInterrupt,), 130, "the call goes on and was left alone"),
        (("",), 0, "completed, outcome completed."),
    ],
)
def test_ctrl_c_offers_to_cancel(
    project: Account,
    monkeypatch: pytest.MonkeyPatch,
    answers: tuple[str | type[BaseException], ...],
    code: int,
    ending: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Typist("yes", *answers))
    ran = interrupted(project)
    assert ran.code == code
    assert ran.out.rstrip().endswith(ending)
    assert len(posts(project)) == 1 + (answers == ("cancel",))


CANCELLING: list[tuple[dict[str, Any], str]] = [
    ({"status": 409, "body": {"error": "too late"}}, "not cancelled: the API refused"),
    ({"status": None}, "whether the call is cancelled is not known"),
    ({"status": 200, "body": {"success": True}}, "the API has accepted to cancel it"),
]


@pytest.mark.parametrize(("fault", "words"), CANCELLING)
def test_a_call_that_goes_on_in_spite_of_it(
    project: Account, monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any], words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    project.switchboard.faults.append(Fault(lambda sent: sent.path.endswith("/cancel"), **fault))
    ran = interrupted(project, "--auto-approve", after=1)
    assert ran.code == 130
    assert words in ran.out
    assert len(posts(project)) == 2


@dataclass
class Watcher:
    """Somebody who answers questions about one call."""

    answer: str
    asked: list[str] = field(default_factory=list)
    can_ask: bool = True

    def ask(self, question: str) -> str:
        self.asked.append(question)
        return self.answer

    def call(self, order: CallOrder) -> None:
        assert order.number == NUMBER


@contextmanager
def signalled(stop: Event) -> Iterator[None]:
    """Ctrl-C comes while the call is being placed."""
    stop.set()
    yield


REQUEST = CallRequest("sales/outbound", NUMBER, {"first_name": "Ada", "company": "x"}, {}, approved=True)


@pytest.mark.parametrize(("answer", "code"), [("cancel", 130), ("leave", 130), ("", 0)])
def test_ctrl_c_while_the_call_is_placed(project: Account, answer: str, code: int) -> None:
    """The request is not torn apart: whoever stopped it learns which call to cancel."""
    console, settings = Watcher(answer), Settings(str(project.root), world=World(project.wait))
    report = place_call(open_session(settings), REQUEST, console, signalled)
    assert (report.placed, report.exit_code) == ("yes", code)
    assert len(console.asked) == 1
    assert len(project.writes) == 1 + (answer == "cancel")


@pytest.mark.parametrize(("status", "code"), [(500, 130), (429, None)])
def test_ctrl_c_while_nobody_knows_whether_it_is_placed(project: Account, status: int, code: int | None) -> None:
    project.disturb("POST", status=status)
    session = open_session(Settings(str(project.root), world=World(project.wait)))
    if code is None:  # provably not placed, and not tried again
        with pytest.raises(KeyboardInterrupt):
            place_call(session, REQUEST, Watcher("cancel"), signalled)
    else:
        report = place_call(session, REQUEST, Watcher("cancel"), signalled)
        assert (report.placed, report.exit_code) == ("unknown", code)
    assert posts(project) == ["/call"]


def test_ctrl_c_after_the_end(project: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """The call ends by itself before it can be cancelled."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    project.switchboard.faults.append(
        Fault(lambda sent: sent.path.endswith("/cancel"), status=409, body={"error": "the call is completed"})
    )
    ran = interrupted(project, "--auto-approve", after=3)
    assert ran.code == 130
    assert ran.out.rstrip().endswith(": completed, outcome completed.")
