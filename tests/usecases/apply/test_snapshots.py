"""`plan --save-snapshot` and `plan --remote-snapshot`: what is in the file, and that nobody is asked."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.account import SCHEMAS, Account, Ran
from tests.cli.commands.plans import FAQ, VOICE, changes

SCHEMA: Final = json.loads((SCHEMAS / "snapshot.schema.json").read_text("utf-8"))
CANARY: Final = "canary-4f1c9e"
HOOK: Final = "https://hooks.example.com/canary-77ab20"
KEYED: Final = """\
name: keyed
prompt: You answer.
webhook_url: !env HOOK
llm_model: {type: custom, api_url: "https://llm.example.com/v1", model_name: m, api_key: !env LLM_KEY}
"""


@pytest.fixture
def snapshot(account: Account) -> Path:
    """A file for a snapshot."""
    return account.root / "snapshot.json"


def take(account: Account, path: Path, *arguments: str) -> Any:
    ran = account.run("plan", "--save-snapshot", str(path), *arguments)
    assert ran.code == 0, ran.err
    taken = json.loads(path.read_text("utf-8"))
    Draft202012Validator(SCHEMA).validate(taken)
    return taken


def offline(account: Account, path: Path, *arguments: str) -> Ran:
    ran = account.run("plan", "--remote-snapshot", str(path), *arguments)
    assert account.switchboard.sent == []
    return ran


def without_note(ran: Ran) -> str:
    """The plan's text without what says that it comes from a snapshot."""
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    (first,) = (number for number, line in enumerate(lines) if line.startswith("Note: made from the snapshot taken at"))
    alone = lines[first + 1 : first + 2] == [""] and not any(line.startswith("Note: ") for line in lines[:first])
    return "\n".join(lines[:first] + lines[first + 1 + alone :]) + "\n"


def test_a_plan_from_a_snapshot_is_the_live_one(account: Account, snapshot: Path) -> None:
    account.declare("same")
    account.declare("sales/outbound", first_sentence="Hello", voice=VOICE, faq_items=FAQ)
    account.declare("mine", type="sub-assistant")
    account.declare("lost")
    account.applied()
    account.store.remove(account.remote("lost")["id"])
    account.edit("same", prompt="Edited outside.")
    account.declare("sales/outbound", first_sentence="Hi", voice=VOICE, faq_items=FAQ[:1])
    account.declare("new")
    live = account.run("plan").out
    taken = take(account, snapshot)
    assert [each["address"] for each in taken["assistants"] if each["whole"]] != []
    assert len(taken["absent"]) == 1
    assert without_note(offline(account, snapshot)) == live


def test_deletes_are_planned_from_a_snapshot_too(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.declare("gone", faq_items=FAQ)
    account.applied()
    (account.root / "assistants" / "gone.yaml").unlink()
    prune = ("--prune", "--max-deletes", "1")
    live = account.run("plan", *prune).out
    take(account, snapshot)
    ran = offline(account, snapshot, *prune)
    assert ran.code == 4
    assert "take a new one for the same files and options" in ran.err
    take(account, snapshot, *prune)
    assert without_note(offline(account, snapshot, *prune)) == live


def test_the_note_is_in_every_form_of_the_plan(account: Account, snapshot: Path) -> None:
    account.declare("a")
    taken_at = take(account, snapshot)["taken_at"]
    saved = account.root / "plan.json"
    note = f"made from the snapshot taken at {taken_at}; the API was not asked"
    planned = offline(account, snapshot, "-o", "json", "--save", str(saved)).json
    assert (planned["notes"], changes(planned)) == ([note], {"a": "create"})
    assert note in account.run("show", str(saved)).out
    assert account.run("apply", str(saved)).code == 0


def test_an_edit_since_the_snapshot_refuses_the_saved_plan(account: Account, snapshot: Path) -> None:
    account.declare("a", first_sentence="Hello")
    account.applied()
    take(account, snapshot)
    account.declare("a", first_sentence="Hi")
    saved = account.root / "plan.json"
    offline(account, snapshot, "--save", str(saved))
    account.edit("a", prompt="Edited outside.")
    assert account.run("apply", str(saved)).code == 4
    assert account.writes == []


def test_neither_key_nor_variables_are_needed(
    account: Account, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK", HOOK)
    monkeypatch.setenv("LLM_KEY", CANARY)
    account.write("assistants/keyed.yaml", KEYED)
    account.applied()
    take(account, snapshot)
    for name in ("HOOK", "LLM_KEY", "REVOX_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    text = (account.root / "revox-sync.yaml").read_text("utf-8")
    account.write("revox-sync.yaml", text.replace("api_key: emulator", "api_key: !env NOT_THERE"))
    account.write("assistants/keyed.yaml", KEYED.replace("You answer.", "You call."))
    ran = offline(account, snapshot)
    assert ran.code == 0, ran.err
    assert "You call." in ran.out
    assert "`webhook_url` is a secret that cannot be compared" in ran.out
    assert account.run("plan").code == 64


def test_no_secret_is_in_a_snapshot(account: Account, snapshot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", HOOK)
    monkeypatch.setenv("LLM_KEY", CANARY)
    headers = [{"name": "Authorization", "value": CANARY}]
    account.write("assistants/keyed.yaml", KEYED)
    account.declare("other")
    account.applied()
    tool = {"name": "look_up", "description": "d", "method": "GET", "url": "https://x.example.com", "headers": headers}
    account.store.add(
        account.remote("keyed") | {"id": "asst_clone", "name": "clone", "custom_tools": [tool], "prompt": f"See {HOOK}"}
    )
    taken = take(account, snapshot, "other")  # the secrets are those of a file that is not selected
    assert "canary" not in snapshot.read_text("utf-8")
    values = {each["value"]["name"]: each["value"] for each in taken["assistants"]}
    assert values["keyed"]["webhook_url"] == values["clone"]["webhook_url"] == {"$secret": None}
    assert values["clone"]["custom_tools"][0]["headers"][0]["value"] == {"$secret": None}
    # A variable that is gone from the file was a secret when it was last applied.
    account.write("assistants/keyed.yaml", KEYED.replace("!env HOOK", "https://other.example.com"))
    account.store.remove("asst_clone")
    take(account, snapshot)
    assert "canary" not in snapshot.read_text("utf-8")


def test_a_snapshot_is_for_its_owner(account: Account, snapshot: Path) -> None:
    account.declare("a")
    snapshot.write_text("{}", "utf-8")
    snapshot.chmod(0o644)
    taken = take(account, snapshot)
    assert (stat.S_IMODE(snapshot.stat().st_mode), taken["complete"], taken["absent"]) == (0o600, True, [])
    assert [each.name for each in account.root.iterdir() if each.name.startswith(".snapshot")] == []


def change_snapshot(path: Path, **changed: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changed), "utf-8")


CHANGES: Final[list[tuple[dict[str, Any], int, str]]] = [
    ({"format": "revox-sync/plan"}, 64, "is no snapshot"),
    ({"version": 2}, 64, "is a snapshot of version 2, not 1"),
    ({"assistants": [{}]}, 64, "does not fit its schema"),
    ({"more": 1}, 64, "does not fit its schema"),
    ({"environment": "other"}, 4, "was taken of environment `other`, not `test`"),
    ({"base_url": "https://other.example.com"}, 4, "was taken of https://other.example.com, not http://127.0.0.1"),
    ({"complete": False}, 4, "holds only some of the assistants"),
    ({"assistants": []}, 4, "does not know "),
]


@pytest.mark.parametrize(("changed", "code", "words"), CHANGES)
def test_a_snapshot_that_does_not_fit_is_refused(
    account: Account, snapshot: Path, changed: dict[str, Any], code: int, words: str
) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    change_snapshot(snapshot, **changed)
    ran = offline(account, snapshot)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err


def test_a_field_the_snapshot_lacks_is_not_taken_for_empty(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    account.declare("a", faq_items=FAQ)
    ran = offline(account, snapshot)
    assert ran.code == 4
    assert "does not hold every field of" in ran.err
    assert "--save-snapshot" in ran.err


def test_another_organisation_is_refused(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.applied()
    (entry,) = take(account, snapshot)["assistants"]
    change_snapshot(snapshot, assistants=[entry | {"value": entry["value"] | {"organization_id": "org_other"}}])
    assert offline(account, snapshot).code == 4


def test_a_port_that_changed_is_the_same_api(account: Account, snapshot: Path) -> None:
    account.declare("a")
    account.applied()
    take(account, snapshot)
    change_snapshot(snapshot, base_url="http://localhost:1/api")
    assert offline(account, snapshot).code == 0


USAGE: Final = [
    (("--remote-snapshot", "nothing.json"), "cannot read `nothing.json`"),
    (("--remote-snapshot", "a.json", "--save-snapshot", "a.json"), "exclude each other"),
    (("--save-snapshot", "assistants/a.yaml"), "the name of a snapshot ends in .json"),
]


@pytest.mark.parametrize(("arguments", "words"), USAGE)
def test_command_lines_that_make_no_sense(account: Account, arguments: tuple[str, ...], words: str) -> None:
    account.declare("a")
    ran = account.run("plan", *arguments)
    assert (ran.code, account.switchboard.sent) == (64, [])
    assert words in ran.err
