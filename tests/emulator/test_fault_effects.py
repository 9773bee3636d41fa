"""Faults as a client sees them over a real socket, and what the server has kept."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from revox_sync.emulator.app import create_app
from revox_sync.emulator.faults import FAULT_KINDS, STATUSES, Fault, Where
from revox_sync.emulator.server import running
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store
from tests.emulator.conftest import KEY, SCHEMAS

BODY = {"name": "A", "prompt": "x"}
NOW = datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Emulated:
    client: httpx.Client
    store: Store

    @property
    def names(self) -> list[str]:
        """What is there, seen from behind the faults."""
        return [assistant["name"] for assistant in self.store.all()]


class Patience:
    """Time that an emulator lets pass: until it is over, every wait lasts.

    Attributes:
        asked: seconds of the waits that have begun.
    """

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.over = threading.Event()

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        if seconds:
            self.asked.append(seconds)
            await asyncio.to_thread(self.over.wait)


@contextmanager
def disturbed(
    *faults: str, seed: int = 0, timeout: float = 30.0, patience: Patience | None = None
) -> Iterator[Emulated]:
    """An emulator with faults, the clock standing still."""
    sleep = asyncio.sleep if patience is None else patience.sleep
    settings = EmulatorSettings(faults=tuple(map(Fault.parse, faults)), seed=seed, clock=lambda: NOW, sleep=sleep)
    with (
        Store(None) as store,
        running(create_app(SCHEMAS, store, settings)) as url,
        httpx.Client(base_url=url, headers=KEY, timeout=timeout) as client,
    ):
        yield Emulated(client, store)


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def outcome(client: httpx.Client) -> int | str:
    """The status of a create, or how the connection ended.

    A reset in the middle of sending looks to httpx like either of two errors.
    """
    try:
        return client.post("/assistants", json=BODY).status_code
    except (httpx.ReadError, httpx.RemoteProtocolError):
        return "dropped"
    except httpx.ReadTimeout:
        return "timed out"


@pytest.mark.parametrize(("kind", "kept"), [("drop-before", []), ("drop-after-commit", ["A", "A"])])
def test_dropped_connections(kind: str, kept: list[str]) -> None:
    with disturbed(f"{kind}:1") as emulated:
        assert [outcome(emulated.client) for _ in range(2)] == ["dropped", "dropped"]
        assert emulated.names == kept


@pytest.mark.parametrize("kind", ["drop-before", "drop-after-commit"])
def test_a_dropped_connection_is_closed_and_reset_by_turns(kind: str) -> None:
    head = b"DELETE /api/assistants/a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer emulator\r\n\r\n"
    with disturbed(f"{kind}:1") as emulated:
        address = (emulated.client.base_url.host, emulated.client.base_url.port or 0)
        with socket.create_connection(address, timeout=5) as connection:
            connection.sendall(head)
            assert connection.recv(100) == b""
        with socket.create_connection(address, timeout=5) as connection:
            connection.sendall(head)
            with pytest.raises(ConnectionResetError):
                connection.recv(100)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize(("when", "kept"), [("", []), ("-after-commit", ["A"])])
def test_errors(status: int, when: str, kept: list[str]) -> None:
    with disturbed(f"error-{status}{when}:1") as emulated:
        answer = emulated.client.post("/assistants", json=BODY)
        assert (answer.status_code, list(answer.json())) == (status, ["error"])
        assert emulated.names == kept


def test_after_a_commit_every_write_is_carried_out() -> None:
    with disturbed("error-500-after-commit:1") as emulated:
        emulated.client.post("/assistants", json=BODY)
        (created,) = emulated.store.all()
        emulated.client.patch(f"/assistants/{created['id']}", json={"prompt": "new"})
        (updated,) = emulated.store.all()
        assert updated["prompt"] == "new"
        emulated.client.delete(f"/assistants/{created['id']}")
        assert emulated.names == []


def test_hang() -> None:
    patience = Patience()
    with disturbed("hang:1", timeout=0.1, patience=patience) as emulated:
        assert outcome(emulated.client) == "timed out"
        patience.over.set()
        emulated.client.timeout = httpx.Timeout(30)
        assert outcome(emulated.client) == "dropped"
        assert (emulated.names, patience.asked) == ([], [35.0, 35.0])


def test_slow_is_carried_out_at_once_and_answered_late() -> None:
    patience = Patience()
    with disturbed("slow:1:0.2", patience=patience) as emulated, ThreadPoolExecutor(1) as pool:
        created = pool.submit(outcome, emulated.client)
        until(lambda: patience.asked == [0.2])
        assert (emulated.names, created.done()) == (["A"], False)
        patience.over.set()
        assert created.result() == 200


def test_late_commit_happens_after_the_client_has_left() -> None:
    patience = Patience()
    with disturbed("late-commit:1", timeout=0.1, patience=patience) as emulated:
        assert outcome(emulated.client) == "timed out"
        until(lambda: patience.asked == [35.0])
        assert emulated.client.get("/assistants", timeout=30).json() == {"assistants": []}
        patience.over.set()
        until(lambda: emulated.names == ["A"])


def test_late_commit_without_its_whole_body_is_none() -> None:
    head = "POST /api/assistants HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer emulator\r\nContent-Length: 99\r\n\r\n{"
    with disturbed("late-commit:1:0") as emulated:
        url = emulated.client.base_url
        with socket.create_connection((url.host, url.port or 0)) as connection:
            connection.sendall(head.encode())
        assert emulated.client.get("/assistants").json() == {"assistants": []}


def test_rate_limit_asks_to_wait_in_three_ways() -> None:
    with disturbed("rate-limit:1:2.5") as emulated:
        answers = [emulated.client.post("/assistants", json=BODY) for _ in range(4)]
        assert emulated.names == []
    assert {answer.status_code for answer in answers} == {429}
    assert [answer.headers.get("retry-after-ms") for answer in answers] == [None, "2500", None, None]
    waits = [answer.headers.get("Retry-After") for answer in answers]
    assert waits == ["3", None, "Fri, 02 Jan 2026 03:04:09 GMT", "3"]
    assert parsedate_to_datetime(str(waits[2])) >= NOW


def test_rate_limit_without_a_wait() -> None:
    with disturbed("rate-limit:1:0") as emulated:
        headers = [emulated.client.get("/voices").headers for _ in range(3)]
    assert headers[0]["Retry-After"] == headers[1]["retry-after-ms"] == "0"
    assert parsedate_to_datetime(headers[2]["Retry-After"]) <= NOW


def test_bad_json() -> None:
    with disturbed("bad-json:1") as emulated:
        answers = [emulated.client.post("/assistants", json=BODY) for _ in range(3)]
        assert emulated.names == ["A"] * 3
    assert [answer.headers["Content-Type"].partition(";")[0] for answer in answers] == [
        "text/html",
        "application/json",
        "application/json",
    ]
    for answer in answers:
        assert answer.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            answer.json()
    assert [bool(answer.content) for answer in answers] == [True, True, False]


@pytest.mark.parametrize("assistants", [0, 1, 7])
def test_a_truncated_list_is_never_a_shorter_one(assistants: int) -> None:
    with disturbed("truncate-list:1") as emulated:
        for _ in range(assistants):
            emulated.client.post("/assistants", json=BODY)
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            emulated.client.get("/assistants")
        cut = emulated.client.get("/assistants")
        assert cut.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            cut.json()


@pytest.mark.parametrize("kind", [kind for kind in FAULT_KINDS if FAULT_KINDS[kind].where is not Where.EVERY])
def test_faults_of_writes_and_lists_leave_other_requests_alone(kind: str) -> None:
    with disturbed(f"{kind}:1") as emulated:
        assert emulated.client.get("/voices").json()["voices"]
        assert emulated.client.get("/assistants/asst_none").status_code == 404
        if FAULT_KINDS[kind].where is Where.LIST:
            assert outcome(emulated.client) == 200
        else:
            assert emulated.client.get("/assistants").json() == {"assistants": []}


@pytest.mark.parametrize("kind", [kind for kind in FAULT_KINDS if FAULT_KINDS[kind].where is Where.EVERY])
def test_faults_of_every_request_concern_reads(kind: str) -> None:
    with disturbed(f"{kind}:1:0.1" if FAULT_KINDS[kind].seconds else f"{kind}:1", timeout=0.05) as emulated:
        try:
            assert emulated.client.get("/voices").json()["error"]
        except (httpx.TransportError, json.JSONDecodeError):
            assert kind in {"drop-before", "hang", "slow", "bad-json"}


def outcomes(seed: int, *faults: str) -> list[int | str]:
    with disturbed(*faults, seed=seed) as emulated:
        return [outcome(emulated.client) for _ in range(40)]


def test_a_seed_repeats_a_run() -> None:
    faults = ("drop-before:0.2", "error-503:0.2", "error-500-after-commit:0.2")
    run = outcomes(1, *faults)
    assert {"dropped", 500, 503, 200} == set(run)
    assert outcomes(1, *reversed(faults)) == run
    assert outcomes(2, *faults) != run


def test_another_kind_changes_nothing_about_the_first() -> None:
    alone = outcomes(1, "error-503:0.3")
    both = outcomes(1, "error-503:0.3", "error-500-after-commit:0.5")
    assert [status == 503 for status in both] == [status == 503 for status in alone]


def test_many_connections_at_once(caplog: pytest.LogCaptureFixture) -> None:
    with disturbed("drop-before:0.2", "drop-after-commit:0.2", "error-500:0.2", "slow:0.2:0.01") as emulated:
        with ThreadPoolExecutor(16) as pool:
            ends = list(pool.map(lambda _: outcome(emulated.client), range(200)))
        dropped = sum(isinstance(end, str) for end in ends)
        answered = ends.count(200)
        assert (set(map(type, ends)), ends.count(500) + dropped + answered) == ({int, str}, 200)
        assert answered < len(emulated.names) < answered + dropped
    assert caplog.records == []


def test_a_stop_cuts_off_what_still_waits(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with disturbed("late-commit:1:60", timeout=0.05) as emulated:
        assert outcome(emulated.client) == "timed out"
    assert (caplog.records, capfd.readouterr().err) == ([], "")


def test_the_documentation_names_every_kind() -> None:
    page = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text("utf-8")
    assert [kind for kind in FAULT_KINDS if f"`{kind}`" not in page and not kind.startswith("error-")] == []
