from __future__ import annotations

import pytest

from revox_sync.lint.rules.calling_windows import minutes
from tests.lint.project import hits


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00:00", 0),
        ("9:05", 545),
        ("17:00", 1020),
        ("23:59", 1439),
        ("9am", 540),
        ("9:30am", 570),
        ("6 PM", 1080),
        ("12am", 0),
        ("12pm", 720),
        ("12:15am", 15),
        ("24:00", None),
        ("9:60", None),
        ("13pm", None),
        ("0am", None),
        ("17", None),
        ("noon", None),
        ("٩am", None),
        (540, None),
        (None, None),
    ],
)
def test_times_of_day_are_minutes(text: object, expected: int | None) -> None:
    assert minutes(text) == expected


def windows(*times: str) -> str:
    entries = (
        f"{{calling_window_start_time: '{start}', calling_window_end_time: '{end}'}}"
        for start, end in (window.split("-") for window in times)
    )
    return f"call_retry_config: {{calling_windows: [{', '.join(entries)}]}}"


@pytest.mark.parametrize(
    ("code", "times", "expected"),
    [
        ("RVX401", ("09:00-09:00",), 1),
        ("RVX401", ("noon-09:00",), 0),
        ("RVX402", ("08:00-20:00", "09:00-10:00", "11:00-12:00"), 2),
        ("RVX402", ("18:00-09:00", "08:00-20:00"), 0),
        ("RVX403", ("06:59-22:01",), 1),
        ("RVX403", ("23:00-01:00",), 0),
    ],
)
def test_windows_that_are_reported(code: str, times: tuple[str, ...], expected: int) -> None:
    assert len(hits(code, windows(*times))) == expected


def test_true_is_not_one_attempt() -> None:
    assert hits("RVX405", "call_retry_config: {max_retry_attempts: true, call_twice_in_a_row: true}") == []
