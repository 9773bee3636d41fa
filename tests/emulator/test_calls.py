"""Calls, as the official SDK places and follows them."""

from __future__ import annotations

from typing import Any

import pytest
from revox import ConflictError, NotFoundError, Revox, UnprocessableEntityError, types

from tests.emulator.conftest import MINIMAL, full_body
from tests.emulator.test_sdk import strictly

NUMBER = "+33199001234"
INLINE: dict[str, Any] = {"prompt": "Ask.", "first_sentence": "Hello {{first_name}}, {{unknown}}."}
OUTPUTS = [
    {"name": "agreed", "type": "boolean", "required": True},
    {"name": "kind", "type": "enum", "required": True, "enum_options": ["visit", "call"]},
]


def look(sdk: Revox, call_id: str) -> Any:
    answer = sdk.call.with_raw_response.retrieve(call_id).http_response.json()
    return strictly(types.CallRetrieveResponse, answer).call


def test_a_call_runs_through_its_states(sdk: Revox) -> None:
    inline = {**INLINE, "structured_output_config": OUTPUTS}
    answer = sdk.call.with_raw_response.create(
        phone_number=NUMBER,
        assistant=inline,  # type: ignore[arg-type]
        prompt_variables={"first_name": "Ada"},
    )
    call = strictly(types.CallCreateResponse, answer.http_response.json()).call
    assert (call.status, call.to_phone_number, call.call_attempts) == ("initializing", NUMBER, [])
    seen = [look(sdk, call.id) for _ in range(5)]
    assert [each.status for each in seen] == [
        "queued_for_calling",
        "calling",
        "post_processing",
        "completed",
        "completed",
    ]
    (attempt,) = seen[-1].call_attempts
    assert attempt.structured_output == {"agreed": True, "kind": "visit"}
    assert attempt.transcript[0].content == "Hello Ada, {{unknown}}."
    assert (seen[-1].outcome, attempt.status, attempt.result) == ("completed", "completed", "human")
    assert seen[1].call_attempts[0].status == "ongoing"


def test_a_call_of_an_assistant_that_exists(sdk: Revox) -> None:
    made = sdk.assistants.create(**full_body("0.4")).assistant
    call = sdk.call.create(phone_number=NUMBER, assistant_id=made.id).call
    assert call.assistant is not None
    assert call.assistant.id == made.id
    assert look(sdk, call.id).assistant.id == made.id


def test_an_inline_assistant_is_none_of_the_account(sdk: Revox) -> None:
    before = [each.id for each in sdk.assistants.list().assistants]
    sdk.call.create(phone_number=NUMBER, assistant=INLINE)  # type: ignore[arg-type]
    assert [each.id for each in sdk.assistants.list().assistants] == before


def test_nobody_answers(sdk: Revox) -> None:
    call = sdk.call.create(phone_number="+33199000000", assistant=INLINE).call  # type: ignore[arg-type]
    for _ in range(4):
        call = look(sdk, call.id)
    (attempt,) = call.call_attempts
    assert (call.status, call.outcome) == ("completed", None)
    assert (attempt.status, attempt.dial_error, attempt.transcript) == ("error", "no_answer", [])


def test_a_call_is_cancelled_once(sdk: Revox) -> None:
    call = sdk.call.create(phone_number=NUMBER, assistant=INLINE).call  # type: ignore[arg-type]
    assert sdk.call.cancel(call.id).success
    assert look(sdk, call.id).status == "cancelled"
    with pytest.raises(ConflictError, match="the call is cancelled"):
        sdk.call.cancel(call.id)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"phone_number": "0199001234", "assistant": INLINE}, "E.164"),
        ({"phone_number": NUMBER}, "needs `assistant_id` or `assistant`"),
        ({"phone_number": NUMBER, "assistant": {"first_sentence": "Hi"}}, "does not match the contract"),
        ({"phone_number": NUMBER, "assistant": MINIMAL}, "does not match the contract"),
    ],
)
def test_a_call_that_is_refused(sdk: Revox, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(UnprocessableEntityError, match=words):
        sdk.call.create(**arguments)


def test_what_does_not_exist_is_missing(sdk: Revox) -> None:
    with pytest.raises(NotFoundError):
        sdk.call.create(phone_number=NUMBER, assistant_id="asst_x")
    for call in (sdk.call.retrieve, sdk.call.cancel):
        with pytest.raises(NotFoundError, match="no call has the id call_x"):
            call("call_x")
