"""What `apply` does with secrets: the server gets them, nobody else sees them."""

from __future__ import annotations

import json

import pytest

from tests.account import Account

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


OPEN = """
first_sentence: Hello.
end_of_call_sentence: Bye.
voicemail_message: Call back.
voice: {provider: cartesia, id: v1}
faq_items: [{question: Where?, answer: There.}]
"""
QUESTION = {"id": "faq_1", "source": "human", "needs_human_answer": False, "question": "Where?"}
COPIES = [
    {"faq_items": [{**QUESTION, "answer": f"Ask {HOOK}."}]},
    {"first_sentence": "Use canary-key, please."},
    {"voice": {"provider": "cartesia", "id": "canary-header"}},
    {"voicemail_message": f"{HOOK}?page=2"},
    {"end_of_call_sentence": HOOK},
]


@pytest.mark.parametrize("edit", COPIES, ids=lambda edit: next(iter(edit)))
def test_a_secret_that_somebody_copies_into_another_field_is_one(secretive: Account, edit: dict[str, object]) -> None:
    """In the dashboard everybody may do so; a report of it is read by others."""
    secretive.write("assistants/s.yaml", SECRETIVE + OPEN)
    secretive.applied()
    secretive.edit("Secretive", **edit)
    shown = ""
    for arguments in (
        ("status",),
        ("plan", "--on-drift", "revert", "--save", str(secretive.root / "plan.json")),
        *(("plan", "--on-drift", drift, "-o", form) for drift in ("fail", "revert") for form in ("json", "markdown")),
        ("show", "-o", "html", str(secretive.root / "plan.json")),
    ):
        ran = secretive.run(*arguments)
        assert "canary-" not in ran.out + ran.err, arguments
        shown += ran.out + ran.err
    assert "canary-" not in shown + everything(secretive)
    assert next(iter(edit)) in shown
    secretive.applied("--on-drift", "revert")
    assert secretive.run("plan", "--detailed-exitcode").code == 0
