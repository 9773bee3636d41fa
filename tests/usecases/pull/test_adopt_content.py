"""What `pull --new` writes: everything the server has, in files that can be planned with."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from hypothesis import Phase, given, settings

from revox_sync.contract.fields import known_contracts, secret_pointers
from revox_sync.source.files.tree import MAX_BYTES, DiskTree
from revox_sync.source.model.value import plain_json
from revox_sync.source.workspace import Workspace
from tests.account import ROOT, Account
from tests.cli.commands.plans import IN_SYNC
from tests.strategies import assistants
from tests.usecases.pull.adopting import create, files, pull

SECRET: Final = "correct-horse"  # noqa: S105 - of no account
TOOL: Final[dict[str, Any]] = {
    "name": "look_up",
    "description": "Looks up.",
    "method": "GET",
    "url": "https://x.example.com",
    "query_params": [],
    "body_template": None,
    "input_schema": [],
}
HUGE: Final = "x" * (MAX_BYTES + 1)


def drawn(version: str | None, number: int) -> list[dict[str, Any]]:
    """So many bodies for a contract; None: for any."""
    found: list[dict[str, Any]] = []

    @settings(max_examples=number, deadline=None, derandomize=True, phases=[Phase.generate], database=None)
    @given(assistants(version))
    def draw(body: dict[str, Any]) -> None:
        found.append(body)

    draw()
    return found


def with_secrets(value: Any, secret: str) -> Any:
    """The body with one text for every secret."""
    for pointer in secret_pointers(value):
        holder = value
        for step in pointer[:-1]:
            holder = holder[step]
        holder[pointer[-1]] = secret
    return value


def visible_ones(account: Account) -> list[str]:
    """Ids of the assistants the list shows."""
    return [each["id"] for each in account.store.all() if each.get("type") != "sub-assistant"]


@pytest.mark.slow
def test_any_account_is_adopted_whole(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [body for version in (*known_contracts(), None) for body in drawn(version, 30)]
    for number, body in enumerate(wanted):
        create(account, **with_secrets(body, SECRET) | {"name": f"{body['name']} {number}"})
    adoption = pull(account)
    assert not adoption.skipped
    assert len(adoption.adopted) == len(account.lock) == len(visible_ones(account)) > 100
    for each in adoption.adopted:
        assert not each.notes
        for variable in each.variables:
            monkeypatch.setenv(variable, SECRET)
    ran = account.run("plan")
    assert (ran.code, ran.told) == (0, IN_SYNC), ran.err
    assert SECRET.encode() not in b"".join([*files(account).values(), account.lock_path.read_bytes()])
    report = account.run("lint", "--no-cache", "--select", "RVX0,RVX1,RVX601", "-o", "json").json
    codes = {each["code"] for each in report["findings"] if each["severity"] != "warning"}
    assert codes == set()


def test_the_examples_come_back_clean(account: Account) -> None:
    workspace = Workspace(DiskTree(ROOT), None)
    (environment, *_) = workspace.config.environments.values()
    bodies = [plain_json(workspace.load(each, environment).value) for each in workspace.files]
    ids = [create(account, **body) for body in bodies]
    assert len(pull(account, *ids).adopted) == len(bodies) > 2
    assert account.run("lint", "--no-cache").code == 0


def test_secrets_become_variables(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    model = {"type": "custom", "api_url": "https://x.example.com", "model_name": "m", "api_key": SECRET}
    headers = [{"key": "X-Api-Key", "value": SECRET}, {"key": "Empty", "value": ""}]
    create(account, name="Support", llm_model=model, custom_tools=[TOOL | {"headers": headers}])
    adoption = pull(account)
    variables = {
        "SUPPORT_LLM_MODEL_API_KEY": "llm_model.api_key",
        "SUPPORT_LOOK_UP_X_API_KEY": "custom_tools[0].headers[0].value",
    }
    assert adoption.adopted[0].variables == variables
    text = files(account)["support.yaml"].decode()
    assert "api_key: !env SUPPORT_LLM_MODEL_API_KEY\n" in text
    assert re.search("key: X-Api-Key\n *value: !env SUPPORT_LOOK_UP_X_API_KEY\n", text)
    assert SECRET not in text + repr(adoption) + account.lock_path.read_text("ascii")
    assert account.plan()["summary"]["blocked"] == 1
    for name in variables:
        monkeypatch.setenv(name, SECRET)
    assert account.run("plan").told == IN_SYNC


def test_a_variable_that_means_something_else_is_not_taken(account: Account) -> None:
    account.write("assistants/x.yaml", "name: X\nprompt: Hi\nfirst_sentence: !env SUPPORT_LLM_MODEL_API_KEY\n")
    model = {"type": "custom", "api_url": "https://x.example.com", "model_name": "m", "api_key": SECRET}
    create(account, name="Support", llm_model=model)
    assert list(pull(account).adopted[0].variables) == ["SUPPORT_LLM_MODEL_API_KEY_2"]


def test_what_a_pinned_contract_refuses_is_left_out_and_named(account: Account) -> None:
    create(account, name="A", logo_url="https://x.example.com/a.png", voice={"id": "v", "provider": "cartesia"})
    account.configure(contract="0.0")
    (adopted,) = pull(account).adopted
    assert [note.partition(":")[0] for note in adopted.notes] == ["without `logo_url`"]
    assert files(account)["a.yaml"] == b"name: A\nprompt: Help.\nvoice:\n  id: v\n  provider: cartesia\n"
    assert account.run("plan").told == IN_SYNC


def test_what_is_deprecated_is_kept(account: Account) -> None:
    create(account, name="A", transfer_phone_number="+33639980001")
    assert pull(account).adopted[0].notes == ()
    assert b'transfer_phone_number: "+33639980001"\n' in files(account)["a.yaml"]
    assert "RVX111" in account.run("lint").out


def test_defaults_are_inherited_or_overruled(account: Account) -> None:
    same = "https://same.example.com"
    create(account, name="Same", webhook_url=same, voicemail_message="Call back.", sms_enabled=True)
    create(account, name="Other", voicemail_message=None, webhook_url="https://other.example.com")
    account.configure(defaults={"webhook_url": same, "voicemail_message": "Call back.", "sms_enabled": True})
    assert all(each.notes == () for each in pull(account).adopted)
    assert files(account) == {
        "same.yaml": b"name: Same\nprompt: Help.\n",
        "other.yaml": b"name: Other\nprompt: Help.\nvoicemail_message: null\nsms_enabled: false\n"
        b"webhook_url: https://other.example.com\n",
    }
    assert account.run("plan").told == IN_SYNC


def test_a_default_that_cannot_be_overruled_is_shown(account: Account) -> None:
    create(account, name="A")
    account.configure(defaults={"webhook_url": "https://hooks.example.com"})
    assert pull(account).adopted[0].notes == ("`webhook_url` comes from `defaults`; the next plan sets it",)
    (change,) = account.plan()["changes"]
    assert [each["path"] for each in change["fields"]] == ["webhook_url"]


def test_a_default_that_is_a_secret_stays_one(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    create(account, name="A", webhook_url=f"https://{SECRET}.example.com")
    text = (account.root / "revox-sync.yaml").read_text("utf-8") + "defaults: {webhook_url: !env HOOK}\n"
    account.write("revox-sync.yaml", text)
    (note,) = pull(account).adopted[0].notes
    assert note.startswith("`webhook_url` is taken from `defaults` and was not compared: `HOOK` has no value here")
    assert files(account)["a.yaml"] == b"name: A\nprompt: Help.\n"
    monkeypatch.setenv("HOOK", f"https://{SECRET}.example.com")
    assert account.run("plan").told == IN_SYNC


def test_a_secret_of_its_own_is_not_taken_for_the_default(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    own, ours = f"https://{SECRET}.example.com", "https://hooks.example.com/ours"
    create(account, name="A", webhook_url=own)
    create(account, name="B", webhook_url=ours)
    text = (account.root / "revox-sync.yaml").read_text("utf-8") + "defaults: {webhook_url: !env HOOK}\n"
    account.write("revox-sync.yaml", text)
    monkeypatch.setenv("HOOK", ours)
    report = pull(account)
    assert files(account)["a.yaml"] == b"name: A\nprompt: Help.\nwebhook_url: !env A_WEBHOOK_URL\n"
    assert files(account)["b.yaml"] == b"name: B\nprompt: Help.\n"
    assert not any("not compared" in note for each in report.adopted for note in each.notes)
    monkeypatch.setenv("A_WEBHOOK_URL", own)
    assert account.run("plan").told == IN_SYNC


def test_a_default_that_nothing_can_be_planned_with(account: Account) -> None:
    create(account, name="A")
    account.configure(contract="0.0", defaults={"sms_enabled": True})
    (skipped,) = pull(account).skipped
    assert skipped.reason.startswith("no file can hold it: revox-sync.yaml:3: RVX110 `sms_enabled`")
    assert files(account) == {}


def test_what_the_server_added_is_left_out(account: Account) -> None:
    create(account, name="A", faq_items=[{"question": "Q", "answer": "A"}])
    grown = {"id": "faq_1", "question": "Why?", "answer": "", "source": "ai", "needs_human_answer": True}
    account.edit("A", faq_items=[*account.remote("A")["faq_items"], grown])
    pull(account)
    assert files(account)["a.yaml"] == b"name: A\nprompt: Help.\nfaq_items:\n  - question: Q\n    answer: A\n"
    assert account.run("plan").told == IN_SYNC


def test_what_no_file_can_hold(account: Account) -> None:
    made = create(account, name="A", prompt=HUGE, first_sentence="Hi")
    create(account, name="B", first_sentence=HUGE)
    adoption = pull(account)
    assert [(each.id, each.reason) for each in adoption.skipped] == [
        (made, "no file can hold it: `prompt` has no spelling in YAML, or is too large")
    ]
    assert [each.notes for each in adoption.adopted] == [
        ("without `first_sentence`: it has no spelling in YAML, or is too large",)
    ]
    assert files(account) == {"b.yaml": b"name: B\nprompt: Help.\n"}


def test_texts_that_are_too_large_together(account: Account) -> None:
    made = create(account, name="A", first_sentence=HUGE[::2], end_of_call_sentence=HUGE[::2])
    assert [each.id for each in pull(account).skipped] == [made]
    assert files(account) == {}


# In pieces, so that no scanner takes this file for a leak.
URLS: Final = {
    "user": "https://me:hunter2@x.example.com/hook",
    "user without password": "https://key7@x.example.com/hook",
    "parameter": "https://x.example.com/hook?a=1&access_token=abcdefgh",
    "Slack": "https://hooks" + ".slack.com/services/T0001/B0001/abcdefghijklmnop12345678",
    "Discord": "https://discord" + ".com/api/webhooks/123456789012345678/" + "aB3-_" * 12,
    "Teams": "https://acme.webhook" + ".office.com/webhookb2/" + "1f-" * 20 + "@x/IncomingWebhook/abc",
    "Zapier": "https://hooks" + ".zapier.com/hooks/catch/123456/b2abcd",
    "random part": "https://hook.example.com/aB3dE5fG7hI9jK1lM3nO5pQ7",
}


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_an_address_with_a_secret_becomes_a_variable(
    account: Account, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    create(account, name="A", webhook_url=url)
    ran = account.run("pull", "--new")
    assert files(account)["a.yaml"] == b"name: A\nprompt: Help.\nwebhook_url: !env A_WEBHOOK_URL\n"
    assert "\n# a: webhook_url\nA_WEBHOOK_URL=\n" in ran.out
    assert url not in ran.out + ran.err + account.lock_path.read_text("ascii")
    assert account.run("lint", "--select", "RVX5").code == 0
    monkeypatch.setenv("A_WEBHOOK_URL", url)
    assert account.run("plan").told == IN_SYNC


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/calls?assistant=support&format=json",
        "https://hooks.example.com/tokens/refresh?token={{token}}",
        "https://hooks.example.com/7c9e6679-7425-40de-944b-e07fc1f90ae7",
        "https://hooks.example.com/a-very-long-name-of-a-hook-that-nobody-can-guess/v2",
    ],
)
def test_an_address_without_a_secret_stays_readable(account: Account, url: str) -> None:
    create(account, name="A", webhook_url=url)
    assert pull(account).adopted[0].variables == {}
    assert url.encode() in files(account)["a.yaml"]


def test_requests_of_tools(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {
        "Content-Type": "application/json",
        "Authorization": "Bearer {{token}}",
        "X-Partner": "acme",
        "Accept-Language": "fr-FR",
    }
    body = '{"id": "{{id}}", "api_key": "abcdefgh"}'
    tool = {
        "method": "POST",
        "headers": [{"key": key, "value": value} for key, value in headers.items()],
        "query_params": [{"key": "phone", "value": "{{phone}}"}, {"key": "v", "value": "2"}],
        "body_template": body,
    }
    plain = {"method": "POST", "name": "other", "headers": [], "body_template": '{"key": "customer", "id": "{{id}}"}'}
    create(account, name="A", custom_tools=[TOOL | tool, TOOL | plain])
    adoption = pull(account)
    assert set(adoption.adopted[0].variables) == {"A_LOOK_UP_BODY_TEMPLATE", "A_LOOK_UP_X_PARTNER", "A_LOOK_UP_V"}
    text = files(account)["a.yaml"].decode()
    for words in ("application/json", "Bearer {{token}}", "fr-FR", "{{phone}}", "customer"):
        assert words in text
    for words in ("acme", "abcdefgh"):
        assert words not in text
    monkeypatch.setenv("A_LOOK_UP_BODY_TEMPLATE", body)
    monkeypatch.setenv("A_LOOK_UP_X_PARTNER", "acme")
    monkeypatch.setenv("A_LOOK_UP_V", "2")
    assert account.run("plan").told == IN_SYNC


def test_a_secret_that_a_model_reads_is_told_with_its_place(account: Account) -> None:
    key = "sk" + "-proj-4f9aK2LmQ8xZt1VbN7cR3w"
    lines = "".join(f"{number}. Say it.\n" for number in range(30))
    create(account, name="A", prompt=f"Use {key}.")
    create(account, name="B", prompt=f"{lines}Use {key}.\n", faq_items=[{"question": "Key?", "answer": key}])
    ran = account.run("pull", "--new")
    told = [line.strip() for line in ran.out.splitlines() if line.startswith("  ! ")]
    assert [line.partition(" contains")[0] for line in told] == [
        "! assistants/a.yaml:2:13: `prompt`",
        "! assistants/prompts/b.md:31:5: `prompt`",
        "! assistants/b.yaml:5:13: `faq_items[0].answer`",
    ]
    assert key not in ran.out
    found = account.run("lint", "--select", "RVX5", "-o", "json").json["findings"]
    assert len(found) == len(told)
