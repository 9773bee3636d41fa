"""`status` over the emulator: where every assistant stands, and that nothing is written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.account import SCHEMAS, Account

SCHEMA = json.loads((SCHEMAS / "status.schema.json").read_text("utf-8"))
FAQ = [{"question": "Do you deliver?", "answer": "Yes."}]
MODEL = "{type: custom, api_url: https://llm.example.com, model_name: m, api_key: !env T_KEY}"


def status(account: Account, *arguments: str) -> Any:
    ran = account.run("status", "-o", "json", *arguments)
    assert ran.code == 0, ran.err
    Draft202012Validator(SCHEMA).validate(ran.json)
    return ran.json


def states(account: Account, *arguments: str) -> dict[str, str]:
    return {each["address"]: each["state"] for each in status(account, *arguments)["assistants"]}


def row(account: Account, address: str) -> dict[str, Any]:
    (found,) = (each for each in status(account)["assistants"] if each["address"] == address)
    assert isinstance(found, dict)
    return found


def every_state(account: Account) -> None:
    """One assistant in each state."""
    for address in ("same", "edited", "drifted", "both", "lost", "former", "copied"):
        account.declare(address, first_sentence="Hello")
    account.applied()
    account.declare("edited", first_sentence="Hi")
    account.edit("drifted", first_sentence="Bonjour")
    account.edit("both", first_sentence="Bonjour")
    account.declare("both", first_sentence="Hi")
    account.store.remove(account.remote("lost")["id"])
    (account.root / "assistants/former.yaml").unlink()
    account.store.add(account.remote("copied") | {"id": "asst_twin"})
    assert account.run("forget", "copied").code == 0
    account.declare("fresh")


def test_every_state(account: Account) -> None:
    every_state(account)
    before, lock = account.store.all(), account.lock_path.read_bytes()
    assert states(account) == {
        "both": "conflict",
        "copied": "ambiguous",
        "drifted": "drift",
        "edited": "local_change",
        "former": "orphaned",
        "fresh": "new",
        "lost": "missing",
        "same": "in_sync",
    }
    assert {each.method for each in account.switchboard.sent} == {"GET"}
    assert account.store.all() == before
    assert account.lock_path.read_bytes() == lock


def test_text_says_the_same(account: Account) -> None:
    every_state(account)
    ran = account.run("status")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["drift", "drifted", account.remote("drifted")["id"], "drifted"] in lines
    assert ["new", "fresh", "fresh"] in lines
    assert "\n\n8 assistants: 1 in sync, 1 new, 1 local change, 1 drift, 1 conflict, " in ran.out


def test_what_differs_is_named(account: Account) -> None:
    every_state(account)
    rows = {each["address"]: each for each in status(account)["assistants"]}
    assert {address: each["fields"] for address, each in rows.items() if each["fields"]} == {
        "edited": ["first_sentence"],
        "drifted": ["first_sentence"],
        "both": ["first_sentence"],
    }
    assert "asst_twin" in rows["copied"]["reason"]
    assert rows["lost"]["id"] == account.lock["lost"]["id"]
    assert rows["former"]["name"] == "former"


def test_it_agrees_with_plan(account: Account) -> None:
    every_state(account)
    plan, summary = account.plan(), status(account)["summary"]
    assert summary["in_sync"] == plan["summary"]["unchanged"]
    assert summary["new"] + summary["local_change"] == plan["summary"]["create"] + plan["summary"]["update"]
    blocked = ("drift", "conflict", "missing", "ambiguous", "blocked")
    assert sum(summary[each] for each in blocked) == plan["summary"]["blocked"]


def test_addresses_select(account: Account) -> None:
    for address in ("sales/in", "sales/out", "support"):
        account.declare(address)
    account.applied()
    assert states(account, "sales/*") == {"sales/in": "in_sync", "sales/out": "in_sync"}
    ran = account.run("status", "suport")
    assert ran.code == 64
    assert "did you mean `support`?" in ran.err


def test_orphans_are_selected_as_files_are(account: Account) -> None:
    for address in ("sales/in", "sales/out", "support"):
        account.declare(address)
    account.applied()
    (account.root / "assistants/sales/out.yaml").unlink()
    assert states(account) == {"sales/in": "in_sync", "sales/out": "orphaned", "support": "in_sync"}
    assert states(account, "sales/*") == {"sales/in": "in_sync", "sales/out": "orphaned"}
    assert states(account, "support") == {"support": "in_sync"}
    assert states(account, "sales/out") == {"sales/out": "orphaned"}


def test_remote_assistants_without_a_file(account: Account) -> None:
    account.declare("a")
    account.declare("found")
    account.declare("step", type="sub-assistant")
    account.applied()
    assert account.run("forget", "found").code == 0
    account.store.add(account.remote("a") | {"id": "asst_stray", "name": "Stray"})
    found = status(account)
    assert found["unmanaged"] == [{"id": "asst_stray", "name": "Stray"}]
    assert found["summary"]["unmanaged"] == 1
    assert "1 remote assistant has no file: `revox-sync pull --new` writes one for each." in account.run("status").out
    assert status(account, "a")["unmanaged"] == []


def test_questions_the_server_found_are_counted(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.declare("b")
    account.applied()
    grown = [
        {"question": "How?", "answer": "", "source": "ai", "needs_human_answer": True, "id": "faq_8"},
        {"question": "Why?", "answer": "So.", "source": "ai", "needs_human_answer": False, "id": "faq_9"},
    ]
    for name in ("a", "b"):
        account.edit(name, faq_items=[*account.remote(name).get("faq_items", []), *grown])
    assert states(account) == {"a": "in_sync", "b": "in_sync"}
    assert (row(account, "a")["grown"], row(account, "b")["grown"]) == (2, 0)
    assert "2 questions grown" in account.run("status").out


def test_what_the_server_normalised_is_in_sync(account: Account) -> None:
    account.declare("a", first_sentence="Hello   there")
    account.disturb("POST", rewrite=lambda body: body | {"first_sentence": "Hello there"})
    account.applied()
    assert states(account) == {"a": "in_sync"}


def test_moved_and_adopted_are_in_sync(account: Account) -> None:
    account.declare("old", name="A")
    account.declare("b")
    account.applied()
    (account.root / "assistants/old.yaml").rename(account.root / "assistants/new.yaml")
    assert account.run("forget", "b").code == 0
    found = status(account)
    assert {each["address"]: each["state"] for each in found["assistants"]} == {"b": "in_sync", "new": "in_sync"}
    assert "new: moved from old; only the lock changes" in found["notes"]


def test_a_sub_assistant(account: Account) -> None:
    account.declare("step", type="sub-assistant")
    assert states(account) == {"step": "new"}
    account.applied()
    assert states(account) == {"step": "in_sync"}


def test_an_interrupted_create(account: Account) -> None:
    account.declare("step", type="sub-assistant")
    account.disturb("POST", status=None, committed=True)
    assert account.apply().code == 3
    account.switchboard.faults.clear()
    journal = next((account.root / ".revox").rglob("*.journal.jsonl"))
    before = journal.read_bytes()
    assert row(account, "step")["state"] == "blocked"
    assert "import step" in row(account, "step")["reason"]
    assert journal.read_bytes() == before


def test_two_environments(account: Account) -> None:
    endpoint = f'{{base_url: "{account.base_url}", api_key: emulator}}'
    text = f"version: 1\ndefault_environment: test\nenvironments: {{test: {endpoint}, other: {endpoint}}}\n"
    account.write("revox-sync.yaml", text)
    account.declare("a")
    account.applied()
    account.declare("a", prompt="Other.")
    assert (status(account)["environment"], states(account)) == ("test", {"a": "local_change"})
    found = status(account, "--env", "other")
    assert (found["environment"], found["unmanaged"]) == ("other", [])


def test_another_organisation_is_refused(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.edit("a", organization_id="org_other")
    ran = account.run("status")
    assert (ran.code, ran.out) == (4, "")
    assert "org_other" in ran.err


def test_a_broken_file(account: Account) -> None:
    account.declare("a")
    account.write("assistants/b.yaml", "name: B\npromt: x\n")
    ran = account.run("status")
    assert (ran.code, ran.out) == (1, "")
    assert "RVX101" in ran.err
    assert states(account, "a") == {"a": "new"}


@pytest.mark.parametrize(
    ("server", "state", "noted"),
    [("canary-own", "in_sync", False), ("****", "in_sync", True), ("canary-theirs", "local_change", False)],
)
def test_secrets_are_not_shown(
    account: Account, monkeypatch: pytest.MonkeyPatch, server: str, state: str, *, noted: bool
) -> None:
    monkeypatch.setenv("T_KEY", "canary-own")
    account.write("assistants/a.yaml", f"name: A\nprompt: x\nllm_model: {MODEL}\n")
    account.applied()
    account.edit("A", llm_model=account.remote("A")["llm_model"] | {"api_key": server})
    assert states(account) == {"a": state}
    for arguments in (("status",), ("status", "-v", "-o", "json")):
        ran = account.run(*arguments)
        assert "canary" not in ran.out + ran.err
        assert ("secret that cannot be compared" in ran.out) == noted


def test_a_report_in_a_file(account: Account) -> None:
    account.declare("a")
    path = account.root / "reports" / "status.json"
    ran = account.run("status", "-o", "text", "-o", f"json:{path}")
    assert ran.told.startswith("new ")
    assert json.loads(path.read_text("utf-8"))["format"] == "revox-sync/status"


def test_colour(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.declare("a")
    piped = account.run("status").out
    assert "\x1b" not in piped
    assert "\x1b[33mnew\x1b[0m" in account.run("status", "--color", "always").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert account.run("status").out == piped


def test_hostile_names_are_visible(account: Account) -> None:
    account.declare("a", name="\x1b[31mred")
    assert "<U+001B>[31mred" in account.run("status").out


@pytest.mark.parametrize(
    ("situation", "code"), [("same", 0), ("edited", 2), ("drifted", 2), ("lost", 2), ("former", 2)]
)
def test_the_exit_code_tells_when_it_is_asked_to(account: Account, situation: str, code: int) -> None:
    every_state(account)
    assert account.run("status", situation, "--detailed-exitcode").code == code
    assert account.run("status", situation).code == 0
