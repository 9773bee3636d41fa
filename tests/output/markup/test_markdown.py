"""Hostile text in Markdown, as a CommonMark parser reads it."""

from __future__ import annotations

import pytest

from revox_sync.output.markup.markdown import clipped, code_element, code_span, fence, table_cell, table_row
from tests.output.page.test_to_markdown import parser, tokens
from tests.output.samples import HOSTILE, MARKUP

CELLS = ["a|b", "a\\|b", "a\\\\|b", "`|`", "\\", "|", "``", "` |", HOSTILE, MARKUP, "a\nb", " a "]


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_stays_one_cell(text: str) -> None:
    found = tokens(f"| one | two |\n| --- | --- |\n| {table_cell(text)} | next |\n")
    assert [each.type for each in found if each.type == "td_open"] == ["td_open"] * 2
    assert [each.content for each in found if each.type == "text"] == ["one", "two", "next"]


@pytest.mark.parametrize("text", [each for each in CELLS if "\n" not in each and each != HOSTILE])
def test_a_span_shows_its_text(text: str) -> None:
    (found,) = (each for each in tokens(f"before {code_span(text)} after") if each.type == "code_inline")
    assert found.content.strip() == text.strip()


def test_nothing_has_no_span() -> None:
    assert code_span(" ") == table_cell("") == ""


@pytest.mark.parametrize("lines", [["```"], ["a ```` b", "`````"], ["~~~"], [""], []])
def test_a_fence_holds_its_lines(lines: list[str]) -> None:
    (found,) = parser().parse("\n".join([*fence(lines, "diff"), ""]))
    assert found.content.splitlines() == lines


def test_an_element_shows_its_text() -> None:
    assert code_element("<b>\x1b&") == "<code>&lt;b&gt;&lt;U+001B&gt;&amp;</code>"


def test_a_row_has_its_cells() -> None:
    assert table_row(["a", table_cell("b|c")]) == "| a | `b\\|c` |"


@pytest.mark.parametrize(("text", "most", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("\x00", 8, "<U+0000>")])
def test_a_long_text_is_cut_after_it_is_spelt_out(text: str, most: int, shown: str) -> None:
    assert clipped(text, most) == shown
