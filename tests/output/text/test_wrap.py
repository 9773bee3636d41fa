"""Sentences and marked lines, broken at their spaces."""

from __future__ import annotations

import pytest

from revox_sync.output.text.visible import columns
from revox_sync.output.text.wrap import wrap_pieces, wrap_text


@pytest.mark.parametrize(
    ("pieces", "room", "rows"),
    [
        ([("one two", False)], 20, [[("one two", False)]]),
        ([("one two three", False)], 8, [[("one two", False)], [("three", False)]]),
        (
            [("one ", False), ("two", True), (" three", False)],
            8,
            [[("one ", False), ("two", True)], [("three", False)]],
        ),
        ([("abcdefgh", True)], 3, [[("abc", True)], [("def", True)], [("gh", True)]]),
        ([("  indented", False)], 20, [[("  indented", False)]]),
        ([("", False)], 20, [[]]),
        ([("   ", False)], 20, [[]]),
        ([("日本 日本", False)], 5, [[("日本", False)], [("日本", False)]]),
    ],
)
def test_lines_flow(pieces: list[tuple[str, bool]], room: int, rows: list[list[tuple[str, bool]]]) -> None:
    assert wrap_pieces(pieces, room) == rows


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two", 20, ["one two"]),
        ("one two three", 8, ["one two", "  three"]),
        ("see `revox-sync plan` first", 20, ["see", "  `revox-sync plan`", "  first"]),
        ("well-known-word", 8, ["well-kno", "  wn-wor", "  d"]),
        ("a\x1b[2Jb", 20, ["a<U+001B>[2Jb"]),
        ("", 20, [""]),
    ],
)
def test_sentences_are_wrapped(text: str, width: int, lines: list[str]) -> None:
    assert wrap_text(text, width) == lines


def test_the_first_line_and_the_others_have_indents_of_their_own() -> None:
    assert wrap_text("one two three", 9, "- ", "  ") == ["- one two", "  three"]


@pytest.mark.parametrize("width", [10, 20, 40, 80])
def test_no_line_is_wider_than_asked_for_and_no_word_is_lost(width: int) -> None:
    text = "Say `apply --on-drift revert`, then wait for the answer of the server and look at it."
    lines = wrap_text(text, width)
    assert [line for line in lines if columns(line) > width] == []
    assert "".join("".join(lines).split()) == "".join(text.split())
