"""`apply`, over the emulator: what is sent, what is left alone, and what is remembered."""

from __future__ import annotations

import json
import os
import socket
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from revox_sync.sync.exclusive import exclusive
from tests.account import SCHEMAS, Account, Fault, Sent
from tests.cli.test_plan import FAQ, IN_SYNC, PROMPT, VOICE

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
    assert account.run("plan").out == IN_SYNC


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
    assert account.run("plan").out == IN_SYNC


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
    assert account.run("plan").out == IN_SYNC
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


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_refusal_is_told_in_the_servers_words(account: Account, method: str) -> None:
    if method == "PATCH":
        account.declare("a")
        account.declare("b")
        account.applied()
    refusal = {"error": "prompt is too polite"}
    account.switchboard.faults.append(_fault_for_a(account, method, 422, refusal))
    account.declare("a", first_sentence="x")
    account.declare("b", first_sentence="x")
    ran = account.apply()
    assert ran.code == 3
    assert "prompt is too polite" in ran.out
    assert "Apply incomplete" in ran.out
    assert account.remote("b")["first_sentence"] == "x"


def _fault_for_a(account: Account, method: str, status: int, body: Any) -> Fault:
    known = {each["name"]: each["id"] for each in account.store.all()}
    return Fault(
        lambda sent: (
            sent.method == method and ((sent.body or {}).get("name") == "a" or sent.path.endswith(known.get("a", "-")))
        ),
        status=status,
        body=body,
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "committed": True},
        {"status": 503, "committed": True},
        {"status": 408, "committed": True},
        {"status": None, "committed": True},
        {"status": 200, "body": "no assistant", "committed": True},
        {"status": 500},
        {"status": None},
    ],
)
def test_a_create_of_unclear_end_is_never_repeated(account: Account, fault: dict[str, Any]) -> None:
    account.disturb("POST", named="a", **fault)
    account.declare("a")
    account.declare("b")
    assert outcomes(account) == (3, {"a": "unknown", "b": "applied"})
    assert [each.body["name"] for each in account.writes].count("a") == 1
    account.switchboard.faults.clear()
    account.applied()
    assert sorted(each["name"] for each in account.store.all()) == ["a", "b"]
    assert sorted(account.lock) == ["a", "b"]
    assert account.run("plan").out == IN_SYNC


def test_a_create_without_an_answer_in_time(account: Account) -> None:
    account.disturb("POST", seconds=0.4, committed=True)
    account.declare("a")
    ran = account.run("apply", "--auto-approve", "--timeout", "0.2")
    assert ran.code == 3
    assert "plan again" in ran.out
    deadline = time.monotonic() + 5
    while not account.store.all() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert account.plan()["notes"] == ["a: found by its name; only the lock changes"]


def test_an_update_of_unclear_end(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.disturb("PATCH", status=None, committed=True)
    account.declare("a", first_sentence="x")
    assert outcomes(account) == (3, {"a": "unknown"})
    account.switchboard.faults.clear()
    assert account.run("plan").out == IN_SYNC


def test_a_name_that_appears_meanwhile_is_not_created_twice(account: Account) -> None:
    account.declare("a")
    assert account.run("plan", "--save", str(account.root / "plan.json")).code == 0
    with account.client() as client:
        client.create_assistant({"name": "a", "prompt": "by hand"})
    ran = account.run("apply", str(account.root / "plan.json"))
    assert ran.code == 4
    assert "has appeared since" in ran.out
    assert account.writes == []


def test_unreachable(account: Account) -> None:
    account.declare("a")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    text = (account.root / "revox-sync.yaml").read_text("utf-8").replace(account.base_url, f"http://127.0.0.1:{port}")
    account.write("revox-sync.yaml", text)
    ran = account.apply()
    assert ran.code == 5
    assert "no connection" in ran.err


def test_wrong_key(account: Account) -> None:
    account.declare("a")
    text = (account.root / "revox-sync.yaml").read_text("utf-8").replace("api_key: emulator", "api_key: canary-wrong")
    account.write("revox-sync.yaml", text)
    ran = account.apply()
    assert ran.code == 5
    assert "canary" not in ran.out + ran.err
    assert account.writes == []


def test_the_api_goes_away_in_the_middle(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.disturb("POST", named="b", status=401, body={"error": "key revoked"})
    assert outcomes(account) == (3, {"a": "applied", "b": "failed"})
    assert list(account.lock) == ["a"]


def test_a_folder_that_is_a_file(account: Account) -> None:
    account.write(".revox", "")
    account.declare("a")
    ran = account.apply()
    assert ran.code == 4
    assert "the lock cannot be written" in ran.err
    assert account.writes == []


def block_the_lock(account: Account) -> None:
    """Every write of the lock fails, for root too: its temporary file is a folder."""
    account.lock_path.with_name(f"{account.lock_path.name}.{os.getpid()}.tmp").mkdir(parents=True)


def test_a_lock_that_cannot_be_written_is_noticed_before_the_first_create(account: Account) -> None:
    block_the_lock(account)
    account.declare("a")
    ran = account.apply()
    assert ran.code == 4
    assert "the lock cannot be written" in ran.err
    assert account.writes == []


def test_a_second_apply_is_refused_while_one_runs(account: Account) -> None:
    account.declare("a")
    account.lock_path.parent.mkdir(parents=True)
    with exclusive(account.lock_path.with_name("test.apply"), "test"):
        ran = account.apply()
    assert ran.code == 4
    assert "another apply" in ran.err
    assert account.writes == []
    account.applied()


def test_a_field_the_server_drops_from_every_answer_has_failed(account: Account) -> None:
    account.declare("a", webhook_url="https://hooks.example.com/x")
    answer = {"id": "asst_1", "name": "a", "prompt": "Hi", "organization_id": "org"}
    account.disturb("POST", body={"assistant": answer})
    account.switchboard.faults.append(Fault(lambda sent: sent.path == "/assistants/asst_1", body=answer))
    ran = account.apply()
    assert ran.code == 3
    assert "the server ignored `webhook_url`" in ran.out


def test_a_name_that_becomes_free_in_the_same_apply_is_taken_over(account: Account) -> None:
    account.declare("m", name="Old")
    account.applied()
    account.declare("m", name="New")
    account.declare("n", name="Old")
    account.applied()
    assert sorted(each["name"] for each in account.store.all()) == ["New", "Old"]


def test_a_lock_that_cannot_be_written_before_anything_is_sent(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.lock_path.unlink()
    block_the_lock(account)
    account.declare("b")
    ran = account.apply()
    assert ran.code == 4
    assert "the lock cannot be written" in ran.err
    assert account.writes == []


@pytest.mark.parametrize("parallelism", ["1", "8", "32"])
def test_many_at_once(account: Account, parallelism: str) -> None:
    names = [f"a{number:02}" for number in range(40)]
    for name in names:
        account.declare(name)
    account.applied("--parallelism", parallelism)
    assert sorted(each["name"] for each in account.store.all()) == names
    assert sorted(account.lock) == names
    assert account.run("plan").out == IN_SYNC


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


HOOK = "https://hooks.example.com/canary-hook"
SECRETS = {"T_KEY": "canary-key", "T_HEADER": "canary-header", "T_HOOK": HOOK, "T_TOKEN": "canary-token"}
SECRETIVE = """
name: Secretive
prompt: x
webhook_url: !sub "https://hooks.example.com/${token}"
llm_model: {type: custom, api_url: https://llm.example.com, model_name: m, api_key: !env T_KEY}
precall_lookup_url: "https://crm.example.com/{{phone}}"
custom_tools:
  - name: look
    description: Looks.
    method: POST
    url: !env T_HOOK
    headers: [{key: X-Token, value: !env T_HEADER}]
    query_params: []
    body_template: null
    input_schema: []
"""


@pytest.fixture
def secretive(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    account.configure(vars="{token: !env T_TOKEN}")
    account.write("assistants/s.yaml", SECRETIVE)
    return account


def everything(account: Account) -> str:
    """Every file of the project but the sources."""
    return "".join(
        path.read_text("utf-8")
        for path in account.root.rglob("*")
        if path.is_file() and "assistants" not in path.parts and path.name != "revox-sync.yaml"
    )


def test_secrets_reach_the_server_and_nothing_else(secretive: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = str(secretive.root / "plan.json")
    shown = ""
    for step in range(3):
        for arguments in (
            ("-v", "plan", "--save", saved),
            ("plan", "-o", "json"),
            ("show", saved),
            ("show", "-o", "json", saved),
            ("-v", "apply", saved),
            ("plan", "--resend-secrets"),
        ):
            ran = secretive.run(*arguments)
            assert ran.code == 0, ran.out + ran.err
            shown += ran.out + ran.err
        shown += everything(secretive)
        held = json.dumps(secretive.remote("Secretive"))
        assert [value for value in SECRETS.values() if value + "x" * step not in held] == []
        for name, value in SECRETS.items():
            monkeypatch.setenv(name, value + "x" * (step + 1))
    assert "canary" not in shown
    assert "sensitive" in shown


def test_a_changed_secret_is_shown_as_sensitive(secretive: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    secretive.applied()
    monkeypatch.setenv("T_KEY", "canary-other")
    monkeypatch.setenv("T_TOKEN", "canary-fresh")
    ran = secretive.run("plan")
    assert "~ webhook_url       (sensitive value changed)" in ran.out
    assert "~ llm_model.api_key (sensitive value changed)" in ran.out
    secretive.applied()
    assert secretive.remote("Secretive")["llm_model"]["api_key"] == "canary-other"


def test_a_secret_that_becomes_plain_is_not_shown(secretive: Account) -> None:
    secretive.applied()
    text = SECRETIVE.replace('!sub "https://hooks.example.com/${token}"', "https://hooks.example.com/open")
    secretive.write("assistants/s.yaml", text)
    ran = secretive.run("plan")
    assert "~ webhook_url (sensitive value changed)" in ran.out
    assert "canary" not in ran.out
    secretive.applied()
    assert secretive.remote("Secretive")["webhook_url"] == "https://hooks.example.com/open"


def test_a_tool_with_secrets_that_leaves_the_file(secretive: Account) -> None:
    secretive.applied()
    secretive.write("assistants/s.yaml", SECRETIVE.partition("custom_tools")[0] + "custom_tools: []\n")
    ran = secretive.run("plan")
    assert 'custom_tools["look"]' in ran.out
    assert "canary-header" not in ran.out


def test_a_literal_secret_is_not_shown(account: Account) -> None:
    model = {"type": "custom", "api_url": "https://llm.example.com", "model_name": "m", "api_key": "canary-literal"}
    account.declare("a", llm_model=model)
    ran = account.run("-v", "plan", "--save", str(account.root / "plan.json"))
    assert ran.code == 0
    assert account.run("apply", str(account.root / "plan.json")).code == 0
    assert account.remote("a")["llm_model"]["api_key"] == "canary-literal"
    assert "canary" not in ran.out + ran.err + everything(account)
