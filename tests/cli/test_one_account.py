"""A journey: two environments on one account, and what one of them may have created."""

from __future__ import annotations

import json

import pytest

from revox_sync.errors import ExitCode
from tests.account import Account, Fault
from tests.cli.test_replaced_lock import during
from tests.cli.test_write_path import _is_look


@pytest.fixture
def both(account: Account) -> Account:
    """Environments `st` and `pr` of one account, and one file; a create for `st` whose end nobody has seen."""
    endpoint = f'{{base_url: "{account.base_url}", api_key: emulator}}'
    account.write(
        "revox-sync.yaml", f"version: 1\ndefault_environment: st\nenvironments: {{st: {endpoint}, pr: {endpoint}}}\n"
    )
    account.declare("a")
    account.disturb("POST", status=None, committed=True)
    account.switchboard.faults.append(Fault(lambda sent: _is_look(account, sent, "POST"), status=503))
    assert account.run("apply", "--auto-approve").code == ExitCode.INCOMPLETE
    account.switchboard.faults.clear()
    assert len(account.store.all()) == 1
    return account


def ids(account: Account, environment: str) -> list[str]:
    path = account.lock_path.with_name(f"{environment}.lock.json")
    return [each["id"] for each in account.store.all() if path.exists() and each["id"] in path.read_text("utf-8")]


WORDS = "an apply to `st` did not end and may have created"


@pytest.mark.parametrize("command", ["apply --auto-approve", "import a {id}", "pull --id {id}"])
def test_what_another_environment_may_have_created_is_refused(both: Account, command: str) -> None:
    made = both.remote("a")["id"]
    ran = both.run(*command.format(id=made).split(), "-e", "pr")
    assert (ran.code, both.writes, ids(both, "pr")) == (ExitCode.REFUSED, [], [])
    assert WORDS in " ".join((ran.out + ran.err).split())
    assert "`revox-sync apply -e st` finds out" in " ".join((ran.out + ran.err).split())
    # The other environment finds it, and then this one gets an assistant of its own.
    both.applied()
    assert (ids(both, "st"), ids(both, "pr")) == ([made], [])
    both.applied("-e", "pr")
    assert (len(both.store.all()), len(ids(both, "pr")), ids(both, "st")) == (2, 1, [made])


def test_what_may_be_theirs_is_not_advised_for_what_is_gone(both: Account) -> None:
    """`a` of `pr` was deleted in the dashboard; the one that has its name by now may come from `st`."""
    both.applied()
    both.applied("-e", "pr")
    (lost,) = ids(both, "pr")
    both.declare("b")
    both.applied("b", "-e", "pr")
    assert both.run("forget", "a").code == ExitCode.OK
    for each in both.store.all():
        if each["name"] == "a":
            both.store.remove(each["id"])
    both.disturb("POST", status=None, committed=True)
    both.switchboard.faults.append(Fault(lambda sent: _is_look(both, sent, "POST"), status=503))
    assert both.run("apply", "a", "--auto-approve").code == ExitCode.INCOMPLETE
    both.switchboard.faults.clear()
    for options in ((), ("--recreate",)):
        told = " ".join(both.run("plan", "-e", "pr", *options).out.split())
        assert f"{lost} no longer exists on the server, and {WORDS}" in told
        assert "`revox-sync apply -e st` finds out" in told
        assert "`revox-sync import a" not in told
    both.applied("a")
    both.applied("a", "-e", "pr", "--recreate", "--max-deletes", "1")
    assert len(ids(both, "pr")) == 2


def test_new_files_are_not_made_of_it(both: Account) -> None:
    (both.root / "assistants/a.yaml").unlink()
    assert both.run("pull", "--new", "-e", "pr").code == ExitCode.OK
    assert ids(both, "pr") == []


def test_what_is_bound_in_another_environment_is_refused(both: Account) -> None:
    both.applied()
    made = both.remote("a")["id"]
    for command in ("import a {id}", "pull --id {id}"):
        ran = both.run(*command.format(id=made).split(), "-e", "pr")
        assert (ran.code, ids(both, "pr")) == (ExitCode.REFUSED, [])
        assert f"{made} is bound to `a` in environment `st`\n  `revox-sync forget a -e st` lets go of it" in ran.err


def test_recovery_takes_nothing_that_another_environment_has_bound(both: Account) -> None:
    """An older version, or a lock from git, has bound it there meanwhile."""
    made = both.remote("a")["id"]
    text = (
        '{"format": "revox-sync/lock", "version": 1, "environment": "pr", "base_url": "%s", "organization_id": null, '
        '"assistants": {"a": {"digest": 1, "id": "%s", "name": "a", "leaves": {}}}}'
    )
    both.lock_path.with_name("pr.lock.json").write_text(text % (both.base_url, made), "utf-8")
    both.run("plan")
    assert ids(both, "st") == []
    both.run("apply", "--auto-approve")
    assert made not in ids(both, "st")


def test_a_broken_lock_or_journal_of_another_environment_stops_nothing(both: Account) -> None:
    made = both.remote("a")["id"]
    both.applied()
    for name in ("st.lock.json", "st.journal.jsonl"):
        both.lock_path.with_name(name).write_text("[" * 1000, "utf-8")
    both.declare("b")
    both.applied("b", "-e", "pr")
    assert made not in ids(both, "pr")


def test_two_creates_that_no_list_shows(account: Account) -> None:
    """Each environment may have created what the other one has; the commands that are printed lead out of it."""
    endpoint = f'{{base_url: "{account.base_url}", api_key: emulator}}'
    account.write(
        "revox-sync.yaml", f"version: 1\ndefault_environment: st\nenvironments: {{st: {endpoint}, pr: {endpoint}}}\n"
    )
    account.declare("a", type="sub-assistant")
    account.disturb("POST", status=None, committed=True)
    account.switchboard.faults.append(Fault(lambda sent: _is_look(account, sent, "POST"), status=503))
    assert [account.apply("-e", name).code for name in ("st", "pr")] == [ExitCode.INCOMPLETE, ExitCode.INCOMPLETE]
    account.switchboard.faults.clear()
    first, second = (each["id"] for each in account.store.all())
    ran = account.run("import", "a", first, "-e", "st")
    assert ran.code == ExitCode.REFUSED
    told = " ".join(ran.err.split())
    assert (
        "`revox-sync apply -e pr` finds out; where it cannot, `revox-sync forget a -e pr` lets go of it there" in told
    )
    assert account.run("forget", "a", "-e", "pr").code == ExitCode.OK
    assert account.run("import", "a", first, "-e", "st").code == ExitCode.OK
    assert account.run("import", "a", second, "-e", "pr").code == ExitCode.OK
    for name in ("st", "pr"):
        account.applied("-e", name, "--on-drift", "revert")
    assert (ids(account, "st"), ids(account, "pr")) == ([first], [second])
    assert [each["id"] for each in account.store.all()] == [first, second]


@pytest.fixture
def doubtful(account: Account) -> Account:
    """As `both`, but the create for `st` did nothing, and nobody knows that either."""
    endpoint = f'{{base_url: "{account.base_url}", api_key: emulator}}'
    account.write(
        "revox-sync.yaml", f"version: 1\ndefault_environment: st\nenvironments: {{st: {endpoint}, pr: {endpoint}}}\n"
    )
    account.declare("a")
    in_doubt(account, "st", committed=False)
    assert account.store.all() == []
    return account


def in_doubt(account: Account, environment: str, *, committed: bool) -> None:
    """An apply whose create gets no answer, and that cannot look for it."""
    account.disturb("POST", status=None, committed=committed)
    account.switchboard.faults.append(Fault(lambda sent: _is_look(account, sent, "POST"), status=503))
    assert account.run("apply", "--auto-approve", "-e", environment).code == ExitCode.INCOMPLETE
    account.switchboard.faults.clear()


def test_recovery_takes_nothing_that_another_environment_may_have_created(doubtful: Account) -> None:
    """One assistant has appeared, and two applies that did not end may have made it."""
    in_doubt(doubtful, "pr", committed=True)
    made = doubtful.remote("a")["id"]
    for name, other in (("st", "pr"), ("pr", "st")):
        ran = doubtful.run("apply", "--auto-approve", "-e", name)
        assert (ran.code, doubtful.writes, ids(doubtful, name)) == (ExitCode.REFUSED, [], [])
        told = " ".join((ran.out + ran.err).split())
        assert f"an apply to `{other}` did not end and may have created {made} for `a`" in told
        assert f"`revox-sync forget a -e {other}` lets go of it there" in told
    # Whoever knows that it is none of `st` says so; then each environment gets one of its own.
    assert doubtful.run("forget", "a", "-e", "st").code == ExitCode.OK
    doubtful.applied("-e", "pr")
    assert ids(doubtful, "pr") == [made]
    doubtful.applied("-e", "st")
    assert len(doubtful.store.all()) == 2
    assert len(ids(doubtful, "st")) == 1


def test_a_create_takes_nothing_that_another_environment_may_have_created(doubtful: Account) -> None:
    """The server carries out the one request late, just when the other one fails."""
    late = {"id": "asst_late", "name": "a", "prompt": "You are a.", "organization_id": "org_emulator"}
    during(doubtful, "POST", lambda: doubtful.store.add(late))
    doubtful.disturb("POST", status=502)
    ran = doubtful.run("apply", "--auto-approve", "-e", "pr")
    assert ran.code == ExitCode.INCOMPLETE, ran.out + ran.err
    assert "an apply to `st` did not end and may have created asst_late" in " ".join(ran.out.split())
    assert ids(doubtful, "pr") == []


def test_an_old_plan_takes_nothing_that_another_environment_has_bound_since(both: Account) -> None:
    """A plan that was saved, or that brings back a snapshot, may name what the lock does not hold."""
    both.applied()
    made = both.remote("a")["id"]
    assert both.run("plan", "--save-snapshot", "snapshot.json").code == ExitCode.OK
    both.run("forget", "a")
    assert both.run("plan", "--save", "plan.json").code == ExitCode.OK
    assert both.run("restore", "snapshot.json", "--save", "back.json").code == ExitCode.OK
    assert both.run("import", "a", made, "-e", "pr").code == ExitCode.OK
    both.edit("a", prompt="Of production.")
    for command in ("apply plan.json", "apply back.json", "restore snapshot.json"):
        ran = both.run(*command.split())
        assert ran.code == (ExitCode.REFUSED if "apply" in command else ExitCode.OK)
        told = " ".join(ran.out.split())
        assert f"{made} is bound to `a` in environment `pr`; `revox-sync forget a -e pr` lets go of it" in told
        assert (ids(both, "st"), both.writes) == ([], [])


def test_what_another_environment_binds_before_the_answer_is_refused(both: Account) -> None:
    both.applied()
    both.run("forget", "a")
    made = both.remote("a")["id"]
    during(both, "GET", lambda: _bind(both, "pr", made))
    assert both.apply().code == ExitCode.REFUSED
    assert ids(both, "st") == []


def test_an_environment_that_the_configuration_does_not_have(both: Account) -> None:
    """A command about it would be refused, so none is suggested."""
    both.applied()
    made = both.remote("a")["id"]
    both.configure()
    for command in ("import a {id}", "pull --id {id}"):
        ran = both.run(*command.format(id=made).split())
        assert (ran.code, "revox-sync forget" in ran.err) == (ExitCode.REFUSED, False)
        assert "revox-sync.yaml has no environment `st`: put it back, or, if it is over, remove" in ran.err


def test_an_environment_that_got_another_name(both: Account) -> None:
    """Its lock keeps the old one, so that everything would be created again."""
    both.applied()
    both.configure()
    both.declare("new")
    plan = both.plan()
    (note,) = plan["notes"]
    assert "`st.lock.json` in .revox has assistants of this account for `a`, and revox-sync.yaml has no" in note
    assert plan["summary"]["create"] == 2
    text = both.lock_path.with_name("st.lock.json").read_text("utf-8")
    both.lock_path.write_text(text.replace('"environment": "st"', '"environment": "test"'), "utf-8")
    both.lock_path.with_name("st.lock.json").unlink()
    plan = both.plan()
    assert (plan["notes"], plan["summary"]["create"]) == ([], 1)


def test_an_environment_that_is_gone_and_may_have_created(both: Account) -> None:
    both.configure()
    ran = both.run("import", "a", both.remote("a")["id"])
    assert (ran.code, "revox-sync apply" in ran.err) == (ExitCode.REFUSED, False)
    assert "revox-sync.yaml has no environment `st`" in ran.err


def _bind(account: Account, environment: str, assistant_id: str) -> None:
    """The lock of another environment comes from git."""
    entry = {"digest": 1, "id": assistant_id, "name": "a", "leaves": {}}
    head = {"format": "revox-sync/lock", "version": 1, "environment": environment, "base_url": account.base_url}
    text = json.dumps({**head, "organization_id": None, "assistants": {"a": entry}})
    account.lock_path.with_name(f"{environment}.lock.json").write_text(text, "utf-8")
