"""`restore`, over the emulator: a plan that brings a snapshot back, and what it says cannot come back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action, Change, Plan, PlanOptions
from revox_sync.sync.snapshots.backup import collect, write_backup
from tests.account import SCHEMAS, Account
from tests.cli.commands.plans import FAQ, IN_SYNC, PROMPT, VOICE, changes, fields
from tests.cli.reports.pending import without_claim
from tests.conftest import Golden
from tests.usecases.apply.test_snapshots import KEYED, change_snapshot, take

SAVED: Final = json.loads((SCHEMAS / "saved-plan.schema.json").read_text("utf-8"))
KEY: Final = "canary-4f1c9e"
TOOL: Final = {
    "name": "look_up",
    "description": "d",
    "method": "GET",
    "url": "https://x.example.com",
    "headers": [{"name": "Authorization", "value": KEY}],
}


@pytest.fixture
def snapshot(account: Account) -> Path:
    """A file for a snapshot."""
    return account.root / "snapshot.json"


def restored(account: Account, path: Path, *arguments: str) -> Any:
    """The plan as JSON; nothing was written."""
    before = account.store.all()
    ran = account.run("restore", str(path), "-o", "json", *arguments)
    assert ran.code == 0, ran.err
    assert {each.method for each in account.switchboard.sent} == {"GET"}
    assert account.store.all() == before
    return ran.json


def notes(plan: Any, address: str) -> list[str]:
    return [each.removeprefix(f"{address}: ") for each in plan["notes"] if each.startswith(f"{address}: ")]


def test_an_update_is_undone(account: Account, snapshot: Path) -> None:
    account.declare("a", first_sentence="Hello", voice=VOICE, prompt=PROMPT)
    account.declare("same")
    account.applied()
    take(account, snapshot)
    account.declare("a", first_sentence="Hi", voice=VOICE | {"speed": 1.3}, prompt="Short.")
    account.applied()
    plan = restored(account, snapshot)
    assert changes(plan) == {"a": "update"}
    assert fields(plan, "a") == [
        ("prompt", "Short.", PROMPT),
        ("first_sentence", "Hi", "Hello"),
        ("voice.speed", 1.3, 1.0),
    ]
    assert plan["summary"] == plan["summary"] | {"update": 1, "unchanged": 1, "blocked": 0}


def test_what_came_back_is_drift_until_the_files_follow(account: Account, snapshot: Path) -> None:
    account.declare("a", first_sentence="Hello")
    account.declare("gone", first_sentence="Hello")
    account.applied()
    take(account, snapshot)
    before = {each["name"]: each["first_sentence"] for each in account.store.all()}
    account.declare("a", first_sentence="Hi")
    account.declare("gone", first_sentence="Hi")
    account.applied()
    account.store.remove(account.remote("gone")["id"])
    saved = account.root / "plan.json"
    restored(account, snapshot, "--save", str(saved))
    assert account.run("apply", str(saved)).code == 0
    assert {each["name"]: each["first_sentence"] for each in account.store.all()} == before
    plan = account.plan()
    assert ([each["address"] for each in plan["drift"]], plan["conflicts"], changes(plan)) == (["a", "gone"], [], {})
    account.declare("a", first_sentence="Hello")
    account.declare("gone", first_sentence="Hello")
    assert account.run("plan").out.endswith(IN_SYNC)


def test_what_is_as_it_was_needs_nothing(account: Account, snapshot: Path) -> None:
    account.declare("a", voice=VOICE, faq_items=FAQ)
    account.applied()
    take(account, snapshot)
    ran = account.run("restore", str(snapshot), "--detailed-exitcode")
    assert ran.code == 0
    assert ran.out.endswith("Nothing to send. What can come back is as it was.\n")
    assert "To go on" not in ran.err


def test_edits_of_the_dashboard_are_undone_too(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    account.edit("a", sms_enabled=True, voicemail_message="Call back.", name="renamed")
    assert fields(restored(account, snapshot), "a") == [
        ("name", "renamed", "a"),
        ("voicemail_message", "Call back.", None),
        ("sms_enabled", True, False),
    ]


def test_keys_the_server_has_gained_go(account: Account, snapshot: Path) -> None:
    account.declare("a", voice={"provider": "cartesia", "id": "v1"})
    account.applied()
    take(account, snapshot)
    account.edit("a", voice=VOICE)
    assert ("voice.volume", 1.2, None) in fields(restored(account, snapshot), "a")


def test_what_was_deleted_comes_back_under_a_new_id(account: Account, snapshot: Path, golden: Golden) -> None:
    account.declare("sales/outbound", first_sentence="Hello", faq_items=FAQ)
    account.declare("kept", first_sentence="Hello")
    account.applied()
    for name in ("sales outbound", "kept"):
        entry = account.remote(name)
        account.store.remove(entry["id"])
        account.store.add(entry | {"id": f"asst_{name[:4]}"})
    text = account.lock_path.read_text("utf-8")
    ids = {each["id"]: f"asst_{each['name'][:4]}" for each in account.lock.values()}
    for old, new in ids.items():
        text = text.replace(old, new)
    account.lock_path.write_text(text, "utf-8")
    take(account, snapshot)
    change_snapshot(snapshot, taken_at="2026-11-22T16:05:00Z")
    account.store.remove("asst_sale")
    account.edit("kept", first_sentence="Hi")
    saved = account.root / "plan.json"
    ran = account.run("restore", str(snapshot), "--save", str(saved), "--detailed-exitcode")
    assert ran.code == 2
    assert f"`revox-sync apply {saved}`" in ran.err
    golden("restore/deleted.txt", ran.told)
    document = json.loads(saved.read_text("utf-8"))
    Draft202012Validator(SAVED).validate(document)
    assert document["restored_from"] == "2026-11-22T16:05:00Z"
    assert without_claim(account.run("show", str(saved)).out) == ran.out


def test_what_was_created_again_is_updated(account: Account, snapshot: Path) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    taken = take(account, snapshot)
    account.store.remove(account.remote("a")["id"])
    account.declare("a", first_sentence="Hi")
    account.applied("--recreate", "--max-deletes", "1")
    plan = restored(account, snapshot)
    (change,) = plan["changes"]
    assert (change["action"], change["id"]) == ("update", account.remote("a")["id"])
    assert change["reason"] == f"{taken['assistants'][0]['value']['id']} was deleted and created again"


def test_an_address_is_that_of_the_lock(account: Account, snapshot: Path) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    take(account, snapshot)
    (account.root / "assistants" / "a.yaml").rename(account.root / "assistants" / "b.yaml")
    account.applied()
    account.edit("a", first_sentence="Hi")
    assert changes(restored(account, snapshot)) == {"b": "update"}


def test_only_what_is_named(account: Account, snapshot: Path) -> None:
    for address in ("sales/a", "sales/b", "support"):
        account.declare(address, first_sentence="Hello")
    account.applied()
    account.store.add(account.remote("support") | {"id": "asst_other", "name": "Nobody's"})
    take(account, snapshot)
    for name in ("sales a", "sales b", "support"):
        account.edit(name, first_sentence="Hi")
    assert changes(restored(account, snapshot, "sales/*")) == dict.fromkeys(["sales/a", "sales/b"], "update")
    assert changes(restored(account, snapshot, "support")) == {"support": "update"}
    plan = restored(account, snapshot)
    assert len(changes(plan)) == 3
    assert "assistants of the snapshot that belong to no file stay as they are: 1" in plan["notes"]
    ran = account.run("restore", str(snapshot), "suport")
    assert ran.code == 64
    assert "did you mean `support`?" in ran.err


CANNOT: Final[list[tuple[dict[str, Any], dict[str, Any], str]]] = [
    ({}, {"webhook_url": "https://x.example.com"}, "`webhook_url` cannot be cleared once it is set"),
    ({"custom_tools": [TOOL]}, {"custom_tools": []}, "`custom_tools` cannot come back, for no snapshot holds secrets"),
    ({"custom_tools": [TOOL]}, {}, "`custom_tools[0].headers[0].value`: no snapshot holds secrets; the server keeps"),
]


@pytest.mark.parametrize(("before", "after", "words"), CANNOT)
def test_what_cannot_come_back_is_named(
    account: Account, snapshot: Path, before: dict[str, Any], after: dict[str, Any], words: str
) -> None:
    account.declare("a")
    account.applied()
    account.edit("a", **before)
    take(account, snapshot)
    assert KEY not in snapshot.read_text("utf-8")
    account.edit("a", **after)
    plan = restored(account, snapshot)
    assert changes(plan) == {}
    (note,) = notes(plan, "a")
    assert note.startswith(words)


def test_secrets_are_those_of_the_file(account: Account, snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "https://hooks.example.com/1")
    monkeypatch.setenv("LLM_KEY", KEY)
    account.write("assistants/keyed.yaml", KEYED)
    account.applied()
    take(account, snapshot)
    account.edit("keyed", llm_model={"type": "standard", "model": "gpt-4o-mini"})
    saved = account.root / "plan.json"
    plan = restored(account, snapshot, "--save", str(saved))
    assert changes(plan) == {"keyed": "update"}
    assert KEY not in saved.read_text("utf-8") + json.dumps(plan)
    (change,) = json.loads(saved.read_text("utf-8"))["changes"]
    assert change["body"]["llm_model"]["api_key"] == {"$secret": "LLM_KEY"}
    assert "the secrets in `llm_model` are those of the file; no snapshot holds any" in notes(plan, "keyed")
    assert account.run("apply", str(saved)).code == 0
    assert account.remote("keyed")["llm_model"]["api_key"] == KEY
    monkeypatch.delenv("LLM_KEY")
    assert account.run("restore", str(snapshot)).code == 64


def test_questions_callers_asked_since_stay(account: Account, snapshot: Path) -> None:
    account.declare("a", faq_items=FAQ)
    account.applied()
    take(account, snapshot)
    account.declare("a", faq_items=FAQ[:1])
    account.applied()
    asked = {"id": "f9", "question": "Open?", "answer": "", "source": "ai", "needs_human_answer": True}
    account.edit("a", faq_items=[*account.remote("a")["faq_items"], asked])
    saved = account.root / "plan.json"
    restored(account, snapshot, "--save", str(saved))
    (change,) = json.loads(saved.read_text("utf-8"))["changes"]
    assert [each["question"] for each in change["body"]["faq_items"]] == ["Do you deliver?", "When?", "Open?"]
    assert account.run("apply", str(saved)).code == 0
    assert [each["question"] for each in account.remote("a")["faq_items"]] == ["Do you deliver?", "When?", "Open?"]


def test_fields_the_snapshot_lacks(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    account.store.remove(account.remote("a")["id"])
    assert notes(restored(account, snapshot), "a") == ["`faq_items` is not in the snapshot and comes back empty"]


def test_a_name_somebody_else_has_is_refused(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    first = account.remote("a")
    account.store.remove(first["id"])
    account.store.add(first | {"id": "asst_new"})
    (refused,) = restored(account, snapshot)["refused"]
    assert refused["reason"] == f"{first['id']} was deleted, and another assistant has its name: asst_new"


def test_an_edit_since_the_plan_refuses_it(account: Account, snapshot: Path) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    take(account, snapshot)
    account.edit("a", first_sentence="Hi")
    saved = account.root / "plan.json"
    restored(account, snapshot, "--save", str(saved))
    account.edit("a", prompt="Edited once more.")
    assert account.run("apply", str(saved)).code == 4
    assert account.writes == []


@pytest.mark.parametrize("changed", [{"environment": "other"}, {"base_url": "https://x"}, {"organization_id": "org_x"}])
def test_a_snapshot_of_something_else_is_refused(account: Account, snapshot: Path, changed: dict[str, str]) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    change_snapshot(snapshot, **changed)
    ran = account.run("restore", str(snapshot))
    assert (ran.code, ran.out) == (4, "")
    assert "was taken of" in ran.err


def test_a_backup_is_a_snapshot(account: Account) -> None:
    account.declare("a", first_sentence="Hello", faq_items=FAQ)
    account.applied()
    held = account.remote("a")
    delete = Change("a", "a", held["id"], Action.DELETE)
    plan = Plan("test", account.base_url, held["organization_id"], PlanOptions(), "", (delete,))
    with account.client() as client:
        found = collect(client, plan, {})
    lock = Lock("test", account.base_url, held["organization_id"], {})
    path = write_backup(account.root / ".revox" / "backup", plan, found, lock, "2026-11-22T16:05:00Z")
    assert path is not None
    account.store.remove(held["id"])
    account.lock_path.unlink()
    (account.root / "assistants" / "a.yaml").unlink()
    brought = restored(account, path)
    assert changes(brought) == {"a": "create"}
    assert ("faq_items", None, FAQ) in fields(brought, "a")


def test_a_file_that_is_no_snapshot(account: Account) -> None:
    account.write("plan.json", "{}")
    ran = account.run("restore", str(account.root / "plan.json"))
    assert (ran.code, account.switchboard.sent) == (64, [])
    assert "is no snapshot" in ran.err


def test_a_namesake_is_one_that_matching_would_find(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    account.store.remove(account.remote("a")["id"])
    with account.client() as client:
        client.create_assistant({"name": "a\n", "prompt": "p"})
    (refused,) = restored(account, snapshot)["refused"]
    assert "another assistant has its name" in refused["reason"]
