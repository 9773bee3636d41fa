"""What a person sees of requests that are tried again."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path
from subprocess import PIPE

import pytest

from tests.account import Account
from tests.cli.program import SECONDS, started
from tests.remote.server import Reply, serving


def test_each_attempt_is_told_when_asked_to(account: Account) -> None:
    account.declare("a")
    account.disturb("GET", status=503, body={"error": "out of order"})
    ran = account.run("plan", "-v")
    assert ran.code == 5
    assert ran.out == ""
    *attempts, error = ran.err.splitlines()
    assert [re.sub(r"\d\.\d+ s", "# s", each) for each in attempts] == [
        *["GET /assistants 503 # s, again in # s"] * 4,
        "GET /assistants 503 # s",
    ]
    assert error == "error: the API refused GET /assistants (503): out of order"


def test_attempts_are_nobodys_business_otherwise(account: Account) -> None:
    account.declare("a")
    account.disturb("GET", status=503)
    assert account.run("plan").err == "error: the API refused GET /assistants (503)\n"


def test_a_wish_past_the_time_limit(account: Account) -> None:
    account.declare("a")
    with serving(Reply(429, {"error": "slow down"}, {"Retry-After": "30"})) as server:
        text = (account.root / "revox-sync.yaml").read_text("utf-8").replace(account.base_url, server.base_url)
        account.write("revox-sync.yaml", text)
        ran = account.run("plan", "--timeout", "10")
    assert ran.code == 5
    assert ran.err == (
        "error: the API refused GET /assistants (429): slow down; the API asks to wait 30 s, longer than the time "
        "limit leaves\n  allow more time with --timeout, or try again later\n"
    )


@pytest.mark.slow
def test_ctrl_c_while_waiting_for_another_attempt(tmp_path: Path) -> None:
    (tmp_path / "assistants").mkdir()
    (tmp_path / "assistants" / "a.yaml").write_text("name: A\nprompt: x\n", "utf-8")
    with serving(Reply(503, headers={"Retry-After": "60"})) as server:
        environment = f'{{base_url: "{server.base_url}", api_key: k}}'
        (tmp_path / "revox-sync.yaml").write_text(f"version: 1\nenvironments: {{test: {environment}}}\n", "utf-8")
        command = ["-C", str(tmp_path), "plan", "-v", "--timeout", "300"]
        with started(*command, stdout=PIPE, stderr=PIPE) as process:
            assert process.stderr
            assert "again in" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            began = time.monotonic()
            _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert err.strip() == "error: interrupted"
    assert time.monotonic() - began < 2
