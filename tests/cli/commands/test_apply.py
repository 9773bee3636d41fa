"""`apply`, over the emulator: what is sent, what is left alone, and what is remembered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.account import SCHEMAS, Account, Sent
from tests.cli.commands.plans import FAQ, IN_SYNC, PROMPT, VOICE

APPLY = json.loads((SCHEMAS / "apply.schema.json").read_text("utf-8"))
LOCK = json.loads((SCHEMAS / "lock.schema.json").read_text("utf-8"))


def outcomes(account: Account, *arguments: str) -> tuple[int, dict[str, str]]:
    """Exit code and outcome by address, from the JSON document."""
    ran = account.apply("-o", "json", *arguments)
    document = ran.json
    Draft202012Validator(APPLY).validate(document)
    found = document["outcomes"]
    assert sum(document["summary"][each] for each in ("created", "updated", "deleted")) == sum(
        each["outcome"] == "applied" for each in found
    )
    return ran.code, {each["address"]: each["outcome"] for each in found}


def test_created_as_declared(account: Account) -> None:
    body = {"voice": VOICE, "faq_items": FAQ, "prompt": PROMPT}
    account.declare("a", **body, voicemail_message=None)
    ran = account.applied()
    assert account.writes == [Sent("POST", "/assistants", {"name": "a", **body})]
    assert "a: created (asst_" in ran.out
    assert ran.out.endswith(
        "Apply complete: 1 created, 0 updated, 0 deleted, 0 failed, 0 refused, 0 unknown.\n"
        "Lock written: .revox/local/test.lock.json\n"
    )
    document = json.loads(account.lock_path.read_text("utf-8"))
    Draft202012Validator(LOCK).validate(document)
    assert document["organization_id"] == "org_emulator"


def test_text_in_a_file_is_the_whole_report_and_stdout_says_once_where_it_is(account: Account) -> None:
    account.declare("a", prompt=PROMPT)
    ran = account.applied("-o", "text", "-o", "text:report.txt")
    assert ran.out.count("Environment ") == 1
    text = (account.root / "report.txt").read_text("utf-8")
    assert text.startswith(ran.out.partition("\n\n")[0])
    assert "  # a was created   (asst_" in text
    assert PROMPT.splitlines()[0] in text
    assert "Apply complete: 1 created" in text
    assert "Lock written" in text


SENT = [
    ({"first_sentence": "Hello"}, {"first_sentence": "Hi"}, {"first_sentence": "Hi"}),
    ({"voice": VOICE}, {"voice": VOICE | {"speed": 1.1}}, {"voice": VOICE | {"speed": 1.1}}),
    ({"faq_items": FAQ}, {"faq_items": FAQ[:1]}, {"faq_items": FAQ[:1]}),
    ({"voicemail_message": "x"}, {"voicemail_message": None}, {"voicemail_message": None}),
    (
        {"voice": VOICE},
        {"voice": {"provider": "cartesia", "id": "v1", "speed": 1.0}},
        {"voice": {"provider": "cartesia", "id": "v1", "speed": 1.0}},
    ),
    ({"voice": VOICE, "first_sentence": "x"}, {"voice": VOICE, "first_sentence": "y"}, {"first_sentence": "y"}),
    ({"name": "a"}, {"name": "Anna", "prompt": "You are a."}, {"name": "Anna"}),
]


@pytest.mark.parametrize(("before", "after", "body"), SENT)
def test_an_update_sends_the_changed_fields_only(
    account: Account, before: dict[str, Any], after: dict[str, Any], body: dict[str, Any]
) -> None:
    account.declare("a", **before)
    account.declare("b", **before | {"name": "b"})
    account.applied()
    former = account.lock
    other = account.remote("b")
    account.declare("a", **after)
    account.applied()
    (write,) = account.writes
    assert (write.method, write.path) == ("PATCH", f"/assistants/{former['a']['id']}")
    assert _plain(write.body) == body
    assert account.remote("b") == other
    assert account.lock["b"] == former["b"]
    changed = {key for key in account.lock["a"]["leaves"] if account.lock["a"]["leaves"][key] != _leaf(former, key)}
    assert {key.split("/")[1] for key in changed} <= set(body)
    assert account.run("plan").told == IN_SYNC


def _leaf(lock: dict[str, Any], pointer: str) -> Any:
    return lock["a"]["leaves"].get(pointer)


def _plain(body: dict[str, Any]) -> dict[str, Any]:
    """Without what the server adds to the entries of `faq_items`."""
    if "faq_items" not in body:
        return body
    entries = [{key: entry[key] for key in ("question", "answer")} for entry in body["faq_items"]]
    return body | {"faq_items": entries}


def test_nothing_to_do_writes_nothing(account: Account) -> None:
    account.declare("a")
    account.applied()
    written = account.lock_path.stat().st_mtime_ns
    ran = account.run("apply")
    assert ran.code == 0
    assert IN_SYNC in ran.out
    assert "Lock written" not in ran.out
    assert account.writes == []
    assert account.lock_path.stat().st_mtime_ns == written


def test_undeclared_keys_survive_an_update_of_their_neighbour(account: Account) -> None:
    account.declare("a", voice={"provider": "cartesia", "id": "v1"})
    account.applied()
    account.edit("a", voice={"provider": "cartesia", "id": "v1", "speed": 1.3, "model": None})
    account.declare("a", voice={"provider": "cartesia", "id": "v2"})
    account.applied()
    assert account.remote("a")["voice"] == {"provider": "cartesia", "id": "v2", "speed": 1.3}


def test_questions_the_server_found_survive(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.applied()
    grown = {"question": "How?", "answer": "", "source": "ai", "needs_human_answer": True, "id": "faq_9"}
    account.edit("a", faq_items=[*account.remote("a")["faq_items"], grown])
    account.declare("a", faq_items=FAQ[:1])
    account.applied()
    assert [each["question"] for each in account.remote("a")["faq_items"]] == ["Do you deliver?", "How?"]


def drifted(account: Account) -> None:
    """`a` is edited outside, and its file elsewhere; `b` has a change of its own."""
    account.declare("a", first_sentence="Hello", voicemail_message="One")
    account.declare("b")
    account.applied()
    account.edit("a", first_sentence="Bonjour")
    account.declare("a", first_sentence="Hello", voicemail_message="Two")
    account.declare("b", first_sentence="New")


def test_drift_leaves_its_assistant_alone(account: Account) -> None:
    drifted(account)
    former = account.lock["a"]
    assert outcomes(account) == (4, {"b": "applied"})
    assert [each.body for each in account.writes] == [{"first_sentence": "New"}]
    assert account.remote("a")["first_sentence"] == "Bonjour"
    assert account.lock["a"] == former
    ran = account.apply()
    assert ran.out.endswith("0 unknown, 1 left alone.\n")
    assert "Apply incomplete" in ran.out


def test_drift_can_be_kept(account: Account) -> None:
    drifted(account)
    assert outcomes(account, "--on-drift", "keep") == (0, {"a": "applied", "b": "applied"})
    assert {"voicemail_message": "Two"} in [each.body for each in account.writes]
    assert account.remote("a")["first_sentence"] == "Bonjour"
    assert [each["path"] for each in account.plan()["drift"][0]["fields"]] == ["first_sentence"]
    kept = account.plan("--on-drift", "keep")
    assert kept["notes"] == ["a: `first_sentence` was edited outside; the edit is kept"]


def test_drift_in_a_field_that_is_sent_can_be_kept(account: Account) -> None:
    account.declare("a", voice=VOICE)
    account.applied()
    account.edit("a", voice=VOICE | {"speed": 1.4})
    account.declare("a", voice=VOICE | {"id": "v2"})
    account.applied("--on-drift", "keep")
    assert account.remote("a")["voice"] == VOICE | {"id": "v2", "speed": 1.4}
    assert [each["path"] for each in account.plan()["drift"][0]["fields"]] == ["voice.speed"]


def test_drift_can_be_reverted(account: Account) -> None:
    drifted(account)
    (change,) = (each for each in account.plan("--on-drift", "revert")["changes"] if each["address"] == "a")
    assert change["reason"] == "overwrites edits made outside"
    assert {"path": "first_sentence", "before": "Bonjour", "after": "Hello", "sensitive": False} in change["fields"]
    account.applied("--on-drift", "revert")
    assert account.remote("a")["first_sentence"] == "Hello"
    assert account.run("plan").told == IN_SYNC


def test_conflicts_need_revert(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    account.edit("a", first_sentence="Bonjour")
    account.declare("a", first_sentence="Hi")
    assert account.apply().code == 4
    assert account.apply("--on-drift", "keep").code == 4
    assert account.remote("a")["first_sentence"] == "Bonjour"
    account.applied("--on-drift", "revert")
    assert account.remote("a")["first_sentence"] == "Hi"


def test_a_form_of_the_server_is_accepted_once(account: Account) -> None:
    account.disturb("POST", rewrite=lambda body: body | {"first_sentence": body["first_sentence"].strip()})
    account.declare("a", first_sentence="  Hello  ")
    ran = account.applied()
    assert "the server changed `first_sentence`; its form is accepted" in ran.out
    assert account.run("plan").told == IN_SYNC
    account.declare("a", first_sentence="  Hallo  ")
    assert account.run("plan", "--detailed-exitcode").code == 2


def test_a_field_the_server_ignores(account: Account) -> None:
    account.declare("a", first_sentence="Hello", voicemail_message="x")
    account.applied()
    account.disturb("PATCH", rewrite=lambda body: {key: body[key] for key in body if key != "first_sentence"})
    account.declare("a", first_sentence="Hi", voicemail_message="y")
    ran = account.apply()
    assert ran.code == 3
    assert "the server ignored `first_sentence`" in ran.out
    (change,) = account.plan()["changes"]
    assert [each["path"] for each in change["fields"]] == ["first_sentence"]


def test_a_field_a_create_ignores(account: Account) -> None:
    account.disturb("POST", rewrite=lambda body: {key: body[key] for key in body if key != "first_sentence"})
    account.declare("a", first_sentence="Hello")
    assert outcomes(account) == (3, {"a": "failed"})
    assert account.plan()["changes"][0]["action"] == "update"
    assert len(account.store.all()) == 1


@pytest.mark.parametrize("parallelism", ["1", "8", "32"])
def test_many_at_once(account: Account, parallelism: str) -> None:
    names = [f"a{number:02}" for number in range(40)]
    for name in names:
        account.declare(name)
    account.applied("--parallelism", parallelism)
    assert sorted(each["name"] for each in account.store.all()) == names
    assert sorted(account.lock) == names
    assert account.run("plan").told == IN_SYNC


@pytest.mark.parametrize("number", ["0", "33", "many"])
def test_parallelism_has_limits(account: Account, number: str) -> None:
    assert account.apply("--parallelism", number).code == 64


def test_without_a_terminal_somebody_must_have_approved(account: Account) -> None:
    account.declare("a")
    ran = account.run("apply")
    assert ran.code == 64
    assert "--auto-approve" in ran.err
    assert account.writes == []


def test_the_expected_plan_is_applied(account: Account) -> None:
    account.declare("a")
    digest = account.plan()["digest"]
    account.declare("b")
    ran = account.apply("--expect-digest", digest)
    assert ran.code == 4
    assert account.writes == []
    assert account.apply("--expect-digest", account.plan()["digest"]).code == 0


def test_json_is_the_only_thing_on_stdout(account: Account) -> None:
    account.declare("a")
    ran = account.apply("-o", "json")
    assert ran.json["summary"]["created"] == 1
    assert ran.json["summary"]["lock"] == ".revox/local/test.lock.json"
    assert "will be created" in ran.err


def test_reports_in_files(account: Account) -> None:
    account.declare("a")
    report = account.root / "out" / "apply.json"
    account.applied("-o", "text", "-o", f"json:{report}")
    Draft202012Validator(APPLY).validate(json.loads(report.read_text("utf-8")))


CODES = [
    ("plan", (), 0, "in sync"),
    ("plan", ("--detailed-exitcode",), 0, "in sync"),
    ("plan", (), 0, "pending"),
    ("plan", ("--detailed-exitcode",), 2, "pending"),
    ("plan", (), 0, "drift"),
    ("plan", ("--detailed-exitcode",), 2, "drift"),
    ("plan", (), 1, "broken"),
    ("plan", ("nowhere",), 64, "in sync"),
    ("plan", ("--on-drift", "never"), 64, "in sync"),
    ("plan", ("--env", "nowhere"), 64, "in sync"),
    ("plan", ("-o", "xml"), 64, "in sync"),
    ("plan", ("--save", "plan"), 64, "in sync"),
    ("apply", ("--auto-approve",), 0, "in sync"),
    ("apply", ("--auto-approve",), 0, "pending"),
    ("apply", ("--auto-approve",), 4, "drift"),
    ("apply", ("--auto-approve",), 3, "failing"),
    ("apply", ("--auto-approve",), 3, "failing and drift"),
    ("apply", ("--auto-approve",), 1, "broken"),
    ("apply", (), 64, "pending"),
    ("apply", ("a", "plan.json"), 64, "in sync"),
    ("apply", ("plan.json", "--recreate"), 64, "in sync"),
    ("apply", ("missing.json",), 64, "in sync"),
    ("show", ("missing.json",), 64, "in sync"),
]


@pytest.mark.parametrize(("command", "arguments", "code", "situation"), CODES)
def test_exit_codes(account: Account, command: str, arguments: tuple[str, ...], code: int, situation: str) -> None:
    account.declare("a", first_sentence="Hello")
    account.declare("b")
    account.applied()
    if "drift" in situation:
        account.edit("a", first_sentence="Bonjour")
    if situation in {"pending", "failing", "failing and drift"}:
        account.declare("b", first_sentence="x")
    if "failing" in situation:
        account.disturb("PATCH", status=422, body={"error": "no"})
    if situation == "broken":
        account.write("assistants/b.yaml", "name: b\n")
    ran = account.run(command, *arguments)
    assert ran.code == code, ran.out + ran.err


def test_a_saved_plan_goes_before_the_variable_that_names_an_environment(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.declare("a")
    monkeypatch.setenv("REVOX_SYNC_ENV", "nowhere")
    assert account.run("status").err.startswith(
        "error: environment `nowhere` does not exist; the variable REVOX_SYNC_E"
    )
    assert account.run("plan", "-e", "test", "--save", "plan.json").code == 0
    assert account.run("apply", "plan.json").code == 0
    assert account.remote("a")["prompt"] == "You are a."
