"""`ignore_changes`: fields that a create sets, and that belong to the dashboard from then on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.account import Account
from tests.cli.commands.fresh import git
from tests.cli.commands.plans import IN_SYNC, changes

VOICE = {"provider": "cartesia", "id": "v1", "speed": 1.1}
FAQ = [{"question": "Open?", "answer": "Yes."}]
CLOSED = {"id": "faq_9", "question": "Closed?", "answer": "No.", "needs_human_answer": False, "source": "human"}
DASHBOARD = {"voice": VOICE | {"speed": 1.3}, "faq_items": [CLOSED]}
NOTE = "support-a: `voice.speed`, `faq_items`: the server's value is not the file's; `ignore_changes` leaves it alone"


@pytest.fixture
def edited(account: Account) -> Account:
    """`support-a` was created with fields that it ignores, and both were edited in the dashboard since."""
    account.configure(ignore_changes={"support-*": ["faq_items", "voice.speed"]})
    account.declare("support-a", voice=VOICE, faq_items=FAQ)
    account.applied()
    assert account.remote("support-a")["voice"]["speed"] == 1.1
    assert [item["question"] for item in account.remote("support-a")["faq_items"]] == ["Open?"]
    account.edit("support-a", **DASHBOARD)
    return account


def test_an_edit_of_an_ignored_field_is_told_and_left_alone(edited: Account) -> None:
    told = edited.run("plan").told
    assert " ".join(told.split()) == " ".join(f"Note: {NOTE} {IN_SYNC}".split())
    status = edited.run("status", "-o", "json").json
    assert [each["state"] for each in status["assistants"]] == ["in_sync"]
    assert status["notes"] == [NOTE]
    assert edited.run("status", "--detailed-exitcode").code == 0
    assert edited.run("pull", "--check").code == 0
    lock = edited.lock_path.read_bytes()
    edited.applied()
    assert edited.writes == []
    assert edited.lock_path.read_bytes() == lock


def test_an_edit_of_the_file_is_not_sent_either(edited: Account) -> None:
    edited.declare("support-a", voice=VOICE | {"speed": 0.9}, faq_items=[])
    assert changes(edited.plan()) == {}
    edited.applied()
    assert edited.writes == []


@pytest.mark.parametrize("saved", [False, True])
def test_the_rest_of_the_mapping_is_still_the_files(edited: Account, *, saved: bool) -> None:
    edited.declare("support-a", voice=VOICE | {"id": "v2"}, faq_items=FAQ)
    if saved:
        assert edited.run("plan", "--save", "plan.json").code == 0
        assert edited.run("apply", "plan.json").code == 0
    else:
        edited.applied()
    (sent,) = edited.writes
    assert sent.body == {"voice": {"provider": "cartesia", "id": "v2", "speed": 1.3}}
    assert edited.remote("support-a")["faq_items"] == DASHBOARD["faq_items"]
    assert "/voice/speed" not in edited.lock["support-a"]["leaves"]
    edited.edit("support-a", voice={"provider": "cartesia", "id": "v9", "speed": 1.3})
    assert [each["address"] for each in edited.plan()["drift"]] == ["support-a"]


def test_what_is_no_longer_ignored_is_a_conflict(edited: Account) -> None:
    edited.configure()
    (blocked,) = edited.plan()["conflicts"]
    assert {each["path"] for each in blocked["fields"]} == {"voice.speed", 'faq_items["Open?"]', 'faq_items["Closed?"]'}


def test_a_field_that_was_applied_and_is_ignored_later(account: Account) -> None:
    account.declare("a", voice=VOICE, faq_items=FAQ)
    account.applied()
    account.configure(ignore_changes={"*": ["voice.speed", "faq_items"]})
    account.edit("a", **DASHBOARD)
    assert changes(account.plan()) == {}
    account.declare("a", voice=VOICE | {"id": "v2"}, faq_items=FAQ)
    account.applied()
    assert [sent.body for sent in account.writes] == [{"voice": {"provider": "cartesia", "id": "v2", "speed": 1.3}}]


@pytest.mark.parametrize("options", [[], ["--theirs"], ["--all-fields"]])
def test_pull_takes_nothing_of_it_over(edited: Account, options: list[str]) -> None:
    before = (edited.root / "assistants/support-a.yaml").read_text("utf-8")
    edited.edit("support-a", prompt="Edited in the dashboard.")
    assert edited.run("pull", *options).code == 0
    after = json.loads((edited.root / "assistants/support-a.yaml").read_text("utf-8").partition("\n}")[0] + "\n}")
    assert after["prompt"] == "Edited in the dashboard."
    assert {key: after[key] for key in ("voice", "faq_items")} == {key: json.loads(before)[key] for key in DASHBOARD}


def test_adoption_and_import_leave_it_alone(account: Account) -> None:
    account.configure(ignore_changes={"*": ["voice.speed", "faq_items"]})
    account.declare("a", voice=VOICE, faq_items=FAQ)
    account.applied()
    account.edit("a", **DASHBOARD)
    found = account.lock["a"]["id"]
    assert account.run("forget", "a").code == 0
    assert changes(account.plan()) == {}
    assert "differ" not in account.run("import", "a", found).out
    assert changes(account.plan()) == {}


def test_a_mapping_that_the_server_lacks_is_set_whole(account: Account) -> None:
    account.configure(ignore_changes={"*": ["voice.speed"]})
    account.declare("a")
    account.applied()
    account.declare("a", voice=VOICE)
    account.applied()
    assert [sent.body for sent in account.writes] == [{"voice": VOICE}]
    assert changes(account.plan()) == {}


def test_a_variant_that_is_ignored_itself(account: Account) -> None:
    account.configure(ignore_changes={"*": ["voice.provider", "voice.id"]})
    account.declare("a", voice=VOICE)
    account.applied()
    account.edit("a", voice={"provider": "elevenlabs", "id": "e1", "speed": 1.1})
    assert changes(account.plan()) == {}
    account.declare("a", voice=VOICE | {"speed": 1.0})
    account.applied()
    assert [sent.body for sent in account.writes] == [{"voice": {"provider": "elevenlabs", "id": "e1", "speed": 1.0}}]


def test_a_secret_stays_one(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_HOOK", "https://hooks.example.com/canary-1")
    account.configure(ignore_changes={"*": ["webhook_url"]}, safety={"max_deletes": 1})
    account.write("assistants/a.yaml", "name: a\nprompt: You are a.\nwebhook_url: !env T_HOOK\n")
    account.applied()
    account.edit("a", webhook_url="https://hooks.example.com/canary-2")
    account.write("assistants/a.yaml", "name: a\nprompt: You are b.\nwebhook_url: !env T_HOOK\n")
    ran = account.run("plan", "--save", "plan.json", "-o", "json")
    account.applied()
    assert account.remote("a")["webhook_url"].endswith("canary-2")
    (account.root / "assistants/a.yaml").unlink()
    account.declare("b")
    gone = account.run("apply", "--prune", "--auto-approve", "-o", "json")
    written = [path.read_text("utf-8") for path in account.root.rglob("*.json*")]
    assert "canary" not in "".join([ran.out, ran.err, gone.out, gone.err, *written])


FAULTS: list[tuple[Any, str]] = [
    (["voice.sped"], "unknown field `sped` in `voice`; did you mean `speed`?"),
    (["promt"], "unknown field `promt`; did you mean `prompt`?"),
    (["faq_items.answer"], "`faq_items.answer` is inside a value that is owned whole; write `faq_items`"),
    (["name"], "`name` cannot be ignored: it finds the assistant; leave it out"),
    (["id"], "`id` is set by the server only; leave it out"),
    (["llm_model.api_key"], "`llm_model.api_key` is a secret: its value cannot be carried over; write `llm_model`"),
    ("voice", "expected a list"),
]


@pytest.mark.parametrize(("fields", "message"), FAULTS, ids=[str(fields) for fields, _ in FAULTS])
@pytest.mark.parametrize("command", ["lint", "plan"])
def test_fields_are_known(account: Account, command: str, fields: Any, message: str) -> None:
    account.configure(ignore_changes={"a": fields})
    account.declare("a")
    ran = account.run(command)
    assert ran.code == 64
    assert ran.err.startswith("error: revox-sync.yaml:2:")
    assert message in ran.err


@pytest.mark.parametrize("command", [["lint"], ["lint", "--fix"], ["plan"], ["status"]])
def test_globs_are_known(account: Account, command: list[str]) -> None:
    account.configure(ignore_changes={"suport": ["voice"], "support": ["voice"]})
    account.declare("support")
    what = "`suport` of `ignore_changes` matches no assistant; did you mean `support`?"
    for _ in range(2):  # the second time from the cache
        ran = account.run(*command)
        assert (ran.code, ran.err.count(f"warning: revox-sync.yaml:2:18: {what}\n")) == (0, 1)


def test_a_review_says_that_an_edit_of_it_is_not_sent(account: Account) -> None:
    account.configure(ignore_changes={"a": ["voice.speed"]})
    for address in ("a", "b"):
        account.declare(address, voice=VOICE)
    git(account.root, "init", "-q", "-b", "main")
    git(account.root, "add", "-A")
    git(account.root, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qm", "one")
    for address in ("a", "b"):
        account.declare(address, voice=VOICE | {"speed": 0.9})
    changed = {each["address"]: each.get("reason") for each in account.run("diff", "-o", "json").json["changes"]}
    assert changed == {"a": "`voice.speed` is set on create only (`ignore_changes`)", "b": None}
