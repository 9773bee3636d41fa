"""Git puts another lock in place while a command runs: no entry is ever lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from revox_sync.errors import ExitCode, RefusedError
from tests.account import Account, Fault, Sent
from tests.cli.test_write_path import die_after
from tests.usecases.apply.test_apply import Audience, applied


def replace_lock(account: Account, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Another lock takes the place of the one on disk, as `git pull` and `git checkout` do it."""
    document = json.loads(account.lock_path.read_text("utf-8"))
    document["assistants"] = change(document["assistants"])
    account.lock_path.write_text(json.dumps(document), "utf-8")


def with_entries(*addresses: str, **ids: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Adds entries that another branch has."""
    more = {address: f"asst_of_{address}" for address in addresses} | ids
    made = {address: {"digest": 1, "id": key, "name": address, "leaves": {}} for address, key in more.items()}
    return lambda entries: {**entries, **made}


def during(account: Account, method: str, act: Callable[[], None], path: str = "") -> None:
    """Something happens while the first request of a kind is under way."""
    done: list[Sent] = []

    def matches(sent: Sent) -> bool:
        if sent.method == method and sent.path.startswith(path) and not done:
            done.append(sent)
            act()
        return False

    account.switchboard.faults.append(Fault(matches))


@dataclass(slots=True)
class Pulling(Audience):
    """Runs `git pull` in another window before the answer."""

    account: Account | None = None
    can_ask: bool = True

    def ask(self, question: str) -> str:
        assert "yes" in question
        assert self.account is not None
        replace_lock(self.account, with_entries("theirs", "more"))
        return "yes"


def test_a_lock_that_is_replaced_before_the_answer(account: Account) -> None:
    """Nothing is sent: the plan was made on another lock, and one of its creates may be in the new one."""
    account.declare("a")
    account.applied()
    account.declare("b", type="sub-assistant")
    account.switchboard.sent.clear()
    with pytest.raises(RefusedError, match="was replaced while this command ran; nothing was written"):
        applied(account, Pulling(account=account), approved=False)
    assert (account.writes, set(account.lock)) == ([], {"a", "theirs", "more"})


def test_a_lock_that_is_replaced_during_an_update(account: Account) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    other_branch = with_entries("theirs")
    account.declare("a", prompt="Another one.")
    before = account.lock
    during(account, "PATCH", lambda: replace_lock(account, lambda all_: other_branch({"a": all_["a"], "": ""})))
    account.applied()
    # What apply did is in it, and the rest is what the other branch has.
    assert set(account.lock) == {"a", "theirs"}
    assert account.lock["a"] != before["a"]
    assert not account.journal_path.exists()


def test_a_create_whose_address_has_another_id_by_now(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.declare("b")
    account.declare("c")
    during(account, "POST", lambda: replace_lock(account, with_entries(b="asst_of_b")))
    ran = account.apply("-o", "json")
    made = account.remote("b")["id"]
    assert (ran.code, account.lock["b"]["id"]) == (ExitCode.INCOMPLETE, "asst_of_b")
    assert f"`b` is asst_of_b in it by now, not {made}" in ran.json["summary"]["lock_error"]
    assert account.lock["c"]["id"] == account.remote("c")["id"]
    assert account.journal_path.exists()


def test_a_lock_that_git_leaves_in_conflict_during_an_update(account: Account) -> None:
    """What was done is in the journal, so mending the lock is enough."""
    account.declare("a")
    account.applied()
    good = account.lock_path.read_text("utf-8")
    account.declare("a", prompt="Another one.")
    during(account, "PATCH", lambda: account.write(str(account.lock_path), "<<<<<<< HEAD\n" + good))
    ran = account.apply("-o", "json")
    assert (ran.code, "unresolved merge conflicts" in ran.json["summary"]["lock_error"]) == (ExitCode.INCOMPLETE, True)
    assert account.lock_path.read_text("utf-8").startswith("<<<<<<<")
    account.lock_path.write_text(good, "utf-8")
    assert account.run("plan", "--detailed-exitcode").code == ExitCode.OK


def test_a_lock_that_is_replaced_during_a_pull(account: Account) -> None:
    account.declare("a")
    account.applied()
    text = (account.root / "assistants/a.yaml").read_text("utf-8")
    account.edit("a", prompt="Edited.")
    during(account, "GET", lambda: replace_lock(account, with_entries("theirs")))
    ran = account.run("pull")
    assert (ran.code, set(account.lock)) == (ExitCode.REFUSED, {"a", "theirs"})
    assert (account.root / "assistants/a.yaml").read_text("utf-8") == text
    account.run("forget", "theirs")
    assert account.run("pull").code == ExitCode.OK


def test_a_lock_that_is_replaced_during_an_import(account: Account) -> None:
    account.declare("a")
    account.applied()
    account.declare("b")
    other = account.remote("a")["id"]
    account.run("forget", "a")
    during(account, "GET", lambda: replace_lock(account, with_entries("theirs")), f"/assistants/{other}")
    ran = account.run("import", "b", other)
    assert (ran.code, set(account.lock)) == (ExitCode.REFUSED, {"theirs"})


def test_a_lock_that_is_replaced_during_a_forget(account: Account) -> None:
    """It finds out first what an interrupted apply has done, which takes a request."""
    account.declare("a")
    account.applied()
    account.declare("b")
    die_after(account, "POST")
    during(account, "GET", lambda: replace_lock(account, with_entries("theirs")))
    ran = account.run("forget", "a")
    assert (ran.code, set(account.lock), account.journal_path.exists()) == (ExitCode.REFUSED, {"a", "theirs"}, True)
    assert account.run("forget", "a").code == ExitCode.OK
    assert set(account.lock) == {"b", "theirs"}


def test_a_lock_that_is_replaced_while_new_files_are_made(account: Account) -> None:
    account.declare("a")
    account.applied()
    (account.root / "assistants/a.yaml").unlink()
    account.run("forget", "a")
    during(account, "GET", lambda: replace_lock(account, with_entries("theirs")))
    ran = account.run("pull", "--new")
    assert (ran.code, set(account.lock)) == (ExitCode.REFUSED, {"theirs"})
    assert not list((account.root / "assistants").iterdir())


def test_a_line_that_is_typed_while_a_pull_waits(account: Account) -> None:
    """A comment changes no value, so nothing but the bytes shows that somebody works on the file."""
    path = account.root / "assistants/a.yaml"
    account.write("assistants/a.yaml", "name: a\nprompt: Hello.\n")
    account.write("assistants/b.yaml", "name: b\nprompt: Hello.\n")
    account.applied()
    for name in "ab":
        account.edit(name, prompt="Edited.")
    typed = "# Ask Ann before you change this.\nname: a\nprompt: Hello.\n"
    during(account, "GET", lambda: account.write("assistants/a.yaml", typed))
    ran = account.run("pull")
    assert (ran.code, path.read_text("utf-8")) == (ExitCode.REFUSED, typed)
    assert "`assistants/a.yaml` was edited while this command ran; it is left as it is" in ran.err
    assert "Hello." in (account.root / "assistants/b.yaml").read_text("utf-8")
    assert account.run("pull").code == ExitCode.OK
    assert path.read_text("utf-8") == typed.replace("Hello.", "Edited.")
