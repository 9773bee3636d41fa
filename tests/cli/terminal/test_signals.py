"""Ctrl-C in the middle of an apply: what was begun is finished and remembered, the rest is not begun."""

from __future__ import annotations

import json
import signal
import time
from subprocess import PIPE

import pytest

from tests.account import Account
from tests.cli.program import SECONDS, started

pytestmark = pytest.mark.slow
NAMES = [f"a{number:02}" for number in range(12)]
# `nohup` ignores the end of a terminal in everything it starts, the tests included.
HEARD = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)\n"


def interrupted(account: Account, *arguments: str, by: int = signal.SIGINT) -> tuple[int, str, str]:
    """Apply in a process of its own and send it a signal once it has begun to write."""
    account.switchboard.sent.clear()
    command = ["-C", str(account.root), "apply", "--auto-approve", "--parallelism", "3", *arguments]
    with started(*command, prelude=HEARD, stdout=PIPE, stderr=PIPE) as process:
        while not account.writes and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(by)
        out, err = process.communicate(timeout=SECONDS)
    assert "Traceback" not in err
    return process.returncode, out, err


@pytest.fixture
def slow(account: Account) -> Account:
    for name in NAMES:
        account.declare(name)
    account.serve(account.store, latency_seconds=0.15)
    return account


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_was_begun_is_finished(slow: Account, by: int) -> None:
    code, out, _ = interrupted(slow, by=by)
    assert code == 130
    created = {each["name"]: each["id"] for each in slow.store.all()}
    assert 0 < len(created) < len(NAMES)
    assert {address: entry["id"] for address, entry in slow.lock.items()} == created
    assert f"Apply incomplete: {len(created)} created" in out
    assert f"{len(NAMES) - len(created)} not started" in out
    assert out.count(": not started") == len(NAMES) - len(created)
    assert not slow.journal_path.exists()
    slow.applied("--parallelism", "12")
    assert sorted(each["name"] for each in slow.store.all()) == NAMES
    assert sorted(slow.lock) == NAMES


def test_the_report_says_so(slow: Account) -> None:
    code, out, _ = interrupted(slow, "-o", "json")
    assert code == 130
    summary = json.loads(out)["summary"]
    assert summary["interrupted"] is True
    assert summary["created"] + summary["skipped"] == len(NAMES)


def test_the_second_one_stops_at_once(slow: Account) -> None:
    slow.serve(slow.store, latency_seconds=0.4)
    slow.disturb("POST", seconds=3.0)
    with started("-C", str(slow.root), "apply", "--auto-approve", stdout=PIPE, stderr=PIPE) as process:
        while not slow.writes and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.stderr
        assert process.stderr.readline() == "\n"
        assert "Ctrl-C again" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(1.5) == 130

    assert slow.journal_path.exists()


def test_waiting_for_another_attempt_ends_at_once(account: Account) -> None:
    account.declare("a")
    account.disturb("POST", status=429)
    started_at = time.monotonic()
    code, out, _ = interrupted(account)
    assert code == 130
    assert "1 not started" in out
    assert time.monotonic() - started_at < 5
    assert not account.journal_path.exists()


def test_looking_for_a_lost_create_ends_at_once(account: Account) -> None:
    account.declare("a")
    account.disturb("POST", status=504)
    started_at = time.monotonic()
    code, out, _ = interrupted(account)
    assert code == 130
    assert "1 unknown" in out
    assert time.monotonic() - started_at < 5
    assert account.journal_path.exists()


def test_sigterm_twice_finishes(slow: Account) -> None:
    with started("-C", str(slow.root), "apply", "--auto-approve", stdout=PIPE, stderr=PIPE) as process:
        while not slow.writes and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert "Apply incomplete" in out


def test_a_hangup_that_is_ignored_stays_ignored(slow: Account) -> None:
    prelude = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    command = ("-C", str(slow.root), "apply", "--auto-approve")
    with started(*command, prelude=prelude, stdout=PIPE, stderr=PIPE) as process:
        while not slow.writes and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert len(slow.store.all()) == len(NAMES)


def test_before_anything_is_sent(slow: Account) -> None:
    slow.serve(slow.store, latency_seconds=1.0)
    with started("-C", str(slow.root), "plan", stdout=PIPE, stderr=PIPE) as process:
        while not slow.switchboard.sent and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert err.strip() == "error: interrupted"
