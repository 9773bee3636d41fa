from __future__ import annotations

from revox_sync.output.text.style import ansi, no_style
from revox_sync.output.text.unified_diff import text_diff

LINES = "".join(f"line {number}\n" for number in range(1, 12))


def test_equal_texts_have_no_diff() -> None:
    assert text_diff("a.yaml", LINES, LINES, no_style) == ""
    assert text_diff("a.yaml", "", "", no_style) == ""


def test_changed_lines_stand_between_three_others() -> None:
    assert text_diff("a.yaml", LINES, LINES.replace("line 6\n", "line six\nand more\n"), no_style) == (
        "--- a.yaml\n+++ a.yaml\n@@ -3,7 +3,8 @@\n line 3\n line 4\n line 5\n-line 6\n+line six\n+and more\n line 7\n"
        " line 8\n line 9\n"
    )


def test_line_breaks_are_no_part_of_a_line() -> None:
    after = "a: 1\r\nb: 3\r\n"
    assert text_diff("a.yaml", "a: 1\r\nb: 2\r\n", after, no_style) == (
        "--- a.yaml\n+++ a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n"
    )


def test_a_missing_final_line_break_is_told() -> None:
    assert text_diff("a.yaml", "a: 1", "a: 1\n", no_style) == (
        "--- a.yaml\n+++ a.yaml\n@@ -1 +1 @@\n-a: 1\n\\ No newline at end of file\n+a: 1\n"
    )


def test_hostile_text_is_spelt_out() -> None:
    diff = text_diff("a\x1b[2J.yaml", "a: \u202ex\n", "a: \x1b[31mx\u2028\n", no_style)
    assert diff == (
        "--- a<U+001B>[2J.yaml\n+++ a<U+001B>[2J.yaml\n@@ -1 +1 @@\n-a: <U+202E>x\n+a: <U+001B>[31mx<U+2028>\n"
    )


def test_lines_that_look_like_a_head_are_lines() -> None:
    diff = text_diff("a.yaml", "-- a\n", "++ a\n", no_style)
    assert diff == "--- a.yaml\n+++ a.yaml\n@@ -1 +1 @@\n--- a\n+++ a\n"


def test_colours_follow_the_sign() -> None:
    lines = text_diff("a.yaml", "a: 1\nb: 1\n", "a: 2\nb: 1\n", ansi).splitlines()
    assert lines == [
        "\x1b[1m--- a.yaml\x1b[0m",
        "\x1b[1m+++ a.yaml\x1b[0m",
        "\x1b[2m@@ -1,2 +1,2 @@\x1b[0m",
        "\x1b[31m-a: 1\x1b[0m",
        "\x1b[32m+a: 2\x1b[0m",
        " b: 1",
    ]
