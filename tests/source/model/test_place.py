from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.source.model.place import SourceText

MIXED = "a\r\nbé\rc\n\nd"


@pytest.mark.parametrize(
    ("offset", "position"), [(0, (1, 1)), (3, (2, 1)), (4, (2, 2)), (6, (3, 1)), (8, (4, 1)), (9, (5, 1)), (10, (5, 2))]
)
def test_positions_know_all_line_breaks(offset: int, position: tuple[int, int]) -> None:
    assert SourceText("a", MIXED).position(offset) == position


def test_lines_come_without_their_break() -> None:
    source = SourceText("a", MIXED)
    assert [source.line(number) for number in range(7)] == ["", "a", "bé", "c", "", "d", ""]


@given(st.text(st.sampled_from("ab\r\n\u2028é")))
def test_position_finds_the_character_in_its_line(text: str) -> None:
    source = SourceText("a", text)
    for offset, character in enumerate(text):
        line, column = source.position(offset)
        assert character in "\r\n" or source.line(line)[column - 1] == character
