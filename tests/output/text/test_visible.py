"""Text from files and servers, harmless and measured."""

from __future__ import annotations

import pytest

from revox_sync.output.text.visible import columns, common_width, counted, named, padded, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本", "plain é 日本"),
        ("\x1b[2J", "<U+001B>[2J"),
        ("a\tb", "a b"),
        ("a\nb\r", "a<U+000A>b<U+000D>"),
        ("\u202etxt.exe\u2066", "<U+202E>txt.exe<U+2066>"),
        ("a\u200bb\u2028c", "a<U+200B>b<U+2028>c"),
        ("a\u00a0b\u3000c", "a\u00a0b\u3000c"),
        ("\ud800\U000e0041", "<U+D800><U+E0041>"),
        ("", ""),
    ],
)
def test_what_nobody_sees_is_spelt_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\xa0 \xa0", "<U+00A0 no-break space> <U+00A0 no-break space>"),
        ("\u2028", "<U+2028 line separator>"),
        ("\t", "<tab>"),
        ("\x07", "<U+0007>"),
        ("a\xa0b\t", "a\xa0b "),
        ("  ", "  "),
        ("", ""),
    ],
)
def test_what_looks_like_nothing_is_named(text: str, shown: str) -> None:
    assert named(text) == shown


def test_lines_are_split_before_they_are_spelt_out() -> None:
    assert visible_lines("a\nb\x07\r\nc") == ["a", "b<U+0007>", "c"]


@pytest.mark.parametrize(("text", "number"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("ｱ", 1), ("", 0)])
def test_columns_are_those_of_a_terminal(text: str, number: int) -> None:
    assert columns(text) == number


def test_text_is_padded_by_columns() -> None:
    assert padded("日", 4) + "|" == "日  |"
    assert padded("long", 2) == "long"


def test_the_common_width_leaves_out_what_is_too_long() -> None:
    assert common_width(["a", "日本", "x" * 50], 40) == 4
    assert common_width(["\x00"], 40) == len("<U+0000>")
    assert common_width(["x" * 50], 40) == common_width([], 40) == 0


@pytest.mark.parametrize(("number", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1234, "1,234 files")])
def test_numbers_have_their_word(number: int, text: str) -> None:
    assert counted(number, "file") == text
