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


def interrupted(account: Account, *arguments: str) -> tuple[int, str, str]:
    """Apply in a process of its own and interrupt it once it has begun to write."""
    account.switchboard.sent.clear()
    command = ["-C", str(account.root), "apply", "--auto-approve", "--parallelism", "3", *arguments]
    with started(*command, stdout=PIPE, stderr=PIPE) as process:
        while not account.writes and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=SECONDS)
    assert "Traceback" not in err
    return process.returncode, out, err


@pytest.fixture
def slow(account: Account) -> Account:
    for name in NAMES:
        account.declare(name)
    account.serve(account.store, latency_seconds=0.15)
    return account


def test_what_was_begun_is_finished(slow: Account) -> None:
    code, out, _ = interrupted(slow)
    assert code == 130
    created = {each["name"]: each["id"] for each in slow.store.all()}
    assert 0 < len(created) < len(NAMES)
    assert {address: entry["id"] for address, entry in slow.lock.items()} == created
    assert f"Apply incomplete: {len(created)} created" in out
    assert f"{len(NAMES) - len(created)} not started" in out
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


def test_before_anything_is_sent(slow: Account) -> None:
    slow.serve(slow.store, latency_seconds=1.0)
    with started("-C", str(slow.root), "plan", stdout=PIPE, stderr=PIPE) as process:
        while not slow.switchboard.sent and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert err.strip() == "error: interrupted"
