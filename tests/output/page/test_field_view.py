"""Values on one line."""

from __future__ import annotations

import pytest

from revox_sync.output.page.field_view import fitted, short, transition
from revox_sync.output.text.visible import columns


@pytest.mark.parametrize(
    ("value", "room", "expected"),
    [
        (None, 10, "(unset)"),
        (False, 10, "false"),
        ("", 10, '""'),
        ("an\x1b", 40, '"an\\u001b"'),
        ("\u202e", 40, '"<U+202E>"'),
        ([1, 2], 10, "[1, 2]"),
        ([1, 2, 3, 4], 20, "[1, 2, 3, 4]"),
        ([1, 2, 3, 4], 11, "4 elements [1, 2, 3…"),
        ({"a": "b" * 20}, 12, '{"a": "bbbb…'),
        ("\n", 10, '1 character ""'),
        ("one\ntwo", 80, '7 characters "one…"'),
        (f"  {'x' * 60}", 90, f'62 characters "{"x" * 60}"'),
        ("x" * 61, 63, f'"{"x" * 61}"'),
        ("x" * 61, 30, f'61 characters "{"x" * 14}…'),
        ("x" * 1_500, 12, '1,500 characters "xxxxxxx…'),
        ("日" * 20, 14, '"日日日日日日…'),
        (["日本"] * 9, 22, '9 elements ["日本", "…'),
    ],
)
def test_what_does_not_fit_is_cut(value: object, room: int, expected: str) -> None:
    assert fitted(short(value), room) == expected


@pytest.mark.parametrize("value", ["x" * 500, "日" * 500, "e\u0301" * 500, ["日本"] * 500])
def test_no_more_columns_are_taken_than_there_are(value: object) -> None:
    assert {columns(fitted(short(value), room)) <= room for room in range(32, 120)} == {True}
    assert columns(transition(short(value), short(value), 80)) <= 80
