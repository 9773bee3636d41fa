"""`pull` from the command line, end to end: files on disk, byte for byte, against an emulated account."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.account import Account
from tests.cli.pulled import IN_SYNC, SETTLED, everything, got, of, pulled, put

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
    assert account.run("plan").told == IN_SYNC
    assert pulled(account)["summary"]["pulled"] == 0


def test_after_an_apply_no_byte_changes(account: Account) -> None:
    put(account, TEXT)
    account.applied()
    before = everything(account.root)
    ran = account.run("pull", "--theirs", "--inline", "--all-fields")
    assert (ran.code, ran.told) == (0, SETTLED)
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
    assert ran.told == (
        "a  (assistants/a.yaml)\n  < prompt\n\nPulled 1 value into 1 file.\nLock written: .revox/local/test.lock.json\n"
    )
    assert account.run("pull").told == SETTLED


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
    assert account.run("plan").told == IN_SYNC
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
    assert account.run("plan").told == IN_SYNC
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
    assert account.run("plan").told == IN_SYNC


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
    assert account.run("plan").told == IN_SYNC
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
