"""What an answer does not say: lists that go on elsewhere, entries that cannot be read, keys that nobody knows."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from revox_sync.errors import ExitCode
from tests.account import SCHEMAS, Account, Fault

SCHEMA: Final = json.loads((SCHEMAS / "plan.schema.json").read_text("utf-8"))
FAQ: Final = [{"question": "Open?", "answer": "At nine."}, {"question": "Where?", "answer": "Here."}]


def answered(account: Account, path: str, body: Any) -> None:
    """Let every GET of a path have this answer."""
    account.switchboard.faults.insert(0, Fault(lambda sent: (sent.method, sent.path) == ("GET", path), body=body))


def listing(account: Account, **broken: Any) -> list[Any]:
    """What the list shows, with other keys in the assistants of some names; None takes a key away."""
    shown = []
    for assistant in account.store.all():
        changed = {**assistant, **broken.get(assistant["name"], {})}
        shown.append({key: value for key, value in changed.items() if value is not None})
    return shown


@pytest.mark.parametrize("command", ["plan", "apply --auto-approve", "status", "pull", "import a asst_1"])
def test_a_list_with_pages(account: Account, command: str) -> None:
    """The lock is lost: what the first page does not show would be created twice."""
    for number in range(4):
        account.declare(f"a{number}")
    account.declare("a")
    account.applied()
    account.lock_path.unlink()
    account.serve(account.store, "page:2")
    ran = account.run(*command.split())
    assert (ran.code, account.writes, len(account.store.all())) == (ExitCode.UNREACHABLE, [], 5)
    assert "may not be the whole list: its `has_more` says that there may be more" in ran.err
    assert "REVOX_BASE_URL" not in ran.err
    # A page that holds everything is the whole list.
    account.serve(account.store, "page:5")
    assert account.run("plan").code == ExitCode.OK


def test_an_entry_without_name_blocks_its_own_assistant(account: Account) -> None:
    for address in "abc":
        account.declare(address)
    account.applied()
    for address in "abc":
        account.declare(address, prompt="Another one.")
    broken = account.remote("b")["id"]
    answered(account, "/assistants", {"assistants": listing(account, b={"name": None})})
    answered(account, f"/assistants/{broken}", {"id": broken})
    plan = account.plan()
    Draft202012Validator(SCHEMA).validate(plan)
    assert [each["address"] for each in plan["changes"]] == ["a", "c"]
    ((address, reason),) = [(each["address"], each["reason"]) for each in plan["blocked"]]
    assert (address, plan["summary"]["blocked"]) == ("b", 1)
    assert f"lists {broken} in a form that cannot be read" in reason
    assert "URL" not in reason
    # Nobody may create it again, whatever the options.
    plan = account.plan("--recreate")
    assert (plan["summary"]["create"], plan["summary"]["blocked"]) == (0, 1)
    assert account.run("status", "-o", "json").json["summary"]["blocked"] == 1
    ran = account.apply()
    assert (ran.code, [sent.method for sent in account.writes]) == (ExitCode.REFUSED, ["PATCH", "PATCH"])
    assert account.remote("a")["prompt"] == account.remote("c")["prompt"] == "Another one."


def test_an_entry_without_name_is_not_deleted_or_forgotten(account: Account) -> None:
    for address in "ab":
        account.declare(address)
    account.applied()
    broken = account.remote("b")["id"]
    (account.root / "assistants/b.yaml").unlink()
    answered(account, "/assistants", {"assistants": listing(account, b={"name": None})})
    answered(account, f"/assistants/{broken}", {"id": broken})
    ran = account.apply("--prune", "--max-deletes", "1")
    assert (ran.code, account.writes, set(account.lock)) == (ExitCode.REFUSED, [], {"a", "b"})


@pytest.mark.parametrize("entry", [{}, {"name": "new"}, {"id": "asst_x"}])
def test_an_entry_that_may_be_the_new_one(account: Account, entry: dict[str, Any]) -> None:
    account.declare("a")
    account.applied()
    account.declare("a", prompt="Another one.")
    account.declare("new")
    answered(account, "/assistants", {"assistants": [*listing(account), entry]})
    answered(account, "/assistants/asst_x", {"id": "asst_x"})
    ran = account.apply()
    assert (ran.code, [sent.method for sent in account.writes]) == (ExitCode.REFUSED, ["PATCH"])
    assert "may be this assistant" in " ".join(ran.out.split())


@pytest.mark.parametrize(("entry", "written"), [({}, ["PATCH"]), ({"name": "other"}, ["PATCH", "POST"])])
def test_an_entry_that_appears_after_the_plan(account: Account, entry: dict[str, Any], written: list[str]) -> None:
    account.declare("a")
    account.applied()
    account.declare("a", prompt="Another one.")
    account.declare("new")
    saved = str(account.root / "saved.json")
    assert account.run("plan", "--save", saved).code == ExitCode.OK
    answered(account, "/assistants", {"assistants": [*listing(account), entry]})
    ran = account.run("apply", saved)
    assert sorted(sent.method for sent in account.writes) == written
    assert (ran.code == ExitCode.OK) is ("POST" in written)


def test_keys_of_list_entries_that_no_contract_knows(account: Account) -> None:
    account.declare("a", faq_items=FAQ)
    account.applied()
    account.serve(account.store, "item-key:category")
    account.edit("a", faq_items=[entry | {"category": "hours"} for entry in account.remote("a")["faq_items"]])
    plan = account.plan()
    assert (plan["summary"]["unchanged"], plan["summary"]["blocked"]) == (1, 0)
    assert account.run("pull").code == ExitCode.OK
    assert "category" not in (account.root / "assistants/a.yaml").read_text("utf-8")
    account.declare("a", faq_items=[FAQ[0], FAQ[1] | {"answer": "There."}])
    (change,) = account.plan()["changes"]
    assert [(each["path"], each["after"]) for each in change["fields"]] == [('faq_items["Where?"].answer', "There.")]
    account.applied()
    assert [entry["category"] for entry in account.remote("a")["faq_items"]] == ["hours", "hours"]
    assert account.run("plan", "--detailed-exitcode").code == ExitCode.OK
    # An edit outside is told, and told alone; both ways out work.
    account.edit("a", faq_items=[entry | {"answer": "Soon."} for entry in account.remote("a")["faq_items"]])
    ((found,),) = [account.plan()["drift"]]
    assert [each["path"] for each in found["fields"]] == ['faq_items["Open?"].answer', 'faq_items["Where?"].answer']
    account.applied("--on-drift", "revert")
    account.edit("a", faq_items=[entry | {"answer": "Soon."} for entry in account.remote("a")["faq_items"]])
    assert account.run("pull").code == ExitCode.OK
    assert "category" not in (account.root / "assistants/a.yaml").read_text("utf-8")
    assert account.run("plan", "--detailed-exitcode").code == ExitCode.OK
    assert account.run("pull", "--all-fields").code == ExitCode.OK
    assert "category" not in (account.root / "assistants/a.yaml").read_text("utf-8")
    # A file made from the server has no such key either.
    account.run("forget", "a")
    (account.root / "assistants/a.yaml").unlink()
    assert account.run("pull", "--new").code == ExitCode.OK
    (made,) = (account.root / "assistants").glob("*.yaml")
    assert "category" not in made.read_text("utf-8")
    assert account.run("plan", "--detailed-exitcode").code == ExitCode.OK
