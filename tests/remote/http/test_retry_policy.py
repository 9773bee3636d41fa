"""The policy of repeats, without a network."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.errors import End, NotAuthorisedError, RejectedError, RemoteError, UnreachableError
from revox_sync.remote.http.request_loop import RateLimitGate
from revox_sync.remote.http.retry_policy import (
    LONGEST_REQUESTED_WAIT,
    RetryPolicy,
    forbids_retry,
    http_date,
    is_repeatable,
    jitter,
    requested_wait,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SOON = "Sun, 01 Mar 2026 12:00:07 GMT"


def unreachable(end: End) -> RemoteError:
    return UnreachableError("x", end=end)


def rejected(status: int) -> RemoteError:
    return RejectedError("x", status=status, words="")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        *[(unreachable(end), True) for end in ("never-sent", "timeout", "reset", "unreadable")],
        *[(rejected(status), True) for status in (408, 429, 500, 501, 502, 503, 504, 599)],
        *[(rejected(status), False) for status in (302, 400, 402, 404, 409, 410, 418, 422, 425, 499)],
        (NotAuthorisedError("x"), False),
    ],
    ids=str,
)
def test_what_is_idempotent_is_repeated_after_what_may_pass(method: str, error: RemoteError, *, expected: bool) -> None:
    assert is_repeatable(method, error) is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (unreachable("never-sent"), True),
        (rejected(429), True),
        *[(unreachable(end), False) for end in ("timeout", "reset", "unreadable")],
        *[(rejected(status), False) for status in (302, 400, 404, 408, 409, 422, 500, 502, 503, 504)],
        (NotAuthorisedError("x"), False),
    ],
    ids=str,
)
def test_a_create_is_repeated_only_when_nothing_happened(error: RemoteError, *, expected: bool) -> None:
    assert is_repeatable("POST", error) is expected


@given(st.integers(0, 10_000), st.floats(0.001, 10), st.floats(0.001, 100), st.randoms(use_true_random=False))
def test_back_off_stays_within_its_bounds(repeats: int, base: float, longest: float, chance: random.Random) -> None:
    wait = RetryPolicy(base=base, longest=longest).backoff(repeats, chance.uniform)
    assert 0 <= wait <= longest
    assert repeats > 30 or wait <= base * 2**repeats


def test_back_off_doubles_and_uses_all_of_its_room() -> None:
    policy = RetryPolicy(base=0.5, longest=8)
    assert [policy.backoff(n, lambda _, high: high) for n in range(7)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert [policy.backoff(n, lambda low, _: low) for n in range(7)] == [0] * 7


def test_back_off_is_as_long_as_the_design_says() -> None:
    """From within 0.5 s to within 8 s."""
    assert [RetryPolicy().backoff(n, lambda _, high: high) for n in (0, 99)] == [0.5, 8]


@pytest.mark.parametrize(
    ("failed", "limited", "expected"), [(4, 0, False), (5, 0, True), (4, 49, False), (0, 50, True), (0, 49, False)]
)
def test_attempts_are_counted(failed: int, limited: int, *, expected: bool) -> None:
    assert RetryPolicy().exhausted(failed, limited) is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 0.25 "}, 0.25),
        ({"retry-after": "\x1f7"}, 7),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "1.5"}, 0.0015),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "7"}, 7),
        ({"retry-after-ms": "0", "retry-after": "7"}, 7),
        ({"retry-after-ms": "-1", "retry-after": "7"}, 7),
        ({"retry-after": SOON}, 7),
        ({"retry-after": "Sun, 01 Mar 2026 13:00:07 +0100"}, 7),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:07 -0000"}, 7),  # it leaves the zone open
        ({"retry-after": SOON, "date": "Sun, 01 Mar 2026 12:00:05 GMT"}, 2),
        ({"retry-after": SOON, "date": "yesterday"}, 7),
        ({"retry-after": "Sun, 01 Mar 2026 11:59:00 GMT"}, None),
        ({"retry-after": "Sun, 01 Mar 2099 12:00:00 GMT"}, None),
        ({"retry-after": "Sun, 99 Mar 2026 99:99:99 GMT"}, None),
        *[
            ({"retry-after": text}, None)
            for text in (
                "",
                "0",
                "-3",
                "nan",
                "inf",
                "1e3",
                "1_0",
                "٣",
                "86401",
                "9" * 400,
                "1" + ".0" * 9,
                "soon",
                ",",
                " ",
                "17 June , 2022",
                "Sun, 01 Mar 99999999999999999999 12:00:07 GMT",
            )
        ],
        ({"retry-after": "86400"}, LONGEST_REQUESTED_WAIT),
    ],
)
def test_what_the_api_asks_for(headers: dict[str, str], expected: float | None) -> None:
    assert requested_wait(headers, NOW) == expected


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the machine cannot be set")
def test_a_date_without_zone_is_no_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XXX-5")
    time.tzset()
    try:
        assert http_date("Sun, 01 Mar 2026 12:00:07 -0000") == NOW.replace(second=7)
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.text(), st.text(), st.text())
def test_any_header_is_a_sensible_wish_or_none(milliseconds: str, after: str, date: str) -> None:
    wish = requested_wait({"retry-after-ms": milliseconds, "retry-after": after, "date": date}, NOW)
    assert wish is None or 0 < wish <= LONGEST_REQUESTED_WAIT


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
    st.floats(0, 86_399),
    st.integers(-12, 12),
)
def test_a_date_is_never_come_before(server: datetime, seconds: float, hours: int) -> None:
    opens = server.replace(microsecond=0) + timedelta(seconds=int(seconds) + 1)
    said = format_datetime(opens.astimezone(timezone(timedelta(hours=hours))))
    wish = requested_wait({"retry-after": said}, server)
    assert wish is not None
    assert server + timedelta(seconds=wish) >= opens


@pytest.mark.parametrize(
    ("value", "expected"), [("false", True), (" False ", True), ("true", False), ("", False), ("no", False)]
)
def test_the_api_can_forbid_a_repeat(value: str, *, expected: bool) -> None:
    assert forbids_retry({"x-should-retry": value}) is expected


def test_shared_waits_end_one_after_the_other() -> None:
    assert [jitter(seconds, lambda _, high: high) for seconds in (0.004, 1, 4, 60)] == [0.001, 0.25, 1, 1]
    assert jitter(4, lambda low, _: low) == 0


def test_the_longest_wish_keeps_the_gate_closed() -> None:
    moment = 100.0
    gate = RateLimitGate(lambda: moment)
    assert gate.seconds_left() == 0
    gate.close_for(10)
    gate.close_for(2)
    assert gate.seconds_left() == 10
    moment = 109
    assert gate.seconds_left() == 1
    moment = 111
    assert gate.seconds_left() == 0
