"""A journey: the file, the lock and a server that changes what it is sent, over a socket."""

from __future__ import annotations

from typing import Any

import pytest

from tests.account import Account
from tests.cli.commands.plans import FAQ, IN_SYNC, VOICE, changes, fields

TOOL = {"name": "look_up", "description": "Looks up.", "method": "GET", "url": "https://a.example.com"}
WINDOW = {"calling_window_start_time": "09:00", "calling_window_end_time": "17:00", "retry_delay_seconds": 60.0}
RETRY: dict[str, Any] = {
    "max_retry_attempts": 2,
    "calling_windows": [WINDOW],
    "allowed_days": ["tuesday", "monday"],
    "call_twice_in_a_row": False,
}
GROWN = {"question": "How?", "answer": "", "source": "ai", "needs_human_answer": True, "id": "faq_9"}
MEANS_THE_SAME = [
    {"prompt": "Line.  \r\nLine.\r\n\r\n"},
    {"prompt": "Line. "},
    {"max_call_duration_secs": 300.0},
    {"voice": {"speed": 1, "id": "v1", "provider": "cartesia"}},
    {"call_retry_config": RETRY},
    {"faq_items": [{"answer": "Yes.\n", "question": "Do you deliver?"}]},
    {"faq_items": [{"answer": "Yes. ", "question": "Do you deliver? "}]},
    {"email_notification_address": "B@example.com,a@example.com"},
    {"structured_output_config": [{"name": "x", "type": "string", "required": False, "description": "X."}]},
]
KNOWN_BY_THE_LOCK = [
    {"call_retry_config": RETRY | {"calling_windows": [WINDOW | {"calling_window_start_time": "9am"}]}},
    {"webhook_url": "HTTPS://Hooks.Example.com/Done"},
]


def field_of(declared: dict[str, Any]) -> str:
    return next(iter(declared))


@pytest.mark.parametrize("declared", MEANS_THE_SAME + KNOWN_BY_THE_LOCK, ids=field_of)
def test_what_the_server_normalises_is_no_eternal_difference(account: Account, declared: dict[str, Any]) -> None:
    account.serve(account.store, "respell")
    account.declare("a", **declared)
    account.applied()
    assert account.run("plan").told == IN_SYNC
    account.declare("a", **declared, first_sentence="Hi")
    assert [path for path, *_ in fields(account.plan(), "a")] == ["first_sentence"]
    account.applied()
    assert account.run("plan").told == IN_SYNC


@pytest.mark.parametrize("declared", MEANS_THE_SAME, ids=field_of)
def test_without_a_lock_what_means_the_same_is_no_difference(account: Account, declared: dict[str, Any]) -> None:
    account.serve(account.store, "respell")
    account.declare("a", **declared)
    account.applied()
    account.lock_path.unlink()
    plan = account.plan()
    assert (changes(plan), plan["summary"]["blocked"]) == ({}, 0)


def collapsing(account: Account) -> None:
    """A server that keeps prompts with one blank between words: another value for whoever has no lock."""

    def collapsed(body: Any) -> Any:
        return body | {"prompt": " ".join(body["prompt"].split())} if "prompt" in body else body

    for method in ("POST", "PATCH"):
        account.disturb(method, rewrite=collapsed)


def collapsed_without_lock(account: Account) -> None:
    collapsing(account)
    account.declare("a", prompt="You  are\nA.")
    account.applied()
    assert account.run("plan").told == IN_SYNC
    account.lock_path.unlink()
    assert [each["address"] for each in account.plan()["conflicts"]] == ["a"]


def test_without_a_lock_the_servers_form_of_another_value_may_be_pulled(account: Account) -> None:
    collapsed_without_lock(account)
    assert account.run("pull", "--theirs").code == 0
    assert account.run("plan").told == IN_SYNC


def test_without_a_lock_a_value_sent_again_is_found_in_the_servers_form(account: Account) -> None:
    collapsed_without_lock(account)
    ran = account.applied("--on-drift", "revert")
    assert "the server changed `prompt`; its form is accepted" in ran.out
    assert account.run("plan").told == IN_SYNC


def test_an_edit_that_the_servers_form_does_not_show(account: Account) -> None:
    collapsing(account)
    account.declare("a", prompt="You are a.")
    account.applied()
    account.declare("a", prompt="You  are a.")
    assert "the server changed `prompt`; its form is accepted" in account.applied().out
    assert account.run("plan").told == IN_SYNC


def test_a_neighbour_edited_outside_survives_our_update(account: Account) -> None:
    account.declare("a", voice={"provider": "cartesia", "id": "v1"})
    account.applied()
    account.edit("a", voice={"provider": "cartesia", "id": "v1", "speed": 1.3})
    account.declare("a", voice={"provider": "cartesia", "id": "v2"})
    plan = account.plan()
    assert fields(plan, "a") == [("voice.id", "v1", "v2")]
    account.applied()
    assert account.remote("a")["voice"] == {"provider": "cartesia", "id": "v2", "speed": 1.3}
    assert account.run("plan").told == IN_SYNC


def test_a_nested_key_that_left_the_file_leaves_the_server(account: Account) -> None:
    account.declare("a", voice=VOICE)
    account.applied()
    account.declare("a", voice={key: value for key, value in VOICE.items() if key != "volume"})
    assert changes(account.plan()) == {"a": "update"}
    account.applied()
    assert "volume" not in account.remote("a")["voice"]
    assert account.run("plan").told == IN_SYNC


def test_nothing_is_carried_over_to_another_provider(account: Account) -> None:
    account.declare("a", voice={"provider": "cartesia", "id": "v1"})
    account.applied()
    account.edit("a", voice=VOICE)
    account.declare("a", voice={"provider": "elevenlabs", "id": "e1"})
    lost = {(path, after) for path, _, after in fields(account.plan(), "a") if after is None}
    assert lost == {("voice.speed", None), ("voice.volume", None)}
    account.applied()
    assert account.remote("a")["voice"] == {"provider": "elevenlabs", "id": "e1"}


CANNOT_BE_CLEARED = {
    "call_retry_config": RETRY,
    "end_of_call_sentence": "Bye.",
    "faq_items": FAQ,
    "first_sentence": "Hello",
    "structured_output_config": [{"name": "x", "type": "string", "required": False, "description": "X."}],
    "voice": VOICE,
    "webhook_url": "https://a.example.com",
}


@pytest.mark.parametrize("field", CANNOT_BE_CLEARED)
def test_a_field_that_cannot_be_cleared(account: Account, field: str) -> None:
    account.declare("a", **{field: CANNOT_BE_CLEARED[field]})
    account.applied()
    account.declare("a", **{field: None})
    ran = account.run("plan")
    assert ran.code == 1
    assert "RVX112" in ran.err
    account.declare("a")
    plan = account.plan()
    assert changes(plan) == {}
    assert [note for note in plan["notes"] if "no longer managed" in note] == plan["notes"]
    assert f"`{field}`" in plan["notes"][0]


def grow(account: Account) -> None:
    account.edit("a", faq_items=[*account.remote("a")["faq_items"], GROWN])


def questions(account: Account) -> list[str]:
    return [each["question"] for each in account.remote("a")["faq_items"]]


def test_questions_of_callers_are_sent_again_with_ours(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.applied()
    grow(account)
    account.declare("a", faq_items=[FAQ[0] | {"answer": "No."}, FAQ[1]])
    assert fields(account.plan(), "a") == [('faq_items["Do you deliver?"].answer', "Yes.", "No.")]
    account.applied()
    assert questions(account) == ["Do you deliver?", "When?", "How?"]
    assert account.run("plan").told == IN_SYNC


def test_a_question_that_left_the_file_is_deleted_and_one_of_a_caller_is_not(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.applied()
    grow(account)
    account.declare("a", faq_items=FAQ[:1])
    account.applied()
    assert questions(account) == ["Do you deliver?", "How?"]


def test_a_question_sent_again_is_still_a_callers(account: Account) -> None:
    """The API has no way to send a question as a caller's: it comes back as one that people wrote."""
    account.declare("a", faq_items=FAQ)
    account.applied()
    grow(account)
    account.declare("a", faq_items=FAQ[:1])
    account.applied()
    account.declare("a", faq_items=[FAQ[0] | {"answer": "No."}])
    assert fields(account.plan(), "a") == [('faq_items["Do you deliver?"].answer', "Yes.", "No.")]
    account.applied()
    assert questions(account) == ["Do you deliver?", "How?"]
    assert account.run("plan").told == IN_SYNC
