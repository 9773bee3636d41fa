"""`pull` of values that the assistant's own file does not write: what is edited, what is told, what --inline does."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.account import Account
from tests.cli.pulled import IN_SYNC, everything, got, of, pulled, put

NAMED: Final = "name: A\nprompt: one\n"
WAY_ON: Final = "change it there, or use --inline to write it into this assistant's own file"


def test_a_text_file_with_one_use_is_edited(account: Account) -> None:
    put(account, "name: A\nprompt: !file prompts/a.md # long\n")
    account.write("assistants/prompts/a.md", "one\ntwo\n")
    (account.root / "assistants/prompts/a.md").write_bytes(b"one\r\ntwo\r\n")
    account.applied()
    account.edit("A", prompt="one\nthree")
    report = pulled(account)
    assert report["summary"]["files"] == ["assistants/prompts/a.md"]
    assert got(account) == "name: A\nprompt: !file prompts/a.md # long\n"
    assert (account.root / "assistants/prompts/a.md").read_bytes() == b"one\r\nthree\r\n"
    assert account.run("plan").told == IN_SYNC


def test_a_text_file_that_is_cleared_gives_way(account: Account) -> None:
    put(account, f"{NAMED}voicemail_message: !file a.md # kept\n")
    account.write("assistants/a.md", "Call back.\n")
    account.applied()
    account.edit("A", voicemail_message=None)
    assert of(pulled(account))["pulled"] == ["voicemail_message"]
    assert got(account) == f"{NAMED}voicemail_message: null # kept\n"
    assert (account.root / "assistants/a.md").read_text() == "Call back.\n"


SHARED: Final[dict[str, tuple[dict[str, str], str]]] = {
    "another assistant": ({"assistants/b.yaml": "name: B\nprompt: !file t.md\n"}, "assistants/t.md:1"),
    "the same one": (
        {"assistants/a.yaml": "name: A\nprompt: !file t.md\nfirst_sentence: !file t.md\n"},
        "assistants/t.md:1",
    ),
    "a shared file of another": (
        {"assistants/_s.yaml": "text: !file t.md\n", "assistants/b.yaml": "name: B\nprompt: !include _s.yaml#/text\n"},
        "assistants/t.md:1",
    ),
}


@pytest.mark.parametrize(("files", "place"), SHARED.values(), ids=SHARED)
def test_a_text_file_with_other_uses_is_left(account: Account, files: dict[str, str], place: str) -> None:
    put(account, "name: A\nprompt: !file t.md # kept\n")
    account.write("assistants/t.md", "one\n")
    for path, text in files.items():
        account.write(path, text)
    account.applied()
    account.edit("A", prompt="two")
    before = everything(account.root)
    (left,) = of(pulled(account, code=4))["not_pulled"]
    assert left == {
        "path": "prompt",
        "reason": f"comes from a file that is, or may be, used elsewhere too: {WAY_ON}",
        "place": place,
        "differs": True,
    }
    assert everything(account.root) == before
    assert of(pulled(account, "--inline"))["pulled"] == ["prompt"]
    assert "\nprompt: |" in got(account)
    assert "\n  two\n" in got(account)
    assert (account.root / "assistants/t.md").read_text() == "one\n"
    assert account.run("plan").told == IN_SYNC


def test_a_text_file_that_a_broken_file_names_is_left(account: Account) -> None:
    put(account, "name: A\nprompt: !file t.md\n")
    account.write("assistants/t.md", "one\n")
    account.applied()
    account.edit("A", prompt="two")
    put(account, "name: B\nprompt: !file t.md\nvoice: [\n", "b")
    (left,) = of(pulled(account, "a", code=4))["not_pulled"]
    assert left["reason"].startswith("comes from a file that is, or may be, used elsewhere too")
    put(account, "name: B\nvoice: [\n", "b")
    assert of(pulled(account, "a"))["pulled"] == ["prompt"]


# Text of the assistant, edit in the dashboard, reason, place, text after --inline.
ELSEWHERE: Final[dict[str, tuple[str, dict[str, Any], str, str, str]]] = {
    "include": (
        "voice: !include _shared.yaml#/voice # kept\n",
        {"voice": {"id": "v", "provider": "cartesia", "speed": 1.2}},
        "comes from `!include`",
        "assistants/_shared.yaml:2",
        "voice: # kept\n  id: v\n  provider: cartesia\n  speed: 1.2\n",
    ),
    "variable": (
        "first_sentence: !var hello # kept\n",
        {"first_sentence": "Hi"},
        "comes from `!var`",
        "assistants/a.yaml:3",
        "first_sentence: Hi # kept\n",
    ),
    "substitution": (
        'webhook_url: !sub "https://${host}/hook" # kept\n',
        {"webhook_url": "https://other.example.com"},
        "comes from `!sub`",
        "assistants/a.yaml:3",
        "webhook_url: https://other.example.com # kept\n",
    ),
    "default": (
        "first_sentence: x\n",
        {"logo_url": "https://other.example.com"},
        "comes from `defaults`",
        "revox-sync.yaml:2",
        "first_sentence: x\nlogo_url: https://other.example.com\n",
    ),
    "alias": (
        "first_sentence: &x Hello\nend_of_call_sentence: *x # kept\n",
        {"end_of_call_sentence": "Bye"},
        "is used elsewhere too, or merged from there",
        "assistants/a.yaml:3",
        "first_sentence: &x Hello\nend_of_call_sentence: Bye # kept\n",
    ),
    "merge key": (
        "voice: {<<: !include _shared.yaml#/voice, speed: 1.0} # kept\n",
        {"voice": {"id": "w", "provider": "cartesia", "speed": 1.0}},
        "is used elsewhere too, or merged from there",
        "assistants/_shared.yaml:2",
        "voice: {<<: !include _shared.yaml#/voice, speed: 1.0, id: w} # kept\n",
    ),
    "inside a list": (
        "faq_items:\n  - question: Q\n    answer: !var hello # kept\n",
        {"faq_items": [{"question": "Q", "answer": "Yes", "id": "1", "source": "human", "needs_human_answer": False}]},
        "comes from `!var`",
        "assistants/a.yaml:5",
        'faq_items:\n  - question: Q\n    answer: "Yes" # kept\n',
    ),
}


@pytest.mark.parametrize("row", ELSEWHERE.values(), ids=ELSEWHERE)
def test_values_from_elsewhere(account: Account, row: tuple[str, dict[str, Any], str, str, str]) -> None:
    text, edit, reason, place, inlined = row
    account.configure(defaults={"logo_url": "https://logo.example.com"}, vars="{hello: Hello, host: hook.example.com}")
    account.write("assistants/_shared.yaml", "# shared\nvoice: {id: v, provider: cartesia, speed: 1.1}\n")
    put(account, NAMED + text)
    account.applied()
    account.edit("A", **edit)
    before = everything(account.root)
    ran = account.run("pull")
    assert (ran.code, f": {reason}: {WAY_ON}  ({place})\n" in ran.out) == (4, True), ran.out
    assert "Pulled nothing. 1 value not pulled.\n" in ran.out
    assert everything(account.root) == before
    assert account.run("pull", "--inline").code == 0
    assert got(account) == NAMED + inlined
    assert set(everything(account.root)) == set(before)
    assert account.run("plan").told == IN_SYNC


def test_what_is_not_inlined_goes_on(account: Account) -> None:
    account.configure(vars="{hello: Hello}")
    put(account, f"{NAMED}first_sentence: !var hello\n")
    account.applied()
    account.edit("A", first_sentence="Hi", prompt="two")
    report = of(pulled(account, code=4))
    assert (report["pulled"], [each["path"] for each in report["not_pulled"]]) == (["prompt"], ["first_sentence"])
    assert got(account) == "name: A\nprompt: two\nfirst_sentence: !var hello\n"
    (drift,) = account.plan()["drift"]
    assert [each["path"] for each in drift["fields"]] == ["first_sentence"]


def test_an_anchor_that_others_need_is_told_even_with_inline(account: Account) -> None:
    put(account, f"{NAMED}first_sentence: &x Hello\nend_of_call_sentence: *x\n")
    account.applied()
    account.edit("A", first_sentence="Hi")
    before = everything(account.root)
    (left,) = of(pulled(account, "--inline", code=4))["not_pulled"]
    assert left["reason"] == "cannot be written without changing more: change it by hand"
    assert everything(account.root) == before


def test_a_default_that_was_cleared_outside_is_told(account: Account) -> None:
    account.configure(defaults={"webhook_url": "https://hook.example.com"})
    put(account, NAMED)
    account.applied()
    account.edit("A", webhook_url=None)
    (left,) = of(pulled(account, "--inline", code=4))["not_pulled"]
    assert left["reason"] == "comes from `defaults`: change it there"


def test_a_secret_is_not_inlined_with_what_stands_beside_it(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P_KEY", "canary")
    account.write(
        "assistants/_shared.yaml",
        "{type: custom, api_key: !env P_KEY, api_url: 'https://llm.example.com', model_name: small}\n",
    )
    put(account, f"{NAMED}llm_model: !include _shared.yaml\n")
    account.applied()
    account.edit("A", llm_model={**account.remote("A")["llm_model"], "model_name": "large"})
    before = everything(account.root)
    (left,) = of(pulled(account, "--inline", code=4))["not_pulled"]
    assert left["path"] == "llm_model.model_name"
    assert everything(account.root) == before


def test_what_another_assistant_includes_stays(account: Account) -> None:
    put(account, f"{NAMED}voice: {{provider: cartesia, id: v1, speed: 1.0}}\n")
    put(account, "name: B\nprompt: two\nvoice: !include a.yaml#/voice\n", "b")
    account.applied()
    before = got(account)
    account.edit("A", voice={"provider": "cartesia", "id": "v1", "speed": 1.3})
    (left,) = of(pulled(account, code=4))["not_pulled"]
    assert left["reason"] == "is used by `b` too, which would change with it: change it by hand"
    assert got(account) == before
    account.edit("A", prompt="three")
    assert of(pulled(account, code=4))["pulled"] == ["prompt"]
