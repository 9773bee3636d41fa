"""What happens before a path is looked at: limits and delays. Faults: test_fault_effects.py; keys: test_app.py."""

from __future__ import annotations

from time import perf_counter

import pytest
from starlette.datastructures import Headers

from revox_sync.emulator.faults import Fault
from revox_sync.emulator.middleware import TokenBucket, carries_key
from tests.clock import SetClock
from tests.emulator.conftest import emulated


def test_a_bucket_holds_a_second_and_fills_evenly() -> None:
    clock = SetClock()
    bucket = TokenBucket(4, clock)
    assert [bucket.take() for _ in range(6)] == [0, 0, 0, 0, 0.25, 0.25]
    clock.advance(0.5)
    assert [bucket.take() for _ in range(3)] == [0, 0, 0.25]
    clock.advance(3600)
    assert [bucket.take() for _ in range(5)] == [0, 0, 0, 0, 0.25]


def test_a_bucket_of_less_than_one_request_per_second() -> None:
    clock = SetClock()
    bucket = TokenBucket(0.5, clock)
    assert [bucket.take(), bucket.take()] == [0, 2]
    clock.advance(2)
    assert bucket.take() == 0


def test_a_bucket_survives_a_clock_that_is_set_back() -> None:
    clock = SetClock()
    bucket = TokenBucket(1, clock)
    assert bucket.take() == 0
    clock.advance(-3600)
    assert bucket.take() == 1
    clock.advance(1)
    assert bucket.take() == 0


def test_rate_limit() -> None:
    clock = SetClock()
    with emulated(requests_per_second=2, clock=clock) as client:
        answers = [client.get("/voices") for _ in range(4)]
        clock.advance(1)
        later = client.get("/voices")
    assert [answer.status_code for answer in (*answers, later)] == [200, 200, 429, 429, 200]
    assert answers[2].headers["Retry-After"] == "1"


def test_latency() -> None:
    with emulated(latency_seconds=0.1) as client:
        began = perf_counter()
        client.get("/voices")
        assert perf_counter() - began >= 0.1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Bearer k", True),
        ("bearer  k ", True),
        ("Basic k", False),
        ("Bearer K", False),
        ("Bearer", False),
        ("k", False),
        (None, False),
    ],
)
def test_only_the_bearer_token_is_a_key(header: str | None, *, expected: bool) -> None:
    assert carries_key(Headers({"authorization": header} if header else {}), "k") is expected


def test_each_fault_that_happens_is_told() -> None:
    told: list[str] = []
    with emulated(faults=(Fault("error-500", 1), Fault("slow", 1, 0)), on_fault=told.append) as client:
        assert client.get("/voices").status_code == 500
        client.get("/assistants")
    assert told == ["error-500", "error-500"]
