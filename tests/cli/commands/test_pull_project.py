"""`pull` over several files: selection, binding, names, and files that cannot be written."""

from __future__ import annotations

import json

from tests.account import Account, Fault, Ran, Sent
from tests.cli.pulled import IN_SYNC, SETTLED, everything, got, of, pulled, put


def test_others_go_on(account: Account) -> None:
    for address in ("broken", "fine", "gone", "new", "twin"):
        put(account, f"name: {address}\nprompt: one\n", address)
    account.applied("broken", "fine", "gone", "twin")
    account.store.remove(account.remote("gone")["id"])
    account.store.add(account.remote("twin") | {"id": "asst_twin"})
    lock = json.loads(account.lock_path.read_text("utf-8"))
    del lock["assistants"]["twin"]
    account.lock_path.write_text(json.dumps(lock), "utf-8")
    put(account, "name: broken\npromt: one\n", "broken")
    account.store.change(account.remote("fine")["id"], lambda current: current | {"prompt": "two"})
    ran = account.run("pull", "-o", "json")
    assert ran.code == 4
    assert "RVX101" in ran.err
    refused = {each["address"]: each.get("refused") for each in ran.json["assistants"]}
    assert refused["broken"] == "its file has errors"
    assert "no longer exists" in refused["gone"]
    assert "asst_twin" in refused["twin"]
    assert (refused["fine"], refused["new"]) == (None, None)
    assert got(account, "fine") == "name: fine\nprompt: two\n"
    assert sorted(account.lock) == ["broken", "fine", "gone"]
    assert account.run("pull", "fine", "broken").code == 1
    assert account.run("pull", "f*").code == 0


def test_addresses_select(account: Account) -> None:
    for address in ("a", "b"):
        put(account, f"name: {address}\nprompt: one\n", address)
    account.applied()
    for name in ("a", "b"):
        account.edit(name, prompt="two")
    assert account.run("pull", "b").code == 0
    assert (got(account), got(account, "b")) == ("name: a\nprompt: one\n", "name: b\nprompt: two\n")
    ran = account.run("pull", "bb")
    assert (ran.code, "no assistant has the address `bb`" in ran.err) == (64, True)


def test_found_by_name_it_is_bound_once_nothing_differs(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.lock_path.unlink()
    account.edit("A", prompt="two")
    assert of(pulled(account, code=4))["conflicts"] == ["prompt"]
    assert not account.lock_path.exists()
    ran = account.run("pull", "--theirs")
    assert (ran.code, "found by its name; the lock knows it now" in ran.out) == (0, True)
    assert account.lock["a"]["id"] == account.remote("A")["id"]
    assert account.run("plan").told == IN_SYNC
    account.edit("A", prompt="three")
    assert of(pulled(account))["pulled"] == ["prompt"]


def test_files_that_are_done_survive_a_crash_before_the_lock(account: Account) -> None:
    put(account, "name: A\nprompt: one\nfirst_sentence: x\n")
    account.applied()
    account.edit("A", prompt="two")
    lock = account.lock_path.read_bytes()
    assert account.run("pull").code == 0
    account.lock_path.write_bytes(lock)
    done = everything(account.root)
    assert account.run("pull").told == SETTLED
    assert everything(account.root) == done
    assert account.run("plan").told == IN_SYNC


def test_a_moved_file_takes_its_lock_entry_along(account: Account) -> None:
    put(account, "name: A\nprompt: one\n", "old")
    account.applied()
    former = account.lock["old"]["id"]
    (account.root / "assistants/old.yaml").rename(account.root / "assistants/a.yaml")
    before = account.lock_path.read_bytes()
    assert account.run("pull").told == SETTLED
    assert account.lock_path.read_bytes() == before
    account.edit("A", prompt="two")
    assert account.run("pull").code == 0
    assert {address: entry["id"] for address, entry in account.lock.items()} == {"a": former}


def test_renamed_in_the_dashboard(account: Account) -> None:
    put(account, "name: A # who\nprompt: one\n")
    put(account, "name: B\nprompt: one\n", "b")
    account.applied()
    account.edit("A", name="C")
    assert account.run("pull").code == 0
    assert got(account) == "name: C # who\nprompt: one\n"
    assert account.lock["a"]["name"] == "C"
    account.edit("C", name="B", prompt="two")
    # The lock tells the two apart, so one name is no reason to leave the edit out.
    report = pulled(account)
    assert of(report)["pulled"] == ["name", "prompt"]
    assert got(account) == "name: B # who\nprompt: two\n"
    assert account.run("plan").told == IN_SYNC


def test_names_that_are_swapped_in_the_dashboard(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    put(account, "name: B\nprompt: one\n", "b")
    account.applied()
    first, second = account.remote("A")["id"], account.remote("B")["id"]
    account.store.change(first, lambda current: current | {"name": "B"})
    account.store.change(second, lambda current: current | {"name": "A"})
    assert account.run("pull").code == 0
    assert (got(account), got(account, "b")) == ("name: B\nprompt: one\n", "name: A\nprompt: one\n")
    assert account.run("plan").told == IN_SYNC


def test_a_file_that_may_not_be_written(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.edit("A", prompt="two")
    (account.root / "assistants/a.yaml").chmod(0o444)
    lock = account.lock_path.read_bytes()
    ran = account.run("pull")
    assert (ran.code, "`assistants/a.yaml` is read-only" in ran.err) == (64, True)
    assert account.lock_path.read_bytes() == lock


def test_no_assistants_directory(account: Account) -> None:
    ran: Ran = account.run("pull")
    assert (ran.code, "no assistant files" in ran.err) == (64, True)


def test_what_an_interrupted_apply_left_open_is_told(account: Account) -> None:
    put(account, "name: A\nprompt: one\n")
    account.applied()
    account.declare("step", type="sub-assistant")
    account.disturb("POST", status=None, committed=True)
    assert account.apply().code == 3
    account.switchboard.faults.clear()
    account.edit("A", prompt="two")
    ran = account.run("pull")
    assert ran.code == 4
    assert "revox-sync import step ID" in ran.out
    assert ran.err.count("did not end") == 1
    assert got(account) == "name: A\nprompt: two\n"


def test_a_file_that_changes_in_the_meantime_is_left_alone(account: Account) -> None:
    account.declare("a", first_sentence="Hello")
    account.declare("b")
    account.applied()
    account.edit("a", first_sentence="Hi")
    later = "name: a\nprompt: You are somebody else.\nfirst_sentence: Hello\n"

    def save(_: Sent) -> bool:
        account.write("assistants/a.yaml", later)
        return False

    account.switchboard.faults.append(Fault(save))
    ran = account.run("pull")
    assert (ran.code, ran.err) == (4, "error: `assistants/a.yaml` has changed in the meantime\n  pull again\n")
    assert (account.root / "assistants" / "a.yaml").read_text("utf-8") == later
