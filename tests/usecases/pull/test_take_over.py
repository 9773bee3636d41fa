"""What the files take over; nothing is written. Whole pulls are in tests/cli/commands/test_pull*.py."""

from __future__ import annotations

import pytest

from revox_sync.sync.model.pull_report import Pulled
from revox_sync.sync.pulling.field_groups import PullOptions
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.pull.pull import lock_in_force, open_pull
from revox_sync.usecases.pull.take_over import PullResult, take_over
from revox_sync.values.address import Selection
from tests.account import Account


def taken(account: Account, *addresses: str, options: PullOptions | None = None) -> PullResult:
    """What a pull takes over; the project is as it was afterwards."""
    before = {path: path.read_bytes() for path in account.root.rglob("*") if path.is_file()}
    session, _ = open_pull(Settings(str(account.root), color="never", timeout=5.0, verbosity=-1))
    with session.client() as client, lock_in_force(session, client, check=True) as known:
        result = take_over(session, client, known, Selection(addresses), options or PullOptions())
    assert {path: path.read_bytes() for path in account.root.rglob("*") if path.is_file()} == before
    return result


def of(result: PullResult, address: str) -> Pulled:
    return next(pulled for pulled in result.assistants if pulled.address == address)


@pytest.fixture
def applied(account: Account) -> Account:
    """Assistants `a` and `b`, applied."""
    for name in ("a", "b"):
        account.write(f"assistants/{name}.yaml", f"name: {name}\nprompt: one\n")
    account.applied()
    return account


def test_only_what_was_edited_outside(applied: Account) -> None:
    assert taken(applied).texts == {}
    applied.edit("a", prompt="two")
    result = taken(applied)
    assert result.texts == {"assistants/a.yaml": "name: a\nprompt: two\n"}
    assert [(pulled.address, pulled.fields) for pulled in result.assistants] == [("a", ("prompt",)), ("b", ())]
    assert result.lock is not None
    assert taken(applied, "b").texts == {}


@pytest.mark.parametrize(("theirs", "prompt"), [(False, "mine"), (True, "theirs")])
def test_a_conflict_is_left_alone_unless_the_server_is_to_win(applied: Account, *, theirs: bool, prompt: str) -> None:
    applied.write("assistants/a.yaml", "name: a\nprompt: mine\n")
    applied.edit("a", prompt="theirs")
    result = taken(applied, options=PullOptions(theirs=theirs))
    assert of(result, "a").conflicts == (() if theirs else ("prompt",))
    assert result.texts.get("assistants/a.yaml", "name: a\nprompt: mine\n") == f"name: a\nprompt: {prompt}\n"


def test_two_files_never_get_one_name_that_nothing_tells_apart(applied: Account) -> None:
    applied.declare("c")
    applied.edit("a", name="c", prompt="two")
    result = taken(applied)
    assert result.texts == {"assistants/a.yaml": "name: a\nprompt: two\n"}
    assert [left.reason for left in of(result, "a").left] == [
        "would give two files one name: rename one of the assistants"
    ]


def test_two_files_get_one_name_that_their_assistants_have(applied: Account) -> None:
    applied.edit("a", name="c")
    applied.store.change(applied.remote("b")["id"], lambda current: current | {"name": "c"})
    names = {path: text.splitlines()[0] for path, text in taken(applied).texts.items()}
    assert names == {"assistants/a.yaml": "name: c", "assistants/b.yaml": "name: c"}


def test_broken_files_and_lost_assistants_are_told(applied: Account) -> None:
    applied.store.remove(applied.remote("a")["id"])
    applied.write("assistants/b.yaml", "name: b\npromt: one\n")
    result = taken(applied)
    assert "no longer exists on the server" in str(of(result, "a").refused)
    assert of(result, "b").broken


def test_fields_that_the_file_does_not_declare(applied: Account) -> None:
    applied.edit("a", first_sentence="Hello")
    assert taken(applied).texts == {}
    result = taken(applied, options=PullOptions(all_fields=True))
    assert "first_sentence: Hello\n" in result.texts["assistants/a.yaml"]
