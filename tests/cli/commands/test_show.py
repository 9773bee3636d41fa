"""Saved plans: `plan --save`, `show`, and `apply` of exactly what was approved."""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.account import SCHEMAS, Account
from tests.cli.commands.plans import IN_SYNC, VOICE
from tests.cli.reports.pending import without_claim

SAVED = json.loads((SCHEMAS / "saved-plan.schema.json").read_text("utf-8"))


@pytest.fixture
def saved(account: Account) -> Path:
    """A plan of one create, one update and one assistant that stays as it is."""
    account.declare("same")
    account.declare("known", first_sentence="Hello", voice=VOICE)
    account.applied()
    account.declare("known", first_sentence="Hi", voice=VOICE)
    account.declare("new")
    path = account.root / "plan.json"
    assert account.run("plan", "--save", str(path)).code == 0
    return path


def seal(path: Path, **changes: Any) -> None:
    """Change a saved plan and give it the digest that fits, as somebody who knows how would."""
    content = json.loads(path.read_text("utf-8")) | changes
    del content["digest"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    path.write_text(json.dumps(content | {"digest": blake2b(text.encode(), digest_size=16).hexdigest()}), "utf-8")


def test_a_saved_plan_fits_its_schema(saved: Path) -> None:
    Draft202012Validator(SAVED).validate(json.loads(saved.read_text("utf-8")))


def test_equal_inputs_give_equal_bytes(account: Account, saved: Path) -> None:
    again = account.root / "again.json"
    account.run("plan", "--save", str(again))
    assert again.read_bytes() == saved.read_bytes()


def test_show_says_what_plan_said(account: Account, saved: Path) -> None:
    for form in ("text", "json"):
        planned, shown = account.run("plan", "-o", form), account.run("show", "-o", form, str(saved))
        assert without_claim(shown.out) == planned.out
        assert shown.code == 0
        assert account.switchboard.sent == []


def test_show_needs_no_project_and_no_key(account: Account, saved: Path, tmp_path: Path) -> None:
    ran = account.run("show", "-C", str(tmp_path), str(saved))
    assert (ran.code, ran.err) == (0, "")
    assert "known will be updated" in ran.out
    assert account.run("show", "--detailed-exitcode", str(saved)).code == 2


def test_the_digest_in_json_is_the_one_saved(account: Account, saved: Path) -> None:
    digest = json.loads(saved.read_text("utf-8"))["digest"]
    assert account.run("show", "-o", "json", str(saved)).json["digest"] == digest
    assert account.plan()["digest"] == digest
    assert account.run("apply", str(saved), "--expect-digest", "0" * 32).code == 4
    assert account.run("apply", str(saved), "--expect-digest", digest).code == 0


def test_it_is_applied_without_asking(account: Account, saved: Path) -> None:
    ran = account.run("apply", str(saved))
    assert ran.code == 0
    assert "Apply complete: 1 created, 1 updated" in ran.out
    assert sorted(each.method for each in account.writes) == ["PATCH", "POST"]
    assert account.run("plan").told == IN_SYNC


def test_what_was_approved_is_applied(account: Account, saved: Path) -> None:
    account.declare("known", first_sentence="Edited after approval", voice=VOICE)
    account.declare("new", first_sentence="Edited after approval")
    assert account.run("apply", str(saved)).code == 0
    assert account.remote("known")["first_sentence"] == "Hi"
    assert "first_sentence" not in account.remote("new")


def test_it_is_applied_once(account: Account, saved: Path) -> None:
    assert account.run("apply", str(saved)).code == 0
    ran = account.run("apply", str(saved))
    assert ran.code == 4
    assert "the lock has changed" in ran.err
    assert account.switchboard.sent == []


def test_an_edited_plan_is_refused(account: Account, saved: Path) -> None:
    saved.write_text(saved.read_text("utf-8").replace('"Hi"', '"Ha"'), "utf-8")
    for command in ("show", "apply"):
        ran = account.run(command, str(saved))
        assert ran.code == 4
        assert "was changed after it was saved" in ran.err
        assert account.switchboard.sent == []


def test_another_environment_is_refused(account: Account, saved: Path) -> None:
    text = (account.root / "revox-sync.yaml").read_text("utf-8")
    account.write("revox-sync.yaml", text + f'  other: {{base_url: "{account.base_url}", api_key: emulator}}\n')
    ran = account.run("apply", str(saved), "--env", "other")
    assert ran.code == 4
    assert "environment `test`" in ran.err
    assert account.run("apply", str(saved), "--env", "test").code == 0


def test_another_api_is_refused(account: Account, saved: Path) -> None:
    seal(saved, base_url="https://elsewhere.example.com/api")
    assert account.run("apply", str(saved)).code == 4
    assert account.switchboard.sent == []


def test_another_organisation_is_refused(account: Account, saved: Path) -> None:
    account.lock_path.unlink()
    for name in ("same", "known"):
        account.store.remove(account.remote(name)["id"])
    account.run("plan", "--save", str(saved))
    account.store.add({"id": "asst_theirs", "name": "Theirs", "prompt": "x", "organization_id": "org_theirs"})
    seal(saved, organization_id="org_mine")
    ran = account.run("apply", str(saved))
    assert ran.code == 4
    assert "org_theirs" in ran.err
    assert account.writes == []


def test_what_changed_meanwhile_is_refused_alone(account: Account, saved: Path) -> None:
    account.edit("known", voicemail_message="Edited in the dashboard")
    ran = account.run("apply", "-o", "json", str(saved))
    assert ran.code == 4
    found = {each["address"]: (each["outcome"], each.get("error")) for each in ran.json["outcomes"]}
    assert found["new"][0] == "applied"
    assert found["known"] == ("refused", "it was edited outside since the plan was made; plan again")
    assert account.remote("known")["first_sentence"] == "Hello"


def test_what_was_deleted_meanwhile_is_refused_alone(account: Account, saved: Path) -> None:
    account.store.remove(account.remote("known")["id"])
    ran = account.run("apply", "-o", "json", str(saved))
    assert ran.code == 4
    assert [each["outcome"] for each in ran.json["outcomes"] if each["address"] == "known"] == ["refused"]


def test_options_are_recorded(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    account.edit("a", first_sentence="Bonjour")
    saved = str(account.root / "plan.json")
    assert account.run("plan", "--on-drift", "revert", "--save", saved).code == 0
    assert account.run("apply", saved).code == 0
    assert account.remote("a")["first_sentence"] == "Hello"


def test_blocked_assistants_are_remembered(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.declare("b")
    account.applied()
    account.edit("a", first_sentence="Bonjour")
    account.declare("b", first_sentence="Hi")
    saved = str(account.root / "plan.json")
    account.run("plan", "--save", saved)
    assert "a was edited outside" in account.run("show", saved).out
    assert account.run("apply", saved).code == 4
    assert account.remote("b")["first_sentence"] == "Hi"


SECRETIVE = """
name: S
prompt: x
webhook_url: !env T_HOOK
llm_model: {type: custom, api_url: https://llm.example.com, model_name: m, api_key: !env T_KEY}
"""


def test_secrets_are_taken_when_applied(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_HOOK", "https://hooks.example.com/canary")
    monkeypatch.setenv("T_KEY", "canary-key")
    account.write("assistants/s.yaml", SECRETIVE)
    saved = account.root / "plan.json"
    account.run("plan", "--save", str(saved))
    text = saved.read_text("utf-8")
    assert "canary" not in text
    assert json.loads(text)["changes"][0]["body"]["webhook_url"] == {"$secret": "T_HOOK"}
    monkeypatch.setenv("T_KEY", "canary-rotated")
    assert account.run("apply", str(saved)).code == 0
    assert account.remote("S")["llm_model"]["api_key"] == "canary-rotated"
    assert account.remote("S")["webhook_url"] == "https://hooks.example.com/canary"


def test_missing_variables_are_all_named(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_HOOK", "https://hooks.example.com/canary")
    monkeypatch.setenv("T_KEY", "canary-key")
    account.write("assistants/s.yaml", SECRETIVE)
    saved = str(account.root / "plan.json")
    account.run("plan", "--save", saved)
    monkeypatch.delenv("T_HOOK")
    monkeypatch.delenv("T_KEY")
    assert account.run("show", saved).code == 0
    ran = account.run("apply", saved)
    assert ran.code == 4
    assert "`T_HOOK`" in ran.out
    assert "`T_KEY`" in ran.out
    assert account.writes == []


@pytest.mark.parametrize("text", ["name: S\nprompt: x\n", SECRETIVE.replace("T_KEY", "T_OTHER")])
def test_a_secret_the_file_no_longer_declares(account: Account, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    for name in ("T_HOOK", "T_KEY", "T_OTHER"):
        monkeypatch.setenv(name, f"https://{name.lower().replace('_', '-')}.example.com")
    account.write("assistants/s.yaml", SECRETIVE)
    saved = str(account.root / "plan.json")
    account.run("plan", "--save", saved)
    account.write("assistants/s.yaml", text)
    ran = account.run("apply", saved)
    assert ran.code == 4
    assert "no longer declares a secret of the plan" in ran.err
    assert account.writes == []


GARBAGE = ["", "[]", "null", "{", "\x00", "{}", '{"format": "revox-sync/lock"}', "[" * 100_000, '{"format": []}']


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_no_plan(account: Account, text: str) -> None:
    account.write("plan.json", text)
    for command in ("show", "apply"):
        ran = account.run(command, str(account.root / "plan.json"))
        assert ran.code == 64
        assert "is no saved plan" in ran.err


def test_no_text_is_no_plan(account: Account) -> None:
    (account.root / "plan.json").write_bytes(b"\xff\xfe")
    assert account.run("show", str(account.root / "plan.json")).code == 64
    assert account.run("show", str(account.root)).code == 64


@pytest.mark.parametrize("version", [1, 3, 0, "2", None, True])
def test_other_versions_are_refused(account: Account, saved: Path, version: Any) -> None:
    seal(saved, version=version)
    for command in ("show", "apply"):
        ran = account.run(command, str(saved))
        assert ran.code == 64
        assert re.search("version .*, not 2", ran.err)


FAULTY = [
    {"changes": [{}]},
    {"changes": "none"},
    {"environment": 1},
    {"surprise": True},
    {"options": {"on_drift": "ask", "recreate": False, "resend_secrets": False}},
    {"drift": [{"address": "a"}]},
]


@pytest.mark.parametrize("changes", FAULTY)
def test_a_sealed_plan_of_another_shape_is_refused(account: Account, saved: Path, changes: dict[str, Any]) -> None:
    seal(saved, **changes)
    for command in ("show", "apply"):
        ran = account.run(command, str(saved))
        assert ran.code == 64
        assert "is no saved plan of this revox-sync" in ran.err


@pytest.mark.parametrize(
    "changes",
    [
        {"body": {"voicemail_message": "x"}},
        {"id": None},
        {"fingerprint": None},
        {"keep": ["voice"]},
        {"action": "delete"},
    ],
)
def test_a_sealed_change_that_cannot_be_carried_out(account: Account, saved: Path, changes: dict[str, Any]) -> None:
    planned = json.loads(saved.read_text("utf-8"))["changes"]
    (known,) = (each for each in planned if each["address"] == "known")
    seal(saved, changes=[known | changes])
    assert account.run("apply", str(saved)).code == 64
    assert account.switchboard.sent == []


def test_plans_of_other_releases_keep_their_digest(account: Account, saved: Path) -> None:
    seal(saved, tool="99.0")
    digest = json.loads(saved.read_text("utf-8"))["digest"]
    assert account.run("show", "-o", "json", str(saved)).json["digest"] == digest


def test_a_plan_that_cannot_be_saved(account: Account) -> None:
    account.declare("a")
    account.write("file", "")
    ran = account.run("plan", "--save", str(account.root / "file" / "plan.json"))
    assert ran.code == 64
    assert "cannot write" in ran.err
