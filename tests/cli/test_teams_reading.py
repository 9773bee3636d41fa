"""Several commands: none but `apply` changes anything on the server, and none does with a lock that does not fit."""

from __future__ import annotations

from typing import Final

import pytest

from revox_sync.cli.program import COMMANDS
from tests.account import Account, digests_only
from tests.cli.commands.test_status import every_state
from tests.source.repository import Repository

FREE: Final = "asst_free"
"""A remote assistant without a file."""

# For each command: command lines as they end in a world where everything differs, with their exit codes.
READING: Final[dict[str, list[tuple[str, int]]]] = {
    "init": [("init", 0)],
    "lint": [("lint", 0), ("lint --fix --unsafe-fixes", 0), ("lint --add-ignore later", 0), ("lint --online", 0)],
    "plan": [
        ("plan", 0),
        ("plan --prune --max-deletes 9 --recreate --on-drift revert --resend-secrets --save p.json", 0),
        ("plan --save-snapshot s.json", 0),
        ("plan --remote-snapshot snapshot.json", 0),
    ],
    "apply": [("apply", 64), ("apply stale.json", 4), ("apply stale.json --expect-digest none", 4)],
    "pull": [
        ("pull", 4),
        ("pull --theirs --inline --all-fields --new", 4),
        (f"pull --id {FREE}", 0),
        ("pull --new --check", 4),
    ],
    "show": [("show stale.json", 0)],
    "diff": [("diff HEAD", 0)],
    "status": [("status", 0)],
    "call": [("call same --to +33199001234 --auto-approve", 4)],  # no test number; it writes no assistant in any case
    "import": [(f"import fresh {FREE}", 0)],
    "forget": [("forget same", 0), ("forget lost", 0)],
    "restore": [("restore snapshot.json", 0), ("restore snapshot.json edited --save p.json", 0)],
    "comment": [("comment stale.json", 64)],
    "explain": [("explain RVX101", 0)],
    "rules": [("rules", 0)],
    "schema": [("schema plan", 0)],
    "doctor": [("doctor", 0)],
    "env": [("env", 0), ("env --online", 0)],
    "compare": [("compare -e test -e test", 64)],  # with another environment it reads two accounts
    "mv": [("mv same elsewhere", 0)],
    "completion": [("completion bash", 0)],
    "fmt": [("fmt", 0)],
    "help": [("help plan", 0)],
    "server": [("server --help", 0)],
    "emulate": [("emulate --help", 0)],  # it is a server, and asks nobody
}
LINES: Final = [pytest.param(line, code, id=line) for lines in READING.values() for line, code in lines]


def everything_differs(account: Account) -> None:
    """Drift, conflict, missing, orphaned, ambiguous, new; one of another kind, one that nobody manages."""
    repository = Repository.create(account.root)
    account.declare("step", type="sub-assistant")
    account.applied()
    every_state(account)
    account.store.add(account.remote("same") | {"id": FREE, "name": "Free"})
    repository.commit()


def prepared(account: Account) -> None:
    account.run("plan", "--save-snapshot", str(account.root / "snapshot.json"))
    assert account.run("plan", "edited", "--save", str(account.root / "stale.json")).code == 0
    account.edit("edited", prompt="Edited since.")
    assert account.run("forget", "former").code == 0  # another lock than that of the plan


def test_every_command_is_listed() -> None:
    assert READING.keys() == COMMANDS.keys()


@pytest.mark.parametrize(("line", "code"), LINES)
def test_no_command_but_apply_writes(account: Account, line: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    everything_differs(account)
    prepared(account)
    monkeypatch.chdir(account.root)
    before = account.store.all()
    ran = account.run(*line.split())
    assert ran.code == code, ran.out + ran.err
    assert account.writes == []
    assert account.store.all() == before


# What a lock file may have become, and a word of what is said about it.
UNUSABLE: Final = {
    "a later version": ('"version": 2', '"version": 3', "its version 3 is not known to this revox-sync"),
    "a merge nobody finished": ("{", "<<<<<<< HEAD\n{", "it has unresolved merge conflicts"),
    "cut off": ("}\n}\n", "", "it is no JSON"),
    "an id by hand": ('"id": "', '"id": 1, "was": "', "`id` of `a` is missing or no text"),
    "an entry copied": ('"a": {', '"b": {}, "a": {', "of `b` is missing"),
}


WAYS: Final = {
    "its version 3 is not known to this revox-sync": "a newer revox-sync has written",
    "it has unresolved merge conflicts": "resolve the conflict in",
}
"""What to do, where that is not to rebuild it."""


@pytest.mark.parametrize(("old", "new", "words"), UNUSABLE.values(), ids=UNUSABLE.keys())
@pytest.mark.parametrize("command", ["plan", "status", "apply --auto-approve", "pull", "pull --new", "forget a"])
def test_an_unusable_lock_stops_everything(account: Account, command: str, old: str, new: str, words: str) -> None:
    account.declare("a")
    account.applied()
    text = account.lock_path.read_text("utf-8")
    broken = text.replace(old, new, 1)
    assert broken != text
    account.lock_path.write_text(broken, "utf-8")
    account.declare("a", prompt="Edited.")
    ran = account.run(*command.split())
    assert ran.code == 4
    assert "test.lock.json is not usable" in ran.err
    assert words in ran.err
    ways = ("assistants are then matched by name", "a newer revox-sync has written", "resolve the conflict in")
    assert [each for each in ways if each in ran.err] == [WAYS.get(words, ways[0])]
    assert account.switchboard.sent == []
    assert account.lock_path.read_text("utf-8") == broken


def test_an_unusable_lock_is_made_anew_from_the_names(account: Account) -> None:
    account.declare("a")
    account.applied()
    made = account.lock
    account.lock_path.write_text("{", "utf-8")
    assert account.run("plan").code == 4
    account.lock_path.unlink()
    account.applied()
    assert digests_only(account.lock) == digests_only(made)
    assert account.writes == []


@pytest.mark.parametrize(
    "command",
    ["plan", "status", "pull", "pull --new", "apply --auto-approve", "apply --auto-approve --recreate --max-deletes 9"],
)
def test_another_organisation_is_refused_before_anything_is_written(account: Account, command: str) -> None:
    account.declare("a")
    account.declare("b")
    account.applied()
    lock = account.lock_path.read_bytes()
    for name in ("a", "b"):
        account.edit(name, organization_id="org_other")
    account.declare("a", prompt="Edited.")
    account.declare("c")
    ran = account.run(*command.split())
    assert ran.code == 4
    assert "belongs to organisation org_emulator, the key to org_other" in ran.err
    assert account.writes == []
    assert account.lock_path.read_bytes() == lock
