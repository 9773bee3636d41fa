"""`mv`: another address for an assistant, and nothing else that is different afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.account import Account
from tests.cli.commands.plans import IN_SYNC
from tests.cli.test_write_path import die_after
from tests.source.repository import Repository

TEXT = """\
# kept as it is
name: Support
prompt: !file prompts/support.md   # its own
first_sentence: !file "_hello.txt"
call_retry_config: !include _shared/retry.yaml#/slow
"""
RETRY: Any = {"max_retry_attempts": 2, "call_twice_in_a_row": False, "allowed_days": ["monday"], "calling_windows": []}
WINDOW = {"calling_window_start_time": "09:00", "calling_window_end_time": "17:00", "retry_delay_seconds": 60}


@pytest.fixture
def support(account: Account) -> Account:
    account.write("assistants/support.yaml", TEXT)
    account.write("assistants/prompts/support.md", "You help.\r\nAlways.\n")
    account.write("assistants/_hello.txt", "Hello.")
    account.write("assistants/_shared/retry.yaml", {"slow": RETRY | {"calling_windows": [WINDOW]}})
    account.applied()
    return account


def files(account: Account) -> set[str]:
    return {path.relative_to(account.root).as_posix() for path in (account.root / "assistants").rglob("*.*")}


@pytest.mark.parametrize(
    ("new", "moved", "tags"),
    [
        (
            "sales/help",
            {"assistants/sales/help.yaml", "assistants/prompts/sales/help.md"},
            ("../prompts/sales/help.md", "../_hello.txt", "../_shared/retry.yaml#/slow"),
        ),
        (
            "help",
            {"assistants/help.yaml", "assistants/prompts/help.md"},
            ("prompts/help.md", "_hello.txt", "_shared/retry.yaml#/slow"),
        ),
    ],
)
def test_everything_moves_and_nothing_changes(
    support: Account, new: str, moved: set[str], tags: tuple[str, ...]
) -> None:
    entry, prompt = support.lock["support"], (support.root / "assistants/prompts/support.md").read_bytes()
    ran = support.run("mv", "support", new)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Moved assistants/support.yaml to assistants/{new}.yaml.\n")
    assert files(support) == {*moved, "assistants/_hello.txt", "assistants/_shared/retry.yaml"}
    expected = TEXT
    for old, tag in zip(("prompts/support.md", "_hello.txt", "_shared/retry.yaml#/slow"), tags, strict=True):
        expected = expected.replace(old, tag)
    assert (support.root / f"assistants/{new}.yaml").read_text("utf-8") == expected
    assert (support.root / f"assistants/prompts/{new}.md").read_bytes() == prompt
    assert support.lock == {new: entry}
    assert support.run("plan").told == IN_SYNC
    back = support.run("mv", new, "support")
    assert back.code == 0
    assert (support.root / "assistants/support.yaml").read_text("utf-8") == TEXT


def test_what_others_use_stays(support: Account) -> None:
    support.write("assistants/other.yaml", "name: Other\nprompt: !file prompts/support.md\n")
    assert support.run("mv", "support", "sales/help").code == 0
    assert "assistants/prompts/support.md" in files(support)
    assert "!file ../prompts/support.md " in (support.root / "assistants/sales/help.yaml").read_text("utf-8")


def test_the_locks_of_all_environments(support: Account) -> None:
    document = json.loads(support.lock_path.read_text("utf-8"))
    other = support.root / ".revox" / "production.lock.json"
    other.write_text(json.dumps(document | {"environment": "production", "base_url": "https://x.example/api"}))
    ran = support.run("mv", "support", "help")
    assert "Lock written: .revox/production.lock.json; commit it" in ran.out
    for path in (other, support.lock_path):
        assert "help" in json.loads(path.read_text("utf-8"))["assistants"]


def test_settings_that_meant_the_old_address_are_named(support: Account) -> None:
    support.configure(safety={"protect": ["support"]}, ignore_changes={"*": ["voice"], "sup*": ["faq_items"]})
    out = support.run("mv", "support", "help").out
    assert "`safety.protect` in revox-sync.yaml meant the old address, and does not mean the new one" in out
    assert "`ignore_changes`" not in out


REFUSED = [
    (["support", "support"], 64, "is the address already"),
    (["suport", "x"], 64, "did you mean `support`"),
    (["support", "x.yaml"], 64, "perhaps `x`"),
    (["support", "x.json"], 64, "commands take it for a saved plan"),
    (["support", "../x"], 64, "is no address"),
    (["support", "/x"], 64, "is no address"),
    (["support", "a/_x"], 64, "is no address"),
    (["support", ""], 64, "is no address"),
    (["support", "a//b"], 64, "is no address"),
    (["support", "a\nb"], 64, "is no address"),
    (["support", "a\u200bb"], 64, "is no address"),
    (["support", "a\\b"], 64, "is no address"),
    (["support", "c:d"], 64, "is no address"),
    (["support", " lead"], 64, "is no address"),
    (["support", "a/ lead"], 64, "is no address"),
    (["support", "end "], 64, "is no address"),
    (["support", "x*y"], 64, "is no address"),
    (["support", "x[y]"], 64, "is no address"),
    (["support", "x?"], 64, "is no address"),
    (["support", "other"], 4, "`other` has a file already"),
    (["support", "taken"], 4, "assistants/prompts/taken.md` exists"),
    (["other", "locked"], 4, "has an entry `locked`"),
    (["base", "x"], 4, "`user` include `assistants/base.yaml`"),
    (["broken", "x"], 4, "cannot be read"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), REFUSED, ids=[" ".join(each[0]) for each in REFUSED])
def test_what_cannot_be_is_refused_and_nothing_is_touched(
    support: Account, arguments: list[str], code: int, words: str
) -> None:
    for address in ("other", "locked", "base"):
        support.declare(address)
    support.write("assistants/user.yaml", "name: User\nprompt: !include base.yaml#/prompt\n")
    support.applied()
    (support.root / "assistants/locked.yaml").unlink()
    support.write("assistants/prompts/taken.md", "x")
    support.write("assistants/broken.yaml", "name: [")
    before = {path: path.read_bytes() for path in support.root.rglob("*") if path.is_file()}
    ran = support.run("mv", *arguments)
    assert ran.code == code
    assert words in ran.err
    after = {path: path.read_bytes() for path in support.root.rglob("*") if path.is_file()}
    assert after.keys() - before.keys() <= {support.lock_path.with_name("test.apply")}
    assert {path: after[path] for path in before} == before


def killed(account: Account, *, with_lock: bool) -> None:
    """What a move to `help` leaves that is killed before it takes the old files away."""
    before = {path: path.read_bytes() for path in (account.root / "assistants").rglob("*") if path.is_file()}
    lock = account.lock_path.read_bytes()
    assert account.run("mv", "support", "help").code == 0
    for path, content in before.items():
        path.write_bytes(content)
    if not with_lock:
        account.lock_path.write_bytes(lock)


@pytest.mark.parametrize("with_lock", [False, True], ids=["before the lock", "behind the lock"])
def test_the_same_move_ends_one_that_was_killed(support: Account, *, with_lock: bool) -> None:
    entry = support.lock["support"]
    killed(support, with_lock=with_lock)
    plan = support.run("plan", "--detailed-exitcode")
    assert plan.code == 2
    assert "if a `mv` was stopped, the same `mv` again ends it" in " ".join(plan.out.split())
    assert support.run("mv", "support", "help").code == 0
    assert files(support) == {
        "assistants/help.yaml",
        "assistants/prompts/help.md",
        "assistants/_hello.txt",
        "assistants/_shared/retry.yaml",
    }
    assert support.lock == {"help": entry}
    assert support.run("plan").told == IN_SYNC


def test_one_file_at_both_addresses_is_no_move_that_was_killed(account: Account) -> None:
    account.declare("support")
    file = account.root / "assistants/support.yaml"
    (file.parent / "help.yaml").hardlink_to(file)  # as a file system shows `Support.yaml` that ignores case
    ran = account.run("mv", "support", "help")
    assert (ran.code, file.exists()) == (4, True), ran.err


def test_a_move_does_not_end_what_says_something_else(support: Account) -> None:
    killed(support, with_lock=True)
    with (support.root / "assistants/help.yaml").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    ran = support.run("mv", "support", "help")
    assert (ran.code, "`help` has a file already" in ran.err) == (4, True)
    assert {"assistants/help.yaml", "assistants/support.yaml"} <= files(support)


def test_an_apply_that_did_not_end_comes_first(support: Account) -> None:
    """On the branch that it ran on, which alone can finish it."""
    repository = Repository.create(support.root)
    repository.commit()
    support.declare("new")
    die_after(support, "POST")
    for branch, first in (("main", ""), ("other", "`git switch main`, then ")):
        repository.git("checkout", "--quiet", "-B", branch)
        ran = support.run("mv", "support", "help")
        assert (ran.code, f"\n  {first}`revox-sync apply -e test` finds out what became of it" in ran.err) == (4, True)
        assert "assistants/support.yaml" in files(support)


def test_an_address_is_quoted_in_what_is_suggested(support: Account) -> None:
    support.declare("other")
    support.applied()
    lock = support.lock_path.read_text("utf-8").replace('"other": {', '"no one": {')
    support.lock_path.write_text(lock, "utf-8")
    assert "`revox-sync forget 'no one' -e test` lets go of it" in support.run("mv", "support", "no one").err
