from __future__ import annotations

import heapq
from collections.abc import Callable

import pytest

from revox_sync.remote.http.adaptive_limit import AdaptiveLimit

Latency = Callable[[int], float]
"""Seconds of an answer by the number of requests that are under way."""


def constant(seconds: float) -> Latency:
    return lambda _: seconds


def served(number: int, latency: Latency, *, refuse_above: int = 1000, most: int = 32) -> tuple[float, list[int]]:
    """Seconds that so many requests take in a simulation, and the numbers that were allowed, one after the other."""
    limit, now, sent = AdaptiveLimit(8, most, 0.0), 0.0, 0
    under_way: list[tuple[float, float, bool]] = []
    allowed = [limit.current]
    while sent < number or under_way:
        while sent < number and len(under_way) < limit.current:
            refused = len(under_way) >= refuse_above
            heapq.heappush(under_way, (now + latency(len(under_way) + 1), now, refused))
            sent += 1
        now, started, refused = heapq.heappop(under_way)
        if refused:
            limit.failed(started, now)
            sent -= 1
        else:
            limit.answered(started, now)
        if limit.current != allowed[-1]:
            allowed.append(limit.current)
    return now, allowed


@pytest.mark.parametrize("seconds", [0.05, 0.1, 0.2])
def test_it_doubles_while_answers_take_no_longer(seconds: float) -> None:
    total, allowed = served(500, constant(seconds))
    assert allowed == [8, 16, 32]
    assert total <= 1.3 * 500 / 32 * seconds


def test_few_requests_are_sent_as_they_always_were() -> None:
    assert served(8, constant(0.1)) == (0.1, [8, 16])


def test_it_goes_back_when_more_requests_only_wait_for_each_other() -> None:
    """A server that answers one after the other."""
    assert served(500, lambda busy: 0.02 * busy)[1] == [8, 16, 8]


def test_it_stays_where_a_server_is_full() -> None:
    assert served(800, lambda busy: 0.1 if busy <= 16 else 0.2)[1] == [8, 16, 32, 16]


def test_a_slow_first_answer_is_no_measure() -> None:
    """Connections are made with the first requests."""
    pending = iter([0.4] * 8)
    assert served(500, lambda _: next(pending, 0.1))[1] == [8, 16, 32]


def test_it_halves_once_for_all_that_were_refused_together_and_grows_no_more() -> None:
    total, allowed = served(500, constant(0.1), refuse_above=20)
    assert allowed == [8, 16, 32, 16]
    assert total < 500 / 8 * 0.1


def test_it_never_ends_below_one() -> None:
    limit = AdaptiveLimit(8, 32, 0.0)
    for time in range(1, 9):
        limit.failed(float(time), time + 0.5)
    assert limit.current == 1
    for time in range(10, 30):
        limit.answered(float(time), time + 0.1)
    assert limit.current == 1


@pytest.mark.parametrize("most", [1, 3, 8])
def test_it_never_exceeds_what_somebody_asked_for(most: int) -> None:
    assert served(100, constant(0.1), most=most)[1] == [most]


def test_a_refusal_from_before_it_changed_changes_nothing() -> None:
    limit = AdaptiveLimit(8, 32, 0.0)
    limit.failed(1.0, 2.0)
    limit.failed(1.5, 2.1)
    assert limit.current == 4
