"""A journey: the API lists an assistant, but does not find it by its id, or shows an older version of it there.

What is not seen is never taken for gone, equal or edited, whichever command looks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from revox_sync.errors import ExitCode
from revox_sync.sync.remote_state.fetch import OLDER, UNREADABLE
from tests.account import Account, Fault
from tests.cli.commands.plans import IN_SYNC
from tests.cli.test_unseen import answered, listing
from tests.usecases.apply.test_snapshots import take


def lose(account: Account, body: Any = None) -> None:
    """Let no assistant be found by its id, or let that show an older version."""
    status = 404 if body is None else 200
    by_id = "/assistants/"
    account.switchboard.faults.append(
        Fault(lambda sent: sent.method == "GET" and sent.path.startswith(by_id), status=status, body=body)
    )


def words(text: str) -> str:
    return " ".join(text.replace("`", "").split())


UNREAD = words(UNREADABLE)
OLD = words(OLDER)
UNFIT = "the API lists it in a form that cannot be read"


@pytest.fixture
def older(account: Account) -> dict[str, Any]:
    """The version of `a` before the last apply."""
    account.declare("a", first_sentence="one")
    account.applied()
    before = dict(account.remote("a"))
    account.declare("a", first_sentence="two")
    account.applied()
    return before


@pytest.mark.parametrize("command", ["plan --prune", "apply --prune --auto-approve"])
def test_an_assistant_without_file_stays_in_the_lock(account: Account, command: str) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    (account.root / "assistants/a.yaml").unlink()
    lose(account)
    ran = account.run(*command.split(), "--max-deletes", "1")
    assert ran.code == (ExitCode.REFUSED if "apply" in command else ExitCode.OK)
    assert UNREAD in words(ran.out)
    assert set(account.lock) == {"a", "b"}


def test_a_snapshot_of_such_a_list_blocks_what_it_does_not_hold(account: Account, tmp_path: Path) -> None:
    account.declare("a", faq_items=[{"question": "Open?", "answer": "At nine."}])
    account.declare("b")
    account.applied()
    lose(account)
    take(account, tmp_path / "s.json")
    account.declare("b", prompt="Another one.")
    plan = account.plan("--remote-snapshot", str(tmp_path / "s.json"))
    assert [(each["address"], each["reason"]) for each in plan["blocked"]] == [("a", UNREADABLE)]
    assert plan["summary"]["update"] == 1


def test_nothing_is_created_again_that_is_still_listed(account: Account, tmp_path: Path) -> None:
    """Under another name: no namesake would keep it from being created twice."""
    account.declare("a")
    account.applied()
    take(account, tmp_path / "s.json")
    account.edit("a", name="renamed")
    lose(account)
    ran = account.run("restore", str(tmp_path / "s.json"), "--save", str(tmp_path / "plan.json"))
    assert UNREAD in words(ran.out)
    assert account.run("apply", str(tmp_path / "plan.json")).code == ExitCode.REFUSED
    assert len(account.store.all()) == 1


def test_an_older_version_needs_no_restore(account: Account, older: dict[str, Any]) -> None:
    """The backup equals it, so it would look as if everything were back already."""
    (backup,) = (account.root / ".revox/backup").iterdir()
    lose(account, older)
    ran = account.run("restore", str(backup))
    assert OLD in words(ran.out)
    account.switchboard.faults.clear()
    assert account.run("restore", str(backup), "-o", "json").json["summary"]["update"] == 1


@pytest.mark.parametrize("command", ["pull", "pull --all-fields"])
def test_an_older_version_is_not_pulled(account: Account, older: dict[str, Any], command: str) -> None:
    """The list shows the newer one, so that only who asks for more than it says sees another."""
    lose(account, older)
    text = (account.root / "assistants/a.yaml").read_text("utf-8")
    ran = account.run(*command.split())
    assert (account.root / "assistants/a.yaml").read_text("utf-8") == text
    if "--all-fields" in command:
        assert (ran.code, OLD in words(ran.out)) == (ExitCode.REFUSED, True)


@pytest.mark.parametrize("way", ["pull --theirs", "apply --on-drift revert --auto-approve"])
def test_a_server_that_was_set_back_is_believed_in_the_end(account: Account, older: dict[str, Any], way: str) -> None:
    """By the lock, too: otherwise only apply would ever see it, and nobody could pull it."""
    account.store.change(older["id"], lambda _: older)
    assert OLD in words(account.run("plan").out)
    assert account.run("pull", "--theirs").code == ExitCode.REFUSED
    assert (account.apply().code, account.waits) == (ExitCode.REFUSED, [10.0] * 3)
    assert [each["address"] for each in account.plan()["conflicts"]] == ["a"]
    assert account.run(*way.split()).code == ExitCode.OK
    assert account.run("plan").told == IN_SYNC
    assert account.waits == [10.0] * 3


def test_what_was_not_set_back_keeps_its_entry(account: Account, older: dict[str, Any]) -> None:
    """A version that moved without an edit changes no lock, also where another assistant's does."""
    account.declare("b")
    account.applied("b")
    entry, newer = account.lock["b"], {"updated_at": "2999-01-01T00:00:00Z"}
    account.store.change(account.remote("b")["id"], lambda found: found | newer)
    account.store.change(older["id"], lambda _: older)
    assert account.apply().code == ExitCode.REFUSED
    assert account.lock["b"] == entry


def test_a_moved_file_stays_where_the_lock_has_it_until_it_is_settled(account: Account, older: dict[str, Any]) -> None:
    account.store.change(older["id"], lambda _: older)
    (account.root / "assistants/a.yaml").rename(account.root / "assistants/b.yaml")
    assert (account.apply().code, set(account.lock)) == (ExitCode.REFUSED, {"a"})
    account.applied("--on-drift", "revert")
    assert (set(account.lock), account.run("plan").told) == ({"b"}, IN_SYNC)


def test_one_that_was_set_back_to_what_the_file_says_is_believed(account: Account, older: dict[str, Any]) -> None:
    account.declare("a", first_sentence="one")
    account.applied()
    newest = dict(account.remote("a"))
    account.store.change(older["id"], lambda _: newest | {"updated_at": older["updated_at"]})
    assert OLD in words(account.run("plan").out)
    account.applied()
    assert account.run("plan").told == IN_SYNC


def test_nobody_waits_to_delete_what_is_older(account: Account, older: dict[str, Any]) -> None:
    account.store.change(older["id"], lambda _: older)
    account.declare("b")
    (account.root / "assistants/a.yaml").unlink()
    ran = account.apply("--prune", "--max-deletes", "1")
    assert (ran.code, account.waits, len(account.writes)) == (ExitCode.REFUSED, [], 1)
    assert "`revox-sync forget a` lets go of it" in " ".join(ran.out.split())


def test_new_files_are_made_of_what_was_read_or_the_rest_is_named(account: Account) -> None:
    account.declare("a")
    account.applied()
    with account.client() as client:
        client.create_assistant({"name": "new", "prompt": "p"})
    lose(account)
    ran = account.run("pull", "--new")
    assert (ran.code, UNREAD in words(ran.out)) == (ExitCode.REFUSED, True)
    account.switchboard.faults.clear()
    entries = [*listing(account, new={"name": None}), "nothing", {"name": "nameless"}]
    answered(account, "/assistants", {"assistants": entries})
    answered(account, f"/assistants/{account.remote('new')['id']}", {"id": 1})
    ran = account.run("pull", "--new")
    assert (ran.code, account.run("pull", "--new", "-o", "json").json["skipped"]) == (
        ExitCode.REFUSED,
        [
            {"id": account.remote("new")["id"], "reason": f"{UNFIT}: `name` of `assistants[1]` is not a text"},
            {"reason": f"{UNFIT}: `assistants[2]` is not a mapping"},
            {"name": "nameless", "reason": f"{UNFIT}: `id` of `assistants[3]` is not a text"},
        ],
    )
    assert "an assistant without a name (without an id, no file)" in words(ran.out)
    # Who asks for another one is told of what may be it, and of nothing else.
    found = account.run("pull", "--new", "a", "-o", "json").json["skipped"]
    assert [each.get("name") for each in found] == [None, None]
