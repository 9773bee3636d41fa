"""`call`: who may be called, what is sent, how a call is followed, and what is said when nobody knows."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from tests.account import Account, Fault, Ran, Sent
from tests.conftest import Golden
from tests.usecases.call.calls import FILLED, NUMBER, SILENT, TEXTS, Typist, call, posts


def without_ids(account: Account, ran: Ran) -> str:
    call_id = next(iter(account.store.records("call")))["id"]
    return (ran.out + "--- stderr\n" + ran.err).replace(call_id, "call_1").replace(account.base_url, "https://api")


def test_what_people_read(project: Account, golden: Golden) -> None:
    ran = call(project, "--expect", "outcome=interested", "--expect", "output.agreed=true", code=3)
    golden("call/expected.txt", without_ids(project, ran))


def test_nobody_answers(project: Account, golden: Golden) -> None:
    ran = call(project, "--expect", "outcome=none", to=SILENT)
    golden("call/not_answered.txt", without_ids(project, ran))
    assert call(project, "--expect", "output.agreed=true", to=SILENT, code=3)


def test_what_is_sent(project: Account) -> None:
    call(project)
    (placed,) = project.writes
    assert placed == Sent(
        "POST",
        "/call",
        {
            "phone_number": NUMBER,
            "assistant": {key: value for key, value in TEXTS.items() if key != "name"},
            "prompt_variables": {"first_name": "Ada", "company": "Lovelace & Co"},
            "metadata": {"placed_by": "revox-sync call", "address": "sales/outbound"},
            "skip_calling_window": True,
        },
    )
    assert project.store.all() == []
    assert not (project.root / ".revox").exists()
    assert set(project.waits) == {2.0}


def test_the_report_for_programs(project: Account) -> None:
    report = call(project, "-o", "json", "--expect", "outcome=completed", "--expect", "output.kind=visit").json
    assert compile_schema(load_schema("call"))(report)
    assert (report["placed"], report["status"], report["outcome"]) == ("yes", "completed", "completed")
    (attempt,) = report["attempts"]
    assert attempt["outputs"] == {"agreed": True, "kind": "visit"}
    assert attempt["transcript"][0]["content"] == "Hello Ada!"
    assert [each["met"] for each in report["expectations"]] == [True, True]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), 64, "--to +33199001234"),
        (("--to", "0199001234"), 64, "write it like"),
        (("--to", "+33 1 99-00.12(34)"), 64, "did you mean --to +33199001234?"),
        (("--to", "+33199009999"), 4, "is not in `safety.test_numbers`"),
        (("--to", "+33199009999"), 4, f'safety: {{test_numbers: ["{NUMBER}", "{SILENT}", "+33199009999"]}}'),
        (("--to", "+٣٣١٩٩٠٠١٢٣٤"), 64, "is no phone number"),
        (("--to", NUMBER), 64, "2 prompt variables without a value: `first_name`, `company`"),
        (("--to", NUMBER, "--var", "first_nam=Ada", "--var", "company=x"), 64, "did you mean `first_name`?"),
        (("--to", NUMBER, "--var", "=x"), 64, "takes NAME=VALUE"),
        (("--to", NUMBER, "--var", "a=1", "--var", "a=2"), 64, "names `a` twice"),
        (("--to", NUMBER, *FILLED, "--expect", "outcome=complete"), 64, "did you mean `completed`?"),
        (("--to", NUMBER, *FILLED, "--expect", "output.agred=true"), 64, "did you mean `output.agreed`?"),
        (("--to", NUMBER, *FILLED, "--expect", "status=completed"), 64, "--expect knows no `status`"),
        (("--to", NUMBER, *FILLED, "--wait", "nan"), 64, "not a number of seconds"),
        (("--to", NUMBER, *FILLED), 64, "stdin is no terminal"),
    ],
)
def test_nobody_is_called(
    project: Account, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, words: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    ran = project.run("call", "sales/outbound", *arguments)
    assert (ran.code, project.writes) == (code, []), ran.err
    assert words in ran.err


def test_one_assistant_is_called(project: Account) -> None:
    project.declare("sales/inbound")
    ran = project.run("call", "sales/*", "--to", NUMBER)
    assert (ran.code, project.writes) == (64, [])
    assert "one of sales/inbound, sales/outbound" in ran.err


def test_a_project_without_test_numbers_calls_nobody(project: Account) -> None:
    project.configure()
    ran = project.run("call", "sales/outbound", "--to", NUMBER, *FILLED, "--auto-approve")
    assert (ran.code, project.writes) == (4, [])
    assert f'safety: {{test_numbers: ["{NUMBER}"]}}' in ran.err


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"first_sentence_mode": "loud"}, "first_sentence_mode"),  # no plan could be made
        ({"prompt": "You speak with {{first_name}."}, "RVX201"),  # only lint says so
    ],
)
def test_an_error_in_the_file(project: Account, fields: dict[str, Any], words: str) -> None:
    project.declare("sales/outbound", **TEXTS | fields)
    ran = call(project, code=1)
    assert project.writes == []
    assert words in ran.err
    assert "nothing was dialled: 1 error in the file" in ran.err


def test_a_variable_that_is_not_set(project: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    project.write("assistants/sales/outbound.yaml", "name: A\nprompt: Ask.\nwebhook_url: !env HOOK\n")
    ran = call(project, code=4)
    assert project.writes == []
    assert "`HOOK`" in ran.err


@pytest.mark.parametrize(("answer", "code", "number"), [("yes", 0, 1), ("y", 4, 0), ("", 4, 0)])
def test_it_asks_first(project: Account, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, number: int) -> None:
    monkeypatch.setattr(sys, "stdin", Typist(answer))
    ran = project.run("call", "sales/outbound", "--to", NUMBER, *FILLED)
    assert (ran.code, len(project.writes)) == (code, number)
    before, _, _ = ran.out.partition("Do you want to place this call?")
    for words in (NUMBER, "organisation org_emulator", "first_name = Ada", "company    = Lovelace"):
        assert words.split(" = ")[-1] in before
    assert before != ran.out


def test_the_key_of_another_organisation(project: Account) -> None:
    project.declare("other")
    project.applied("other")
    project.serve(project.store, organization_id="org_other")
    ran = call(project, code=4)
    assert project.writes == []
    assert "belongs to organisation org_other, the lock to org_emulator" in ran.err


def test_a_key_that_may_not_read_users(project: Account) -> None:
    project.serve(project.store, "forbid:users")
    assert "organisation unknown" in call(project).out


def test_a_key_that_is_refused(project: Account) -> None:
    project.serve(project.store, key="another")
    call(project, code=5)
    assert project.writes == []


LOST: list[dict[str, Any]] = [
    {"status": None, "committed": True},
    {"status": 500, "committed": True},
    {"status": 200, "body": {"call": {"id": "call_1"}}, "committed": True},
    {"status": 200, "body": {"call": {"id": "..", "status": "calling"}}, "committed": True},
]


@pytest.mark.parametrize("fault", LOST)
def test_a_call_that_may_have_been_placed(project: Account, fault: dict[str, Any]) -> None:
    project.disturb("POST", **fault)
    ran = call(project, "-o", "json", "--expect", "outcome=completed", code=3)
    assert posts(project) == ["/call"]
    assert compile_schema(load_schema("call"))(ran.json)
    assert (ran.json["placed"], ran.json["id"]) == ("unknown", None)
    assert "may have been placed" in ran.json["problem"]
    assert [each["found"] for each in ran.json["expectations"]] == [None]


@pytest.mark.parametrize(("status", "code"), [(422, 5), (403, 5)])
def test_a_call_that_is_refused(project: Account, status: int, code: int) -> None:
    project.disturb("POST", status=status, body={"error": "not in this country"})
    ran = call(project, code=code)
    assert posts(project) == ["/call"]
    assert "not in this country" in ran.err


def test_too_many_calls_are_waited_for(project: Account) -> None:
    """A 429 has placed nothing, so it is sent again."""
    project.disturb("POST", status=429)
    fault = project.switchboard.faults[-1]
    seen: list[Sent] = []

    def first(sent: Sent) -> bool:
        seen.append(sent)
        return sent.method == "POST" and len([each for each in seen if each.method == "POST"]) == 1

    project.switchboard.faults[-1] = replace(fault, matches=first)
    call(project)
    assert posts(project) == ["/call", "/call"]
    assert len(project.store.records("call")) == 1


def following(status: int, body: Any = None) -> Callable[[Account], None]:
    """Every look at the call fails so."""

    def disturb(account: Account) -> None:
        account.switchboard.faults.append(Fault(lambda sent: sent.path.startswith("/call/"), status=status, body=body))

    return disturb


@pytest.mark.parametrize(
    ("disturb", "words"),
    [
        (following(503), "cannot be followed"),
        (following(401), "cannot be followed"),
        (following(404), "no call of this id any more"),
        (following(200, {"call": {"id": "another", "status": "completed"}}), "cannot be followed"),
        (following(200, ["x"]), "cannot be followed"),
    ],
)
def test_a_call_that_cannot_be_followed(project: Account, disturb: Callable[[Account], None], words: str) -> None:
    disturb(project)
    ran = call(project, code=3)
    assert posts(project) == ["/call"]
    assert words in ran.out


def test_patience_comes_to_an_end(project: Account) -> None:
    ran = call(project, "--wait", "3", code=3)
    assert "the call goes on; it was followed for 3 s" in ran.out
    assert project.waits == [2.0, 2.0]


@pytest.mark.parametrize("status", ["cancelled", "errored"])
def test_a_call_that_did_not_take_place(project: Account, status: str) -> None:
    project.switchboard.faults.append(
        Fault(lambda sent: sent.method == "POST", status=200, body={"call": {"id": "call_1", "status": "queued"}})
    )
    following(200, {"call": {"id": "call_1", "status": status, "call_attempts": None}})(project)
    assert f"Call call_1: {status}." in call(project, code=3).out
