"""`apply` when the server, the network or the disk fails."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from revox_sync.sync.state.process_lock import hold_process_lock
from tests.account import Account, Fault, Sent
from tests.cli.commands.plans import IN_SYNC
from tests.cli.commands.test_apply import outcomes


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_refusal_is_told_in_the_servers_words(account: Account, method: str) -> None:
    if method == "PATCH":
        account.declare("a")
        account.declare("b")
        account.applied()
    refusal = {"error": "prompt is too polite"}
    account.switchboard.faults.append(_fault_for_a(account, method, 422, refusal))
    account.declare("a", first_sentence="x")
    account.declare("b", first_sentence="x")
    ran = account.apply()
    assert ran.code == 3
    assert "prompt is too polite" in ran.out
    assert "Apply incomplete" in ran.out
    assert account.remote("b")["first_sentence"] == "x"


def _fault_for_a(account: Account, method: str, status: int, body: Any) -> Fault:
    known = {each["name"]: each["id"] for each in account.store.all()}
    return Fault(
        lambda sent: (
            sent.method == method and ((sent.body or {}).get("name") == "a" or sent.path.endswith(known.get("a", "-")))
        ),
        status=status,
        body=body,
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500, "committed": True},
        {"status": 503, "committed": True},
        {"status": 408, "committed": True},
        {"status": 502, "committed": True},
        {"status": None, "committed": True},
        {"status": 200, "body": "no assistant", "committed": True},
    ],
)
def test_a_create_whose_answer_is_lost_is_found(account: Account, fault: dict[str, Any]) -> None:
    account.disturb("POST", named="a", **fault)
    account.declare("a", first_sentence="  Hello  ", voice={"provider": "cartesia", "id": "v1"})
    account.declare("b")
    ran = account.applied()
    assert "a: created (asst_" in ran.out
    assert "the answer was lost; it was found by its name" in ran.out
    assert sorted(each.body["name"] for each in account.writes) == ["a", "b"]
    assert sorted(each["name"] for each in account.store.all()) == ["a", "b"]
    assert {address: entry["id"] for address, entry in account.lock.items()} == {
        each["name"]: each["id"] for each in account.store.all()
    }
    assert not account.journal_path.exists()
    assert account.run("plan").told == IN_SYNC


def test_a_create_the_server_fails_at_is_left_to_the_next_apply(account: Account) -> None:
    account.disturb("POST", named="a", status=500)
    account.declare("a")
    account.declare("b")
    assert outcomes(account) == (3, {"a": "unknown", "b": "applied"})
    assert [each.body["name"] for each in account.writes].count("a") == 1
    assert list(account.lock) == ["b"]
    assert account.journal_path.exists()
    account.switchboard.faults.clear()
    account.applied()
    assert sorted(each["name"] for each in account.store.all()) == ["a", "b"]
    assert sorted(account.lock) == ["a", "b"]
    assert not account.journal_path.exists()
    assert account.run("plan").told == IN_SYNC


def test_an_update_whose_answer_is_lost(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.disturb("PATCH", status=408, committed=True)
    account.declare("a", first_sentence="x")
    assert account.run("apply", "--auto-approve").code == 0
    account.switchboard.faults.clear()
    assert account.run("plan").told == IN_SYNC


def test_an_update_the_server_fails_at(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.disturb("PATCH", status=500)
    account.declare("a", first_sentence="x")
    ran = account.run("apply", "--auto-approve", "-o", "json")
    assert (ran.code, [each["outcome"] for each in ran.json["outcomes"]]) == (3, ["failed"])
    assert not account.journal_path.exists()
    account.switchboard.faults.clear()
    account.applied()
    assert account.remote("a")["first_sentence"] == "x"


def test_a_name_that_appears_meanwhile_is_not_created_twice(account: Account) -> None:
    account.declare("a")
    assert account.run("plan", "--save", str(account.root / "plan.json")).code == 0
    with account.client() as client:
        client.create_assistant({"name": "a", "prompt": "by hand"})
    ran = account.run("apply", str(account.root / "plan.json"))
    assert ran.code == 4
    assert "has appeared since" in ran.out
    assert account.writes == []


def test_unreachable(account: Account) -> None:
    account.declare("a")
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    text = (account.root / "revox-sync.yaml").read_text("utf-8").replace(account.base_url, f"http://127.0.0.1:{port}")
    account.write("revox-sync.yaml", text)
    ran = account.apply()
    assert ran.code == 5
    assert "no connection" in ran.err


def test_wrong_key(account: Account) -> None:
    account.declare("a")
    text = (account.root / "revox-sync.yaml").read_text("utf-8").replace("api_key: emulator", "api_key: canary-wrong")
    account.write("revox-sync.yaml", text)
    ran = account.apply()
    assert ran.code == 5
    assert "canary" not in ran.out + ran.err
    assert account.writes == []


def test_the_api_goes_away_in_the_middle(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.disturb("POST", named="b", status=401, body={"error": "key revoked"})
    assert outcomes(account) == (3, {"a": "applied", "b": "failed"})
    assert list(account.lock) == ["a"]


def test_a_folder_that_is_a_file(account: Account) -> None:
    account.write(".revox", "")
    account.declare("a")
    ran = account.apply()
    assert ran.code == 4
    assert ".revox cannot be read: Not a directory" in ran.err
    assert account.writes == []


def block_the_lock(account: Account) -> None:
    """Every write of the lock fails, for root too: once it has been read, a folder takes its place."""

    def blocked(_: Sent) -> bool:
        if not account.lock_path.is_dir():
            account.lock_path.unlink(missing_ok=True)
            account.lock_path.mkdir(parents=True)
        return False

    account.switchboard.faults.append(Fault(blocked))


def test_a_lock_that_cannot_be_written_is_noticed_before_the_first_create(account: Account) -> None:
    block_the_lock(account)
    account.declare("a")
    ran = account.apply()
    assert ran.code == 4
    assert "test.lock.json is a folder" in ran.err
    assert account.writes == []


def test_a_second_apply_is_refused_while_one_runs(account: Account) -> None:
    account.declare("a")
    account.lock_path.parent.mkdir(parents=True)
    with hold_process_lock(account.lock_path.with_name("test.apply"), "test"):
        ran = account.apply()
    assert ran.code == 4
    assert "another apply" in ran.err
    assert account.writes == []
    account.applied()


def test_a_field_the_server_drops_from_every_answer_has_failed(account: Account) -> None:
    account.declare("a", webhook_url="https://hooks.example.com/x")
    answer = {"id": "asst_1", "name": "a", "prompt": "Hi", "organization_id": "org"}
    account.disturb("POST", body={"assistant": answer})
    account.switchboard.faults.append(Fault(lambda sent: sent.path == "/assistants/asst_1", body=answer))
    ran = account.apply()
    assert ran.code == 3
    assert "the server ignored `webhook_url`" in ran.out


def test_a_name_that_becomes_free_in_the_same_apply_is_taken_over(account: Account) -> None:
    account.declare("m", name="Old")
    account.applied()
    account.declare("m", name="New")
    account.declare("n", name="Old")
    account.applied()
    assert sorted(each["name"] for each in account.store.all()) == ["New", "Old"]


def test_a_lock_that_cannot_be_written_before_anything_is_sent(account: Account) -> None:
    account.declare("a")
    account.applied()
    block_the_lock(account)
    account.declare("b")
    ran = account.apply()
    assert ran.code == 4
    assert "test.lock.json is a folder" in ran.err
    assert account.writes == []
