"""What the API says of a call: secrets in it, what is not as documented, and what was expected of it."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.contract.schema_files import load_schema
from revox_sync.contract.validator import compile_schema
from tests.account import Account, Fault
from tests.usecases.call.calls import call

CANARY = "s3cr3t-9f2c-of-the-tool"


def answered(account: Account, **attempt: Any) -> None:
    """The call has been answered so."""
    body = {"call": {"id": "call_1", "status": "completed", "outcome": CANARY, "call_attempts": [attempt]}}
    for method, path in (("POST", "/call"), ("GET", "/call/")):
        account.switchboard.faults.append(
            Fault(lambda sent, m=method, p=path: sent.method == m and sent.path.startswith(p), body=body)  # type: ignore[misc]
        )


@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_and_control_characters(project: Account, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    monkeypatch.setenv("HOOK", CANARY)
    project.write("assistants/sales/outbound.yaml", "name: A\nprompt: Ask.\nvoicemail_message: !env HOOK\n")
    turn = {
        "role": "tool",
        "content": f"{CANARY}\x1b[2J\nand so on",
        "tool_name": CANARY,
        "tool_arguments": {CANARY: [CANARY, {"n": 1}]},
        "tool_output": f"Bearer {CANARY.upper()}",
        "tool_is_error": True,
    }
    answered(
        project, transcript=[turn, "x", None], structured_output={CANARY: CANARY, "token": "sk-abc123def456ghi789"}
    )
    ran = call(project, "--var", f"x={CANARY}", "-o", form)
    shown = ran.out + ran.err
    assert "s3cr3t" not in shown.lower()
    assert "sk-abc123def456ghi789" not in shown
    assert "\x1b" not in shown
    assert "(sensitive)" in ran.out
    assert "and so on" in ran.out


HOSTILE: list[Any] = [
    {"call_attempts": {"a": 1}},
    {"call_attempts": [None, 1, {}]},
    {"call_attempts": [{"transcript": {"role": 1}, "structured_output": [1]}]},
    {"call_attempts": [{"transcript": [{"role": None, "content": 7, "tool_arguments": None}], "status": 3}]},
    {"outcome": 3, "outcome_summary": ["x"]},
]


@pytest.mark.parametrize("fields", HOSTILE)
def test_an_answer_that_is_not_as_documented(project: Account, fields: dict[str, Any]) -> None:
    body = {"call": {"id": "call_1", "status": "completed", **fields}}
    for method in ("GET", "POST"):
        project.switchboard.faults.append(
            Fault(lambda sent, m=method: sent.method == m and sent.path.startswith("/call"), body=body)  # type: ignore[misc]
        )
    ran = call(project, "-o", "json", "--expect", "output.agreed=true", code=3)
    assert compile_schema(load_schema("call"))(ran.json)
    call(project)


EXPECTED = [
    ("true", True, 0),
    ("1", True, 3),
    ("3", 3.0, 0),
    ("visit", "visit", 0),
    ('"visit"', "visit", 3),
    ("3", "3", 0),
    ("null", None, 0),
    ("{", {}, 3),
    ("{}", {}, 0),
]


@pytest.mark.parametrize(("wanted", "found", "code"), EXPECTED)
def test_what_is_expected_of_an_output(project: Account, wanted: str, found: Any, code: int) -> None:
    answered(project, structured_output={"agreed": found})
    call(project, "--expect", f"output.agreed={wanted}", code=code)
