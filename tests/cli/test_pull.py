"""`pull` from the command line, end to end: files on disk, byte for byte, against an emulated account."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.account import SCHEMAS, Account, Fault, Ran, Sent

SCHEMA: Final = json.loads((SCHEMAS / "pull.schema.json").read_text("utf-8"))
IN_SYNC: Final = "No changes. The API matches the files.\n"
SETTLED: Final = "The files hold everything that was edited outside.\n"
TEXT: Final = """\
# Reception, day shift
name: 'A'   # shown in the dashboard

prompt: |
  You are A.

  Be brief.
first_sentence: "Hello"
voicemail_message: >-
  We will
  call back

# which voice
voice: {id: v1, provider: cartesia, speed: 1.0}   # calm
call_retry_config:
    allowed_days: [monday, tuesday]   # working days
    call_twice_in_a_row: false
    calling_windows:
    - calling_window_start_time: "09:00"   # morning
      calling_window_end_time: "12:00"
      retry_delay_seconds: 60
    max_retry_attempts: 3
faq_items:
  # about prices
  - question: Price?
    answer: Ten.   # euros
  - {question: Hours?, answer: 'Nine to five.'}
# the end
"""
DASHBOARD: Final[dict[str, Any]] = {
    "prompt": "You are A.\n\nBe kind.",
    "first_sentence": "Hi: you",
    "voicemail_message": "We shall call back",
    "voice": {"id": "v1", "provider": "cartesia", "speed": 1.2},
    "call_retry_config": {
        "allowed_days": ["tuesday", "monday", "friday"],
        "call_twice_in_a_row": True,
        "calling_windows": [
            {"calling_window_start_time": "09:30", "calling_window_end_time": "12:00", "retry_delay_seconds": 60}
        ],
        "max_retry_attempts": 3,
    },
    "faq_items": [
        {"question": "Pets?", "answer": "No.", "id": "3", "source": "human", "needs_human_answer": False},
        {"question": "Hours?", "answer": "Always.", "id": "2", "source": "human", "needs_human_answer": False},
        {"question": "Price?", "answer": "Ten.", "id": "1", "source": "human", "needs_human_answer": False},
        {"question": "Parking?", "answer": "", "id": "4", "source": "ai", "needs_human_answer": True},
    ],
}
PULLED: Final = """\
# Reception, day shift
name: 'A'   # shown in the dashboard

prompt: |
  You are A.

  Be kind.
first_sentence: "Hi: you"
voicemail_message: >-
  We shall
  call back

# which voice
voice: {id: v1, provider: cartesia, speed: 1.2}   # calm
call_retry_config:
    allowed_days: [monday, tuesday, friday]   # working days
    call_twice_in_a_row: true
    calling_windows:
    - calling_window_start_time: "09:30"   # morning
      calling_window_end_time: "12:00"
      retry_delay_seconds: 60
    max_retry_attempts: 3
faq_items:
  # about prices
  - question: Price?
    answer: Ten.   # euros
  - {question: Hours?, answer: 'Always.'}
  - question: Pets?
    answer: No.
# the end
"""


def put(account: Account, text: str, address: str = "a") -> None:
    """Write an assistant file, line breaks as they are."""
    path = account.root / f"assistants/{address}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def got(account: Account, address: str = "a") -> str:
    return (account.root / f"assistants/{address}.yaml").read_bytes().decode()


def everything(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def pulled(account: Account, *arguments: str, code: int = 0) -> Any:
    """The one report of a pull, valid by its schema."""
    ran = account.run("pull", "-o", "json", *arguments)
    assert ran.code == code, ran.out + ran.err
    Draft202012Validator(SCHEMA).validate(ran.json)
    assert account.writes == []
    return ran.json


def of(report: Any, address: str = "a") -> Any:
    return next(each for each in report["assistants"] if each["address"] == address)


@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_only_what_differs_changes(account: Account, line_break: str) -> None:
    put(account, TEXT.replace("\n", line_break))
    account.applied()
    account.edit("A", **DASHBOARD)
    report = pulled(account)
    assert got(account) == PULLED.replace("\n", line_break)
    assert of(report)["pulled"] == [
        "prompt",
        "first_sentence",
        "voicemail_message",
        "voice.speed",
        "faq_items",
        "call_retry_config.allowed_days",
        "call_retry_config.call_twice_in_a_row",
        "call_retry_config.calling_windows",
    ]
    assert report["summary"]["files"] == ["assistants/a.yaml"]
    assert account.run("plan").out == IN_SYNC
    assert pulled(account)["summary"]["pulled"] == 0


def test_after_an_apply_no_byte_changes(account: Account) -> None:
    put(account, TEXT)
    account.applied()
    before = everything(account.root)
    ran = account.run("pull", "--theirs", "--inline", "--all-fields")
    assert (ran.code, ran.out) == (0, SETTLED)
    assert everything(account.root) == before


def test_local_edits_survive_and_conflicts_wait(account: Account) -> None:
    put(account, TEXT)
    account.applied()
    local = TEXT.replace('"Hello"', '"Mine"').replace("speed: 1.0", "speed: 1.1")
    put(account, local)
    account.edit("A", prompt="You are B.", voice={"id": "v2", "provider": "cartesia", "speed": 1.3})
    report = of(pulled(account, code=4))
    assert (report["pulled"], report["conflicts"], report["local"]) == (
        ["prompt", "voice.id"],
        ["voice.speed"],
        ["first_sentence"],
    )
    expected = local.replace("  You are A.\n\n  Be brief.\n", "  You are B.\n").replace("id: v1", "id: v2")
    assert got(account) == expected
    assert account.run("pull", "--theirs").code == 0
    assert got(account) == expected.replace("speed: 1.1", "speed: 1.3")
    (change,) = account.plan()["changes"]
    assert [each["path"] for each in change["fields"]] == ["first_sentence"]


def test_check_shows_and_writes_nothing(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.edit("A", prompt="two")
    before = everything(account.root)
    ran = account.run("pull", "--check")
    assert ran.code == 2
    assert ran.out.startswith(
        "--- assistants/a.yaml\n+++ assistants/a.yaml\n@@ -1,2 +1,2 @@\n name: A\n-prompt: one\n+prompt: two\n"
    )
    assert ran.out.endswith("Would pull 1 value into 1 file.\n")
    assert everything(account.root) == before
    ran = account.run("pull", "--check", "-o", "json")
    assert (ran.code, ran.json["written"], ran.json["summary"]["lock"]) == (2, False, None)
    assert "+prompt: two" in ran.err
    assert everything(account.root) == before
    assert account.run("pull").code == 0
    assert account.run("pull", "--check").code == 0


def test_check_with_a_conflict_is_refused(account: Account) -> None:
    put(account, "name: A\nprompt: one\nfirst_sentence: x\n")
    account.applied()
    put(account, "name: A\nprompt: one\nfirst_sentence: y\n")
    account.edit("A", prompt="two", first_sentence="z")
    ran = account.run("pull", "--check")
    assert ran.code == 4
    assert "first_sentence: conflict" in ran.out


def test_text_for_people(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    put(account, "name: B\nprompt: one\n", "b")
    account.applied()
    account.edit("A", prompt="two")
    ran = account.run("pull")
    assert ran.out == (
        "a  (assistants/a.yaml)\n  < prompt\n\nPulled 1 value into 1 file.\nLock written: .revox/local/test.lock.json\n"
    )
    assert account.run("pull").out == SETTLED


def test_no_environment_variable_is_needed_and_no_secret_moves(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "name: A\nprompt: one\nwebhook_url: !env P_HOOK\n"
        "llm_model: {type: custom, api_key: !env P_KEY, api_url: 'https://llm.example.com', model_name: m} # kept\n"
    )
    put(account, text)
    monkeypatch.setenv("P_HOOK", "https://canary.example.com")
    monkeypatch.setenv("P_KEY", "canary-key")
    account.applied()
    monkeypatch.delenv("P_HOOK")
    monkeypatch.delenv("P_KEY")
    model = account.remote("A")["llm_model"]
    account.edit(
        "A", webhook_url="https://canary2.example.com", llm_model={**model, "api_key": "canary3", "model_name": "large"}
    )
    ran = account.run("pull", "--theirs", "--inline", "--all-fields", "-v")
    assert (ran.code, got(account)) == (0, text.replace("model_name: m", "model_name: large"))
    assert "canary" not in ran.out + ran.err
    assert all(b"canary" not in content for content in everything(account.root).values())


def test_list_entries_with_secrets(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P_KEY", "canary")
    text = """\
name: A
prompt: one
custom_tools:
  - name: find   # by phone
    description: Finds
    method: GET
    url: https://crm.example.com
    headers:
      - {key: X-Key, value: !env P_KEY} # secret
    query_params: []
    body_template: null
    input_schema: []
"""
    put(account, text)
    account.applied()
    (tool,) = account.remote("A")["custom_tools"]
    plain = {**tool, "name": "other", "headers": []}
    account.edit("A", custom_tools=[{**tool, "description": "Looks up"}, plain])
    assert account.run("pull").code == 0
    assert got(account).startswith(text.replace("Finds", "Looks up"))
    assert account.run("plan").out == IN_SYNC
    before = got(account)
    account.edit("A", custom_tools=[tool, plain, {**tool, "name": "third"}])
    (left,) = of(pulled(account, code=4))["not_pulled"]
    assert left["path"] == "custom_tools"
    assert left["reason"].startswith("custom_tools[2].headers[0].value is a secret")
    assert left["place"] == "assistants/a.yaml:4"
    assert got(account) == before


def test_cleared_outside(account: Account) -> None:
    put(
        account,
        "name: A\nprompt: one\nfirst_sentence: x\nvoicemail_message: y # why\nvoice: {id: a, provider: cartesia}\n",
    )
    account.applied()
    account.edit("A", first_sentence=None, voicemail_message=None, voice=None)
    assert account.run("pull").code == 0
    assert got(account) == "name: A\nprompt: one\nvoicemail_message: null # why\n"
    assert account.run("plan").out == IN_SYNC
    assert account.plan()["notes"] == []


def test_another_variant(account: Account) -> None:
    put(account, "name: A\nprompt: one\nllm_model:\n  type: dedicated-instance # ours\n  name: gpt-4.1\n")
    account.applied()
    account.edit("A", llm_model={"type": "openrouter", "openrouter_model_id": "m", "openrouter_provider": "nebius"})
    assert of(pulled(account))["pulled"] == ["llm_model"]
    assert got(account) == (
        "name: A\nprompt: one\nllm_model:\n  type: openrouter # ours\n"
        "  openrouter_model_id: m\n  openrouter_provider: nebius\n"
    )
    assert account.run("plan").out == IN_SYNC


def test_all_fields(account: Account) -> None:
    put(account, "name: A\nprompt: one\nvoice: {id: a, provider: cartesia}\n")
    account.applied()
    question = {"question": "Q", "answer": "A", "id": "1", "source": "human", "needs_human_answer": False}
    account.edit(
        "A",
        faq_items=[question],
        logo_url="https://logo.example.com",
        voice={"id": "a", "provider": "cartesia", "speed": 1.1},
    )
    before = got(account)
    assert pulled(account)["summary"]["pulled"] == 0
    assert got(account) == before
    assert of(pulled(account, "--all-fields"))["pulled"] == ["voice.speed", "faq_items", "logo_url"]
    assert got(account) == (
        "name: A\nprompt: one\nvoice: {id: a, provider: cartesia, speed: 1.1}\n"
        "faq_items:\n  - question: Q\n    answer: A\nlogo_url: https://logo.example.com\n"
    )
    assert account.run("plan").out == IN_SYNC
    account.edit("A", logo_url="https://other.example.com")
    assert of(pulled(account))["pulled"] == ["logo_url"]


def test_a_field_the_contract_does_not_have_is_told(account: Account) -> None:
    account.configure(contract="0.1")
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.edit("A", logo_url="https://logo.example.com", webhook_url="https://hook.example.com")
    report = of(pulled(account, "--all-fields"))
    assert report["pulled"] == ["webhook_url"]
    assert [(each["path"], each["differs"]) for each in report["not_pulled"]] == [("logo_url", False)]
    assert "RVX110" in report["not_pulled"][0]["reason"]


def test_a_value_that_would_break_the_file_is_told(account: Account) -> None:
    put(account, "name: A\nprompt: one\nfirst_sentence: x\nfirst_sentence_mode: static\n")
    account.applied()
    account.edit("A", first_sentence="y", first_sentence_mode="sung")
    report = of(pulled(account, code=4))
    assert report["pulled"] == ["first_sentence"]
    (left,) = report["not_pulled"]
    assert (left["path"], left["place"]) == ("first_sentence_mode", "assistants/a.yaml:4")
    assert left["reason"].startswith("would make the file wrong: RVX104")
    assert got(account) == 'name: A\nprompt: one\nfirst_sentence: "y"\nfirst_sentence_mode: static\n'


# --- which assistant, and the lock


def test_others_go_on(account: Account) -> None:
    for address in ("broken", "fine", "gone", "new", "twin"):
        put(account, f"name: {address}\nprompt: one\n", address)
    account.applied("broken", "fine", "gone", "twin")
    account.store.remove(account.remote("gone")["id"])
    account.store.add(account.remote("twin") | {"id": "asst_twin"})
    lock = json.loads(account.lock_path.read_text("utf-8"))
    del lock["assistants"]["twin"]
    account.lock_path.write_text(json.dumps(lock), "utf-8")
    put(account, "name: broken\npromt: one\n", "broken")
    account.store.change(account.remote("fine")["id"], lambda current: current | {"prompt": "two"})
    ran = account.run("pull", "-o", "json")
    assert ran.code == 4
    assert "RVX101" in ran.err
    refused = {each["address"]: each.get("refused") for each in ran.json["assistants"]}
    assert refused["broken"] == "its file has errors"
    assert "no longer exists" in refused["gone"]
    assert "asst_twin" in refused["twin"]
    assert (refused["fine"], refused["new"]) == (None, None)
    assert got(account, "fine") == "name: fine\nprompt: two\n"
    assert sorted(account.lock) == ["broken", "fine", "gone"]
    assert account.run("pull", "fine", "broken").code == 1
    assert account.run("pull", "f*").code == 0


def test_addresses_select(account: Account) -> None:
    for address in ("a", "b"):
        put(account, f"name: {address}\nprompt: one\n", address)
    account.applied()
    for name in ("a", "b"):
        account.edit(name, prompt="two")
    assert account.run("pull", "b").code == 0
    assert (got(account), got(account, "b")) == ("name: a\nprompt: one\n", "name: b\nprompt: two\n")
    ran = account.run("pull", "bb")
    assert (ran.code, "no assistant has the address `bb`" in ran.err) == (64, True)


def test_found_by_name_it_is_bound_once_nothing_differs(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.lock_path.unlink()
    account.edit("A", prompt="two")
    assert of(pulled(account, code=4))["conflicts"] == ["prompt"]
    assert not account.lock_path.exists()
    ran = account.run("pull", "--theirs")
    assert (ran.code, "found by its name; the lock knows it now" in ran.out) == (0, True)
    assert account.lock["a"]["id"] == account.remote("A")["id"]
    assert account.run("plan").out == IN_SYNC
    account.edit("A", prompt="three")
    assert of(pulled(account))["pulled"] == ["prompt"]


def test_files_that_are_done_survive_a_crash_before_the_lock(account: Account) -> None:
    put(account, "name: A\nprompt: one\nfirst_sentence: x\n")
    account.applied()
    account.edit("A", prompt="two")
    lock = account.lock_path.read_bytes()
    assert account.run("pull").code == 0
    account.lock_path.write_bytes(lock)
    done = everything(account.root)
    assert account.run("pull").out == SETTLED
    assert everything(account.root) == done
    assert account.run("plan").out == IN_SYNC


def test_a_moved_file_takes_its_lock_entry_along(account: Account) -> None:
    put(account, "name: A\nprompt: one\n", "old")
    account.applied()
    former = account.lock["old"]["id"]
    (account.root / "assistants/old.yaml").rename(account.root / "assistants/a.yaml")
    before = account.lock_path.read_bytes()
    assert account.run("pull").out == SETTLED
    assert account.lock_path.read_bytes() == before
    account.edit("A", prompt="two")
    assert account.run("pull").code == 0
    assert {address: entry["id"] for address, entry in account.lock.items()} == {"a": former}


def test_renamed_in_the_dashboard(account: Account) -> None:
    put(account, "name: A # who\nprompt: one\n")
    put(account, "name: B\nprompt: one\n", "b")
    account.applied()
    account.edit("A", name="C")
    assert account.run("pull").code == 0
    assert got(account) == "name: C # who\nprompt: one\n"
    assert account.lock["a"]["name"] == "C"
    account.edit("C", name="B", prompt="two")
    report = pulled(account, code=4)
    assert [(each["path"], each["place"]) for each in of(report)["not_pulled"]] == [("name", "assistants/a.yaml:1")]
    assert got(account) == "name: C # who\nprompt: two\n"


def test_names_that_are_swapped_in_the_dashboard(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    put(account, "name: B\nprompt: one\n", "b")
    account.applied()
    first, second = account.remote("A")["id"], account.remote("B")["id"]
    account.store.change(first, lambda current: current | {"name": "B"})
    account.store.change(second, lambda current: current | {"name": "A"})
    assert account.run("pull").code == 0
    assert (got(account), got(account, "b")) == ("name: B\nprompt: one\n", "name: A\nprompt: one\n")
    assert account.run("plan").out == IN_SYNC


def test_a_file_that_may_not_be_written(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.edit("A", prompt="two")
    (account.root / "assistants/a.yaml").chmod(0o444)
    lock = account.lock_path.read_bytes()
    ran = account.run("pull")
    assert (ran.code, "`assistants/a.yaml` is read-only" in ran.err) == (64, True)
    assert account.lock_path.read_bytes() == lock


def test_no_assistants_directory(account: Account) -> None:
    ran: Ran = account.run("pull")
    assert (ran.code, "no assistant files" in ran.err) == (64, True)


def test_what_an_interrupted_apply_left_open_is_told(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.declare("step", type="sub-assistant")
    account.disturb("POST", status=None, committed=True)
    assert account.apply().code == 3
    account.switchboard.faults.clear()
    account.edit("A", prompt="two")
    ran = account.run("pull")
    assert ran.code == 4
    assert "revox-sync import step ID" in ran.out
    assert ran.err.count("did not end") == 1
    assert got(account) == "name: A\nprompt: two\n"


def test_a_file_that_changes_in_the_meantime_is_left_alone(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.declare("b")
    account.applied()
    account.edit("a", first_sentence="Hi")
    later = "name: a\nprompt: You are somebody else.\nfirst_sentence: Hello\n"

    def save(_: Sent) -> bool:
        account.write("assistants/a.yaml", later)
        return False

    account.switchboard.faults.append(Fault(save))
    ran = account.run("pull")
    assert (ran.code, ran.err) == (4, "error: `assistants/a.yaml` has changed in the meantime\n  pull again\n")
    assert (account.root / "assistants" / "a.yaml").read_text("utf-8") == later
