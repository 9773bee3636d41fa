"""Time limits, kept by one thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from revox_sync.remote.http.deadline import DeadlineWatch
from tests.remote.http.timeless import Clock

SOON = 0.02
NEVER = 3600.0
PATIENCE = 5.0


@pytest.fixture
def watch() -> Iterator[DeadlineWatch]:
    with closing(DeadlineWatch()) as made:
        yield made


def test_what_lasts_too_long_is_broken_off(watch: DeadlineWatch) -> None:
    over = threading.Event()
    with watch.limit(SOON, over.set) as limit:
        assert over.wait(PATIENCE)
    assert limit.reached


def test_what_ends_in_time_is_not() -> None:
    broken, later, clock = threading.Event(), threading.Event(), Clock()
    with closing(DeadlineWatch(clock)) as watch:
        with watch.limit(SOON, broken.set) as limit:
            clock.seconds += SOON / 2
        clock.seconds += SOON
        with watch.limit(0, later.set):
            assert later.wait(PATIENCE)
    assert not limit.reached
    assert not broken.is_set()


def test_a_shorter_one_does_not_wait_for_a_longer_one(watch: DeadlineWatch) -> None:
    over, long = threading.Event(), threading.Event()
    with watch.limit(NEVER, long.set), watch.limit(SOON, over.set):
        assert over.wait(PATIENCE)
    assert not long.is_set()


def test_one_that_cannot_be_broken_off_takes_no_limit_from_others(watch: DeadlineWatch) -> None:
    def fail() -> None:
        raise RuntimeError

    over = threading.Event()
    with watch.limit(SOON, fail) as failing, watch.limit(SOON * 2, over.set):
        assert over.wait(PATIENCE)
    assert failing.reached


def test_many_at_once(watch: DeadlineWatch) -> None:
    events = [threading.Event() for _ in range(20)]
    with ExitStack() as stack:
        deadlines = [stack.enter_context(watch.limit(SOON, event.set)) for event in events]
        assert all(event.wait(PATIENCE) for event in events)
        assert all(deadline.reached for deadline in deadlines)
