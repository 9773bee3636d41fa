"""Binding an address and letting go of it, without a command line; the rest is in tests/cli/commands."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from revox_sync.errors import UsageError
from revox_sync.usecases.apply.binding import forget_assistant, import_assistant, report_binding
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.project.settings import Settings
from tests.account import Account


def session(account: Account, *, offline: bool = False, verbosity: int = 0) -> Session:
    settings = Settings(str(account.root), color="never", timeout=5.0, verbosity=verbosity)
    return open_session(settings, offline=offline)


def create(account: Account, **fields: object) -> str:
    with account.client() as client:
        return str(client.create_assistant({"prompt": "You are a.", **fields})["id"])


def test_import_binds_before_anybody_reads_what_it_says(account: Account) -> None:
    account.declare("a")
    assistant_id = create(account, name="a")
    lines = import_assistant(session(account), "a", assistant_id)
    assert account.lock["a"]["id"] == assistant_id
    assert list(lines) == [
        f"Bound `a` to {assistant_id} in environment `test`.",
        "Lock written: .revox/local/test.lock.json",
    ]


def test_many_differences_are_counted(account: Account) -> None:
    windows = [{"calling_window_start_time": "9:00", "calling_window_end_time": "18:00", "retry_delay_seconds": 600}]
    account.declare(
        "a",
        first_sentence="Hello",
        voicemail_message="Bye",
        voice={"id": "v1", "provider": "cartesia", "speed": 1.1},
        webhook_url="https://hooks.example.com/revox",
        email_notification_address="team@example.com",
        call_retry_config={"max_retry_attempts": 3, "timezone": "Europe/Paris", "calling_windows": windows},
    )
    assistant_id = create(account, name="other", prompt="Other.", first_sentence="Hi")
    lines = list(import_assistant(session(account), "a", assistant_id))
    assert 'Its name on the server is "other"; the file says "a".' in lines
    (differing,) = (line for line in lines if line.startswith("File and server differ in "))
    assert "`first_sentence`" in differing
    assert differing.endswith(" and 4 more.")


@pytest.mark.parametrize(
    ("address", "hint"),
    [("sales/oot", "did you mean `sales/out`?"), ("zzzzz", "addresses in it: a, sales/out")],
)
def test_forget_needs_an_entry(account: Account, address: str, hint: str) -> None:
    account.declare("a")
    account.declare("sales/out")
    account.applied()
    before = account.lock_path.read_bytes()
    with pytest.raises(UsageError, match=f"the lock of `test` has no entry `{address}`") as caught:
        forget_assistant(session(account, offline=True), address)
    assert caught.value.hint == hint
    assert account.lock_path.read_bytes() == before


def test_forget_says_how_to_bind_again(account: Account) -> None:
    account.declare("a")
    account.applied()
    assistant_id = account.lock["a"]["id"]
    lines = list(forget_assistant(session(account, offline=True), "a"))
    assert account.lock == {}
    assert any(f"`revox-sync import a {assistant_id}` binds the two again" in line for line in lines)


@pytest.mark.parametrize(("verbosity", "said"), [(0, "one<U+001B>\ntwo\n"), (-1, "")])
def test_lines_are_harmless_and_quiet(
    account: Account, capsys: pytest.CaptureFixture[str], verbosity: int, said: str
) -> None:
    lines: Iterable[str] = iter(["one\x1b", "two"])
    report_binding(session(account, verbosity=verbosity), lines)
    assert capsys.readouterr() == (said, "")
