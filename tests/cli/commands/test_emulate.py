"""`emulate`: a server in a process of its own."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE

import httpx
import pytest

from revox_sync.cli.main import run
from tests.cli.program import SECONDS, started

BODY = {"name": "A", "prompt": "x"}


@contextmanager
def emulating(*arguments: str, stop: signal.Signals = signal.SIGTERM) -> Iterator[httpx.Client]:
    """A client of a running `emulate`, which ends well when it is told to stop."""
    with started("emulate", "--port", "0", *arguments, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdout
        base_url = process.stdout.readline().strip().removeprefix("listening on ")
        with httpx.Client(base_url=base_url, headers={"Authorization": "Bearer emulator"}) as client:
            yield client
        process.send_signal(stop)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_stopped(stop: signal.Signals) -> None:
    with emulating(stop=stop) as client:
        assert client.post("/assistants", json=BODY).status_code == 200
        assert [each["name"] for each in client.get("/assistants").json()["assistants"]] == ["A"]
        assert client.get("/assistants", headers={"Authorization": "Bearer other"}).status_code == 401


@pytest.mark.slow
def test_a_file_keeps_everything(tmp_path: Path) -> None:
    file = str(tmp_path / "emulator.sqlite3")
    with emulating("--data", file) as client:
        created = client.post("/assistants", json=BODY).json()["assistant"]
    with emulating("--data", file) as client:
        assert client.get(f"/assistants/{created['id']}").json() == created


@pytest.mark.slow
def test_a_contract_is_kept_to() -> None:
    with emulating("--contract", "0.0") as client:
        refused = client.post("/assistants", json=BODY | {"sms_enabled": True})
    assert refused.status_code == 422
    assert "sms_enabled" in refused.text


@pytest.mark.slow
def test_faults_and_switches_arrive() -> None:
    arguments = (
        "--fault",
        "error-503-after-commit:1",
        "--fault",
        "drop-before:0",
        "--quirk",
        "respell",
        "--grow-faq",
        "1",
    )
    with emulating(*arguments, "--seed", "7", "--rate-limit", "1000") as client:
        assert client.post("/assistants", json=BODY | {"prompt": "x\n"}).status_code == 503
        (listed,) = client.get("/assistants").json()["assistants"]
        read = client.get(f"/assistants/{listed['id']}").json()
    assert (read["prompt"], read["pending_faq_count"]) == ("x", 1)


@pytest.mark.slow
def test_dropped_connections_leave_no_noise() -> None:
    with emulating("--fault", "drop-before:1") as client:
        for _ in range(4):
            with pytest.raises(httpx.TransportError):
                client.get("/assistants")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--contract", "9.9"], "no contract `9.9`"),
        (["--port", "70000"], "70000"),
        (["--latency-ms", "-1"], "-1"),
        (["--data", "."], "directory"),
        (["--fault", "drop-afer-commit:1"], "did you mean `drop-after-commit`?"),
        (["--fault", "earthquake:1"], "known: drop-before, "),
        (["--fault", "slow:1.5"], "from 0 to 1"),
        (["--fault", "slow"], "KIND:RATE or KIND:RATE:SECONDS"),
        (["--fault", "slow:0.1", "--fault", "slow:0.2"], "named twice"),
        (["--quirk", "null-emtpy"], "did you mean `null-empty`?"),
        (["--quirk", "list-log:2"], "did you mean `list-lag`?"),
        (["--quirk", "earthquake"], "known: merge-patch, "),
        (["--quirk", "list-lag"], "is not written list-lag:S"),
        (["--quirk", "page:0"], "from 1"),
        (["--quirk", "nfc", "--quirk", "nfc"], "named twice"),
        (["--quirk", "drop:voice.sped"], "did you mean `voice.speed`?"),
        (["--quirk", "drop:voice.speed.unit"], "no field `voice.speed.unit`\n"),
        (["--quirk", "item-key:name"], "choose another name"),
        (["--normalise"], "--normalise"),
        (["--rate-limit", "0"], "rate-limit"),
        (["--rate-limit", "nan"], "requests per second"),
        (["--grow-faq", "2"], "grow-faq"),
        (["--seed", "x"], "seed"),
        (["surprise"], "surprise"),
    ],
)
def test_what_it_cannot_do(capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert run(["emulate", *arguments]) == 64
    assert words in capsys.readouterr().err


def test_a_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run(["emulate", "--port", str(taken.getsockname()[1])]) == 64
    assert "port 0 takes a free one" in capsys.readouterr().err


def test_a_file_of_another_program(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Not a database, and longer than a header of one would be." * 20)
    assert run(["emulate", "--port", "0", "--data", str(file)]) == 64
    assert "cannot use" in capsys.readouterr().err
    assert file.read_text().startswith("Not a database")
