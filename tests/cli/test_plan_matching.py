"""Which remote assistant `plan` takes for the one of a file."""

from __future__ import annotations

from revox_sync.emulator.store import Store
from tests.account import Account
from tests.cli.test_plan import IN_SYNC, changes, fields


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
    assert account.run("plan").out == IN_SYNC


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
    assert first["id"] in refusal["reason"]
    assert "asst_twin" in refusal["reason"]


def test_deleted_outside_is_refused_until_recreate(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    account.store.remove(account.remote("a")["id"])
    (refusal,) = account.plan()["refused"]
    assert refusal["address"] == "a"
    assert "--recreate" in refusal["reason"]
    assert account.apply().code == 4
    assert changes(account.plan("--recreate")) == {"a": "create"}
    account.applied("--recreate")
    assert account.run("plan").out == IN_SYNC


def test_moved_and_deleted_outside(account: Account) -> None:
    account.declare("old", name="A")
    account.declare("b")
    account.applied()
    account.store.remove(account.remote("A")["id"])
    (account.root / "assistants/old.yaml").rename(account.root / "assistants/new.yaml")
    account.applied("--recreate")
    assert sorted(account.lock) == ["b", "new"]


def test_orphans_are_named_and_left(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    (account.root / "assistants/b.yaml").unlink()
    plan = account.plan()
    assert plan["orphaned"] == ["b"]
    assert "in the lock without a file, left as they are: b" in account.run("plan").out
    account.applied()
    assert "b" in account.lock
    assert account.remote("b")


def test_sub_assistants_live_by_their_lock_entry(account: Account) -> None:
    account.declare("flow/step", type="sub-assistant")
    plan = account.plan()
    assert changes(plan) == {"flow/step": "create"}
    assert "hides sub-assistants" in plan["notes"][0]
    account.applied()
    assert account.run("plan").out == IN_SYNC
    account.declare("flow/step", type="sub-assistant", first_sentence="Hi")
    account.applied()
    assert len(account.store.all()) == 1


def test_a_sub_assistant_outlives_a_run_without_it(account: Account) -> None:
    account.declare("step", type="sub-assistant")
    account.applied()
    account.declare("a")
    account.applied("a")
    assert sorted(account.lock) == ["a", "step"]
    assert account.run("plan").out == IN_SYNC


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
