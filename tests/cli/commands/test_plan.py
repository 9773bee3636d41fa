"""`plan`, over the emulator: what is found, what is said, and that nothing is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.account import ROOT, Account
from tests.cli.commands.plans import FAQ, IN_SYNC, PROMPT, VOICE, changes, fields

EXAMPLES = sorted(
    path.relative_to(ROOT / "assistants").with_suffix("").as_posix()
    for path in (ROOT / "assistants").rglob("*.yaml")
    if not path.parent.name.startswith("_")
)
VARIABLES = '{hooks: "https://hooks.example.com", crm: "https://crm.example.com"}'


@pytest.mark.parametrize("address", EXAMPLES)
def test_every_example_is_in_sync_once_applied(account: Account, address: str) -> None:
    shutil.copytree(ROOT / "assistants", account.root / "assistants")
    account.configure(vars=VARIABLES, contract="0.4")
    assert changes(account.plan(address)) == {address: "create"}
    account.applied(address)
    assert "No changes. The API matches the 1 file that was looked at" in account.run("plan", address).out


def test_all_examples_at_once(account: Account) -> None:
    shutil.copytree(ROOT / "assistants", account.root / "assistants")
    account.configure(vars=VARIABLES)
    planned = changes(account.plan())
    assert planned == dict.fromkeys(EXAMPLES, "create")
    account.applied()
    assert account.run("plan").told == IN_SYNC
    assert {each["name"] for each in account.store.all()} == {each["name"] for each in account.lock.values()}


def test_only_what_the_list_leaves_out_is_asked_for_by_id(account: Account) -> None:
    for number in range(4):
        account.declare(f"a{number}", **({"faq_items": FAQ} if number % 2 else {}))
    account.applied()
    assert account.run("plan").told == IN_SYNC
    ids = [account.lock[address]["id"] for address in ("a1", "a3")]
    assert sorted(each.path for each in account.switchboard.sent) == [
        "/assistants",
        *(f"/assistants/{each}" for each in sorted(ids)),
    ]


def test_plan_only_reads(account: Account) -> None:
    account.declare("a")
    account.plan()
    assert {each.method for each in account.switchboard.sent} == {"GET"}
    assert not (account.root / ".revox").exists()


def test_a_create_lists_what_is_sent(account: Account) -> None:
    account.declare("sales/outbound", voice=VOICE, faq_items=FAQ, voicemail_message=None)
    plan = account.plan()
    assert changes(plan) == {"sales/outbound": "create"}
    found = fields(plan, "sales/outbound")
    assert {before for _, before, _ in found} == {None}
    assert {path: after for path, _, after in found} == {
        "name": "sales outbound",
        "prompt": "You are sales outbound.",
        "voice.id": "v1",
        "voice.provider": "cartesia",
        "voice.speed": 1.0,
        "voice.volume": 1.2,
        "faq_items": FAQ,
    }


EDITS = [
    ({"max_call_duration_secs": 300}, {"max_call_duration_secs": 240}, [("max_call_duration_secs", 300, 240)]),
    ({"voice": VOICE}, {"voice": VOICE | {"speed": 1.1}}, [("voice.speed", 1.0, 1.1)]),
    ({"prompt": PROMPT}, {"prompt": PROMPT + "More."}, [("prompt", PROMPT, PROMPT + "More.")]),
    (
        {"faq_items": FAQ},
        {"faq_items": [FAQ[0] | {"answer": "No."}, FAQ[1]]},
        [('faq_items["Do you deliver?"].answer', "Yes.", "No.")],
    ),
    ({"faq_items": FAQ}, {"faq_items": FAQ[:1]}, [('faq_items["When?"]', FAQ[1], None)]),
    ({"faq_items": FAQ[:1]}, {"faq_items": FAQ}, [('faq_items["When?"]', None, FAQ[1])]),
    (
        {"voice": VOICE},
        {"voice": {key: value for key, value in VOICE.items() if key != "volume"}},
        [("voice.volume", 1.2, None)],
    ),
    ({"voicemail_message": "Call back."}, {"voicemail_message": None}, [("voicemail_message", "Call back.", None)]),
]


@pytest.mark.parametrize(("before", "after", "expected"), EDITS)
def test_an_edit_of_a_file_is_the_whole_plan(
    account: Account, before: dict[str, Any], after: dict[str, Any], expected: list[tuple[str, Any, Any]]
) -> None:
    account.declare("a", **before)
    account.declare("b", **before)
    account.applied()
    account.declare("a", **after)
    plan = account.plan()
    assert changes(plan) == {"a": "update"}
    assert fields(plan, "a") == expected


def test_an_edit_of_a_prompt_file(account: Account) -> None:
    account.write("assistants/prompts/a.md", PROMPT)
    account.write("assistants/a.yaml", "name: A\nprompt: !file prompts/a.md\n")
    account.applied()
    account.write("assistants/prompts/a.md", PROMPT.replace("Line 7.", "Line seven."))
    assert fields(account.plan(), "a") == [("prompt", PROMPT, PROMPT.replace("Line 7.", "Line seven."))]
    text = account.run("plan").out
    assert "      - Line 7.\n             ^\n      + Line seven.\n             ^^^^^\n" in text
    assert "Line 12." not in text


def test_a_field_that_left_the_file_is_no_longer_managed(account: Account) -> None:
    account.declare("a", first_sentence="Hello", voice=VOICE)
    account.applied()
    account.declare("a", voice=VOICE)
    plan = account.plan()
    assert changes(plan) == {}
    assert plan["notes"] == ["a: `first_sentence` is no longer managed; the server keeps its value"]
    account.applied()
    assert account.remote("a")["first_sentence"] == "Hello"
    assert account.plan()["notes"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("voice", VOICE | {"speed": 1.3}), ("prompt", "Something else."), ("faq_items", [FAQ[1]])],
)
def test_drift_is_no_change(account: Account, field: str, value: Any) -> None:
    account.declare("a", voice=VOICE, faq_items=FAQ)
    account.declare("b")
    account.applied()
    if field == "faq_items":
        value = [{**each, "source": "human", "needs_human_answer": False, "id": "f"} for each in value]
    account.edit("a", **{field: value})
    plan = account.plan()
    assert changes(plan) == {}
    assert [each["address"] for each in plan["drift"]] == ["a"]
    assert plan["drift"][0]["updated_at"] == account.remote("a")["updated_at"]
    assert plan["summary"]["blocked"] == 1
    assert account.run("plan", "--detailed-exitcode").code == 2


def test_conflict_when_both_sides_changed(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    account.edit("a", first_sentence="Bonjour")
    account.declare("a", first_sentence="Hi")
    plan = account.plan()
    assert plan["drift"] == []
    (conflict,) = plan["conflicts"]
    assert [(each["before"], each["after"]) for each in conflict["fields"]] == [("Bonjour", "Hi")]


@pytest.mark.parametrize(("before", "kind"), [({}, "drift"), ({"first_sentence": "Hi"}, "conflicts")])
def test_an_edit_of_the_file_is_shown_beside_what_keeps_it_back(account: Account, before: Any, kind: str) -> None:
    account.declare("a", first_sentence="Hello", max_call_duration_secs=60)
    account.applied()
    account.edit("a", first_sentence="Bonjour")
    account.declare("a", **{"first_sentence": "Hello"} | before, max_call_duration_secs=90)
    (blocked,) = account.plan()[kind]
    assert [(each["path"], each["before"], each["after"]) for each in blocked["local"]] == [
        ("max_call_duration_secs", 60, 90)
    ]
    text = account.run("plan").out
    assert "    edited in the file only, not sent either:\n  ~ max_call_duration_secs 60 → 90\n" in text
    assert "! max_call_duration_secs 60 → 90" in account.run("plan", "-o", "markdown").out
    assert "in the file: max_call_duration_secs" in account.run("status").out
    (status,) = json.loads(account.run("status", "-o", "json").out)["assistants"]
    assert (status["fields"], status["local"]) == (["first_sentence"], ["max_call_duration_secs"])


def test_the_same_edit_on_both_sides_is_in_sync(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    account.edit("a", first_sentence="Hi")
    account.declare("a", first_sentence="Hi")
    assert account.run("plan").told == IN_SYNC


def test_undeclared_edits_are_no_drift(account: Account) -> None:
    account.declare("a", voice={"provider": "cartesia", "id": "v1"})
    account.applied()
    account.edit("a", first_sentence="Hi", voice={"provider": "cartesia", "id": "v1", "speed": 1.3})
    assert account.run("plan").told == IN_SYNC


def test_questions_the_server_found_are_no_drift(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.applied()
    grown = {"question": "How?", "answer": "", "source": "ai", "needs_human_answer": True, "id": "faq_9"}
    account.edit("a", faq_items=[*account.remote("a")["faq_items"], grown])
    assert account.run("plan").told == IN_SYNC


@pytest.mark.parametrize("patterns", [["Demo *", "[old] *", "ID"], ["*"], ["ID", "Demo 1", "[old] bot"]])
def test_what_is_left_to_others_is_not_counted(account: Account, patterns: list[str]) -> None:
    account.declare("a")
    account.applied()
    with account.client() as client:
        names = ("Demo 1", "[old] bot", "Other")
        made = [client.create_assistant({"name": name, "prompt": "x"})["id"] for name in names]
    assert "note: 3 remote assistants without a file" in account.run("plan").err
    account.configure(unmanaged=[made[2] if each == "ID" else each for each in patterns])
    for command in ("plan", "status"):
        ran = account.run(command)
        assert (ran.code, "without a file" in ran.err + ran.out) == (0, False)
        assert "note: 3 remote assistants without a file left to others" in account.run(command, "-v").err
    assert account.run("status", "-o", "json").json["unmanaged"] == []
    assert "No remote assistant is without a file." in account.run("pull", "--new").out
    assert account.run("pull", "--id", made[0]).code == 0
    assert account.run("plan").told == IN_SYNC


@pytest.mark.parametrize("addresses", [(), ("a", "c"), ("b", "c")])
def test_two_files_of_one_name_stop_nothing_else(account: Account, addresses: tuple[str, ...]) -> None:
    account.declare("a", name="One")
    account.declare("b", name="One ")
    account.declare("c")
    plan = account.plan(*addresses)
    assert changes(plan) == {"c": "create"}
    named = set(addresses or "abc") - {"c"}
    assert {each["address"]: "has this name, too" in each["reason"] for each in plan["refused"]} == dict.fromkeys(
        named, True
    )
    assert plan["summary"]["blocked"] == len(named)
    ran = account.apply(*addresses)
    assert (ran.code, [sent.body["name"] for sent in account.writes]) == (4, ["c"])


def test_the_lock_tells_two_files_of_one_name_apart(account: Account) -> None:
    account.declare("a", name="One")
    account.applied()
    account.declare("b", name="One", prompt="Other.")
    assert changes(account.plan()) == {}  # and not a second create of the name
    (refused,) = account.plan("b")["refused"]
    assert refused["reason"].startswith("`a` has this name, too, and no second assistant is created of one name")
    with account.client() as client:
        made = client.create_assistant({"name": "One", "prompt": "Other."})["id"]
    assert account.run("import", "b", made).code == 0
    account.declare("a", name="One", first_sentence="Hello")
    account.declare("b", name="One", prompt="Other.", first_sentence="Hi")
    assert changes(account.plan()) == {"a": "update", "b": "update"}
    account.applied()
    assert {each["id"]: each["first_sentence"] for each in account.store.all()}[made] == "Hi"
    assert account.run("lint", "--no-cache").code == 0  # a warning
    account.store.remove(made)
    (refused,) = account.plan("--recreate", "--max-deletes", "1")["refused"]
    assert f"{made} no longer exists on the server, and `a` has this name, too" in refused["reason"]


def test_unset_variables_stop_their_assistants_alone(account: Account) -> None:
    account.write("assistants/a.yaml", "name: A\nprompt: x\nwebhook_url: !env T_HOOK\nfirst_sentence: !env T_FIRST\n")
    account.write("assistants/b.yaml", "name: B\nprompt: !env T_PROMPT\n")
    account.declare("c")
    plan = account.plan()
    assert (changes(plan), plan["summary"]["blocked"]) == ({"c": "create"}, 2)
    assert {each["address"]: each["reason"] for each in plan["refused"]} == {
        "a": "environment variables are not set or empty: `T_FIRST`, `T_HOOK`; set them, or write them into .env",
        "b": "environment variables are not set or empty: `T_PROMPT`; set them, or write them into .env",
    }
    assert account.run("plan", "--detailed-exitcode").code == 2
    states = {each["address"]: each["state"] for each in account.run("status", "-o", "json").json["assistants"]}
    assert states == {"a": "blocked", "b": "blocked", "c": "new"}


def test_an_assistant_whose_variable_is_not_set_is_left_alone(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("T_HOOK", "https://hooks.example.com/1")
    account.write("assistants/a.yaml", "name: A\nprompt: x\nwebhook_url: !env T_HOOK\n")
    account.declare("b")
    saved = str(tmp_path / "plan.json")
    assert account.run("plan", "--save", saved).code == 0
    monkeypatch.setenv("T_HOOK", "")  # as CI sets a secret that nobody has set
    ran = account.run("apply", saved)
    assert (ran.code, [sent.body["name"] for sent in account.writes]) == (4, ["b"])
    assert "`T_HOOK`" in ran.out
    ran = account.run("import", "a", "asst_1")
    assert (ran.code, account.switchboard.sent) == (64, account.switchboard.sent)
    assert "`T_HOOK` (a)" in ran.err
    monkeypatch.setenv("T_HOOK", "https://hooks.example.com/1")
    account.applied()
    monkeypatch.delenv("T_HOOK")
    account.declare("b", first_sentence="Hi")
    assert account.apply().code == 4
    assert account.remote("b")["first_sentence"] == "Hi"


def test_versions_of_the_contract_are_warned_about(account: Account) -> None:
    account.declare("a", transfer_phone_number="+33199001200")
    ran = account.run("plan")
    assert ran.code == 0
    assert "RVX111" in ran.err or "RVX110" in ran.err
    finding, counts = ran.err.splitlines()
    assert finding.startswith("assistants/a.yaml:")
    assert counts == "1 warning in 1 file."


def test_resending_secrets(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_KEY", "canary-key")
    model = "{type: custom, api_url: https://llm.example.com, model_name: m, api_key: !env T_KEY}"
    account.write("assistants/a.yaml", f"name: A\nprompt: x\nllm_model: {model}\n")
    account.applied()
    masked = account.remote("A")["llm_model"] | {"api_key": "****"}
    account.edit("A", llm_model=masked)
    plan = account.plan()
    assert changes(plan) == {}
    assert plan["notes"] == ["a: `llm_model.api_key` is a secret that cannot be compared; --resend-secrets sends it"]
    plan = account.plan("--resend-secrets")
    assert changes(plan) == {"a": "update"}
    assert [each["sensitive"] for each in plan["changes"][0]["fields"]] == [True]
    account.applied("--resend-secrets")
    assert account.remote("A")["llm_model"]["api_key"] == "canary-key"
