"""Which remote assistant `plan` takes for the one of a file."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.emulator.store import Store
from tests.account import KEY, Account
from tests.cli.commands.plans import IN_SYNC, changes, fields


def test_rename_in_the_file_is_an_update(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.declare("a", name="A new name", prompt="You are a.")
    plan = account.plan()
    assert changes(plan) == {"a": "update"}
    assert fields(plan, "a") == [("name", "a", "A new name")]


def test_rename_in_the_dashboard_is_drift(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.edit("a", name="Renamed")
    plan = account.plan()
    assert changes(plan) == {}
    assert [each["address"] for each in plan["drift"]] == ["a"]


def test_a_moved_file_keeps_its_assistant(account: Account) -> None:
    account.declare("old", name="A")
    account.applied()
    former = account.lock["old"]["id"]
    (account.root / "assistants/old.yaml").rename(account.root / "assistants/new.yaml")
    plan = account.plan()
    assert changes(plan) == {}
    assert plan["notes"] == ["new: moved from old; only the lock changes"]
    account.applied()
    assert {address: entry["id"] for address, entry in account.lock.items()} == {"new": former}
    assert account.writes == []


def test_moved_and_edited(account: Account) -> None:
    account.declare("old", name="A", first_sentence="Hello")
    account.applied()
    (account.root / "assistants/old.yaml").unlink()
    account.declare("new", name="A", first_sentence="Hi", prompt="You are old.")
    (change,) = account.plan()["changes"]
    assert (change["action"], change["reason"]) == ("update", "moved from old")
    account.applied()
    assert list(account.lock) == ["new"]
    assert account.run("plan").told == IN_SYNC


def test_without_a_lock_the_name_decides(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.lock_path.unlink()
    plan = account.plan()
    assert changes(plan) == {}
    assert plan["notes"] == ["a: found by its name; only the lock changes"]
    account.applied()
    assert account.lock["a"]["id"] == account.remote("a")["id"]


def test_an_unknown_assistant_that_differs_is_a_conflict(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.lock_path.unlink()
    account.declare("a", prompt="Other.")
    assert [each["address"] for each in account.plan()["conflicts"]] == ["a"]


def test_two_remotes_of_one_name_are_refused_with_both_ids(account: Account) -> None:
    account.declare("a")
    account.applied()
    first = account.remote("a")
    account.store.add(first | {"id": "asst_twin"})
    account.lock_path.unlink()
    (refusal,) = account.plan()["refused"]
    assert refusal["address"] == "a"
    assert [each for each in (first["id"], "asst_twin", "import a ID") if each not in refusal["reason"]] == []
    assert account.run("import", "a", "asst_twin").code == 0
    assert changes(account.plan()) == {}


def test_nothing_is_recreated_beside_a_namesake(account: Account) -> None:
    """Somebody has made it anew in the dashboard: a second one of its name would answer nobody's calls."""
    account.declare("a")
    account.declare("b")
    account.applied()
    account.store.remove(account.remote("a")["id"])
    with account.client() as client:
        made = client.create_assistant({"name": "A", "prompt": "Made anew."})["id"]
    plan = account.plan("--recreate", "--max-deletes", "1")
    (refusal,) = plan["refused"]
    assert (changes(plan), f"`revox-sync import a {made}" in refusal["reason"]) == ({}, True), refusal
    ran = account.apply("--recreate", "--max-deletes", "1")
    assert (ran.code, account.writes) == (4, [])


def test_deleted_outside_is_refused_until_recreate(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    account.store.remove(account.remote("a")["id"])
    (refusal,) = account.plan()["refused"]
    assert refusal["address"] == "a"
    assert [way for way in ("--recreate", "import a ID", "forget a") if way not in refusal["reason"]] == []
    assert account.apply().code == 4
    assert changes(account.plan("--recreate", "--max-deletes", "1")) == {"a": "create"}
    account.applied("--recreate", "--max-deletes", "1")
    assert account.run("plan").told == IN_SYNC


def test_moved_and_deleted_outside(account: Account) -> None:
    account.declare("old", name="A")
    account.declare("b")
    account.applied()
    account.store.remove(account.remote("A")["id"])
    (account.root / "assistants/old.yaml").rename(account.root / "assistants/new.yaml")
    (refusal,) = account.plan()["refused"]
    assert [way for way in ("import new ID", "forget old") if way not in refusal["reason"]] == []
    account.applied("--recreate", "--max-deletes", "1")
    assert sorted(account.lock) == ["b", "new"]


def test_orphans_are_named_and_left(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    (account.root / "assistants/b.yaml").unlink()
    plan = account.plan()
    assert plan["orphaned"] == [{"address": "b", "name": "b", "id": account.remote("b")["id"]}]
    text = account.run("plan").out
    assert [each for each in ("b ", '"b"', account.remote("b")["id"], "--prune", "forget") if each not in text] == []
    account.applied()
    assert "b" in account.lock
    assert account.remote("b")


def test_sub_assistants_live_by_their_lock_entry(account: Account) -> None:
    account.declare("flow/step", type="sub-assistant")
    plan = account.plan()
    assert changes(plan) == {"flow/step": "create"}
    assert "hides sub-assistants" in plan["notes"][0]
    assert "`revox-sync import flow/step ID`" in plan["notes"][0]
    account.applied()
    assert account.run("plan").told == IN_SYNC
    account.declare("flow/step", type="sub-assistant", first_sentence="Hi")
    account.applied()
    assert len(account.store.all()) == 1


def test_a_sub_assistant_outlives_a_run_without_it(account: Account) -> None:
    account.declare("step", type="sub-assistant")
    account.applied()
    account.declare("a")
    account.applied("a")
    assert sorted(account.lock) == ["a", "step"]
    assert account.run("plan").told == IN_SYNC


def test_an_emulator_that_forgot_everything(account: Account) -> None:
    account.declare("a")
    account.declare("former")
    account.applied()
    (account.root / "assistants/former.yaml").unlink()
    with Store(None) as store:
        account.serve(store)
        plan = account.plan()
        assert changes(plan) == {"a": "create"}
        assert "forgotten every assistant" in plan["notes"][0]
        saved = account.root / "plan.json"
        assert account.run("plan", "--save", str(saved)).code == 0
        account.declare("b")
        account.applied(str(saved))
        assert list(account.lock) == ["a"]
        assert changes(account.plan()) == {"b": "create"}


def test_another_organisation_is_refused(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.edit("a", organization_id="org_other")
    for command in (("plan",), ("apply", "--auto-approve")):
        ran = account.run(*command)
        assert ran.code == 4
        assert "org_emulator" in ran.err
        assert "org_other" in ran.err
        assert account.writes == []


KIN = "revox-sync import new "
LONG = "You answer questions about deliveries, and you never argue about prices."


@pytest.mark.parametrize(
    ("files", "pairs"),
    [
        ({"new": {"prompt": "Other."}}, []),  # one less and one more say nothing
        ({"new": {"prompt": LONG}, "newer": {"prompt": "Other."}}, ["one"]),  # by the prompt
        ({"new": {"prompt": f"{LONG} now."}, "newer": {"prompt": "Other."}}, ["one"]),  # by a prompt that was edited
        ({"new": {"name": "One!", "prompt": "Other."}, "newer": {"prompt": "Another."}}, ["one"]),  # by the name
        ({"new": {"prompt": "Other."}, "newer": {"prompt": "Another."}}, []),
    ],
)
def test_a_file_that_was_moved_and_renamed_may_be_imported(account: Account, files: Any, pairs: list[str]) -> None:
    account.declare("one", prompt=LONG)
    account.declare("two")
    account.applied()
    ids = {address: entry["id"] for address, entry in account.lock.items()}
    (account.root / "assistants/one.yaml").unlink()
    for address, own in files.items():
        account.declare(address, **own)
    plan = account.plan()
    assert changes(plan) == dict.fromkeys(files, "create")
    assert [note for note in plan["notes"] if KIN in note and ids["one"] in note] == plan["notes"][: len(pairs)]
    assert len(plan["notes"]) == len(pairs)


def test_the_import_of_a_file_that_was_moved_and_renamed(account: Account) -> None:
    account.declare("old", first_sentence="Hello")
    account.applied()
    former = account.lock["old"]["id"]
    (account.root / "assistants/old.yaml").unlink()
    account.declare("new", prompt="You are old.", first_sentence="Hello")
    assert KIN + former in account.plan()["notes"][0]
    assert account.run("import", "new", former).code == 0
    plan = account.plan()
    assert (changes(plan), plan["orphaned"], plan["conflicts"]) == ({"new": "update"}, [], [])
    account.applied()
    assert [each["id"] for each in account.store.all()] == [former]


def two_environments(account: Account) -> None:
    one = f'{{base_url: "{account.base_url}", api_key: {KEY}}}'
    text = f"version: 1\ndefault_environment: test\nenvironments:\n  test: {one}\n  second: {one}\n"
    account.write("revox-sync.yaml", text)


def test_one_account_for_two_environments(account: Account) -> None:
    two_environments(account)
    account.declare("a")
    account.applied()
    (first,) = account.store.all()
    plan = account.plan("--env", "second")
    assert changes(plan) == {"a": "create"}
    account.applied("--env", "second")
    assert len(account.store.all()) == 2
    for environment in ("test", "second"):
        assert account.run("plan", "--env", environment).told == IN_SYNC
    assert account.lock["a"]["id"] == first["id"]


def test_a_new_file_of_a_name_another_environment_holds(account: Account) -> None:
    two_environments(account)
    account.declare("a")
    account.applied()
    account.store.add(account.remote("a") | {"id": "asst_free"})
    plan = account.plan("--env", "second")
    assert (changes(plan), plan["refused"]) == ({}, [])
    assert [each["id"] for each in plan["changes"]] == ["asst_free"]


def test_assistants_without_a_file_are_counted(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    account.store.add(account.remote("a") | {"id": "asst_2", "name": "Dashboard"})
    account.store.add(account.remote("a") | {"id": "asst_3", "name": "Another"})
    ran = account.run("plan")
    assert ran.told == IN_SYNC
    assert "2 remote assistants without a file" in ran.err
    assert "pull --new" in ran.err
    assert account.run("plan", "-q").err == ""
    assert account.run("plan", "a").err == ""


def test_a_file_that_took_the_place_of_another_is_told_of(account: Account) -> None:
    account.declare("b", name="Beta")
    account.applied()
    account.declare("c", name="Beta")
    account.declare("b", name="Brand new")
    plan = account.plan()
    id_ = account.remote("Beta")["id"]
    assert f"`revox-sync forget b` and `revox-sync import c {id_}` let the assistant go with it" in plan["notes"][0]
