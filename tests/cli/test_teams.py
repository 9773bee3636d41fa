"""A journey: a day of a team, with two people and a CI job, one account, and somebody in the dashboard."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from tests.account import KEY, Account, Ran
from tests.cli.commands.plans import IN_SYNC
from tests.source.repository import Repository

CONFIGURATION: Final = """\
version: 1
default_environment: production
environments:
  production: {{base_url: "{base_url}", api_key: !env T_TEAM_KEY}}
safety: {{protect: [support]}}
"""
SALES: Final = """\
# Asked for by Ada on 3 March.
name: Sales
prompt: |
  # Role
  You sell roofs.
first_sentence: "Hello!" # short, or people hang up
"""
SUPPORT: Final = "name: Support\nprompt: You help.\nvoice: {provider: cartesia, id: v1, speed: 1.0}\n"
SURVEY: Final = "name: Survey\nprompt: You ask three questions.\n"
LOCK: Final = ".revox/production.lock.json"


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where one person works."""

    account: Account
    repository: Repository

    def run(self, line: str, code: int = 0) -> str:
        """What a command line of an API elsewhere says, on both streams."""
        ran: Ran = self.account.run("--insecure-http", "--allow-host", "127.1", *line.split())
        assert ran.code == code, ran.out + ran.err
        return re.sub(r"^Environment .*\n\n", "", ran.out) + ran.err

    def write(self, files: Mapping[str, str]) -> None:
        self.repository.write({f"assistants/{path}.yaml": text for path, text in files.items()})

    def read(self, address: str) -> str:
        return (self.repository.root / f"assistants/{address}.yaml").read_text("utf-8")

    def replace(self, address: str, old: str, new: str) -> None:
        text = self.read(address)
        assert old in text
        self.write({address: text.replace(old, new)})

    def share(self, message: str) -> None:
        """Commit everything and bring it to main, merging what others brought there."""
        self.repository.commit(message=message)
        self.catch_up()
        self.repository.git("push", "--quiet", "origin", "HEAD:main")

    def catch_up(self) -> None:
        self.repository.git("pull", "--quiet", "--no-rebase", "--no-edit", "origin", "main")

    @property
    def changed(self) -> list[str]:
        """Files that git would commit."""
        return self.repository.git("status", "--porcelain", "--untracked-files=all").split()[1::2]


@dataclass(frozen=True, slots=True)
class Team:
    """Everybody's checkout, and the account they share."""

    account: Account
    ada: Checkout
    bob: Checkout
    job: Checkout

    def deploy(self, code: int = 0) -> str:
        """The CI job: plan what is on main, apply that plan, commit the lock."""
        self.job.catch_up()
        self.job.run("plan --save plan.json")
        said = self.job.run("apply plan.json", code)
        if self.job.changed:
            assert self.job.changed == [LOCK]
            assert f"Lock written: {LOCK}\n" in said
            self.job.share("lock")
        return said


@pytest.fixture
def team(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    monkeypatch.setenv("T_TEAM_KEY", KEY)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.chdir(tmp_path)
    folder = Repository(tmp_path)
    folder.git("init", "--quiet", "--bare", "--initial-branch=main", "origin")

    def cloned(name: str) -> Checkout:
        folder.git("clone", "--quiet", "origin", name)
        return Checkout(replace(account, root=tmp_path / name), Repository(tmp_path / name))

    return Team(account, *map(cloned, ("ada", "bob", "job")))


@pytest.mark.slow
def test_a_day(team: Team) -> None:
    a_project_begins(team)
    two_branches_at_once(team)
    two_people_apply_from_their_desks(team)
    an_edit_in_the_dashboard_is_pulled(team)
    both_sides_say_something_else(team)
    files_move_and_names_change(team)
    a_plan_grows_old(team)
    an_assistant_retires(team)
    for each in (team.ada, team.bob, team.job):
        each.catch_up()
        assert each.run("plan") == IN_SYNC
        assert each.changed == []


def a_project_begins(team: Team) -> None:
    """Ada applies from her desk; her lock tells Bob's checkout and the job which assistants are theirs."""
    # Another spelling of 127.0.0.1 that does not count as this machine: such a lock is committed.
    base_url = team.account.base_url.replace("127.0.0.1", "127.1")
    team.ada.repository.write({"revox-sync.yaml": CONFIGURATION.format(base_url=base_url)})
    team.ada.write({"sales": SALES, "support": SUPPORT})
    assert "Plan: 2 to create, 0 to update, 0 to delete." in team.ada.run("plan")
    assert "Apply complete: 2 created, 0 updated, 0 deleted" in team.ada.run("apply --auto-approve")
    assert [each for each in team.ada.changed if ".revox" in each] == [LOCK]
    team.ada.repository.commit(message="first")
    team.ada.repository.git("push", "--quiet", "origin", "HEAD:main")
    for each in (team.bob, team.job):
        each.catch_up()
        assert each.run("plan") == IN_SYNC


def two_branches_at_once(team: Team) -> None:
    """Ada edits, Bob adds; the job applies what is merged, once for both."""
    team.ada.repository.git("switch", "--quiet", "--create", "shorter")
    team.ada.replace("sales", "You sell roofs.", "You sell roofs, and nothing else.")
    assert "+ You sell roofs, and nothing else." in team.ada.run("diff")
    team.ada.share("shorter")
    team.bob.write({"survey": SURVEY})
    assert "survey was added" in team.bob.run("diff")
    team.bob.share("survey")
    assert "Apply complete: 1 created, 1 updated, 0 deleted" in team.deploy()
    assert "Apply complete: 0 created, 0 updated, 0 deleted" in team.deploy(), "once is enough"
    for each in (team.ada, team.bob):
        each.catch_up()
        assert each.run("plan") == IN_SYNC


def two_people_apply_from_their_desks(team: Team) -> None:
    """To Bob what Ada applied looks like anybody's edit, until git has merged her lock with his."""
    team.ada.replace("sales", "roofs, and", "roofs and windows, and")
    team.ada.run("apply --auto-approve")
    team.bob.replace("survey", "three", "two")
    team.bob.write({"archive": "name: Archive\nprompt: You take notes.\n"})
    assert "sales was edited outside" in team.bob.run("plan")
    assert "Apply complete: 1 created, 1 updated" in team.bob.run("apply --auto-approve survey archive")
    assert [LOCK in each.changed for each in (team.ada, team.bob)] == [True, True]
    team.bob.share("two questions")
    team.ada.share("windows")
    team.bob.catch_up()
    for each in (team.ada, team.bob):
        assert each.run("plan") == IN_SYNC


def an_edit_in_the_dashboard_is_pulled(team: Team) -> None:
    """The job refuses to overwrite it; Bob takes it over, and nothing else of the file changes."""
    team.account.edit("Sales", first_sentence="Good morning!")
    team.account.edit("Support", transfer_instructions="Never.")  # no file declares it: nobody minds
    assert "sales was edited outside" in team.bob.run("plan")
    assert "4 assistants: 3 in sync, 1 drift." in team.bob.run("status")
    assert "left alone" in team.deploy(code=4)
    before = team.bob.read("sales")
    assert "first_sentence" in team.bob.run("pull")
    assert team.bob.read("sales") == before.replace('"Hello!" # short', '"Good morning!" # short')
    assert team.bob.run("plan") == IN_SYNC
    team.bob.share("as Carla said it")
    assert "0 updated" in team.deploy()


def both_sides_say_something_else(team: Team) -> None:
    """Nobody overwrites anybody by accident; Ada decides."""
    team.ada.catch_up()
    team.account.edit("Support", prompt="You help, slowly.")
    team.ada.replace("support", "You help.", "You help at once.")
    assert "support was edited outside and in the file" in team.ada.run("plan")
    assert "conflict" in team.ada.run("pull", code=4)
    assert "You help at once." in team.ada.read("support")
    said = team.ada.run("apply --auto-approve --on-drift support=revert")
    assert '"You help, slowly." → "You help at once."' in said
    assert "overwrites edits made outside" in said
    assert team.account.remote("Support")["prompt"] == "You help at once."
    team.ada.share("at once")


def files_move_and_names_change(team: Team) -> None:
    """One moves a file, the other renames in one: both stay the assistants they were."""
    ids = {each["name"]: each["id"] for each in team.account.store.all()}
    (team.ada.repository.root / "assistants/roofs").mkdir()
    team.ada.repository.git("mv", "assistants/sales.yaml", "assistants/roofs/outbound.yaml")
    assert "roofs/outbound: moved from sales; only the lock changes" in team.ada.run("plan")
    team.ada.share("roofs get a folder")
    team.bob.replace("survey", "name: Survey", "name: Questions")
    team.bob.share("a better name")
    assert "Apply complete: 0 created, 1 updated, 0 deleted" in team.deploy()
    found = {each["name"]: each["id"] for each in team.account.store.all()}
    assert found == {"Questions" if name == "Survey" else name: key for name, key in ids.items()}


def a_plan_grows_old(team: Team) -> None:
    """What somebody edits between plan and apply is refused, not overwritten."""
    team.bob.catch_up()
    team.bob.replace("survey", "two", "four")
    team.bob.run("plan --save old.json")
    team.account.edit("Questions", prompt="You ask one question.")
    assert "it was edited outside since the plan was made; plan again" in team.bob.run("apply old.json", code=4)
    assert team.account.remote("Questions")["prompt"] == "You ask one question."
    team.bob.run("pull --theirs")
    assert "You ask one question." in team.bob.read("survey")
    team.bob.share("one question")


def an_assistant_retires(team: Team) -> None:
    """A file that goes takes its assistant along only when somebody says so, and how many."""
    team.ada.catch_up()
    (team.ada.repository.root / "assistants/archive.yaml").unlink()
    (team.ada.repository.root / "assistants/survey.yaml").unlink()
    team.ada.share("done with those")
    assert "--prune" in team.ada.run("plan")
    assert "--max-deletes" in team.ada.run("plan --prune", code=4)
    assert "Plan: 0 to create, 0 to update, 2 to delete." in team.ada.run("plan --prune --max-deletes 2")
    assert "2 deleted" in team.ada.run("apply --auto-approve --prune --max-deletes 2")
    team.ada.share("lock")
    assert sorted(each["name"] for each in team.account.store.all()) == ["Sales", "Support"]
