"""Texts without what makes no difference."""

from __future__ import annotations

import pytest

from revox_sync.values.outer_lines import as_written, with_line_feeds, without_outer_lines


@pytest.mark.parametrize(
    ("text", "bare", "written"),
    [
        ("a", "a", "a"),
        ("a\r\nb\rc\n", "a\nb\nc", "a\nb\nc\n"),
        ("\r\n \t\r\n  a\n\nb \n \n", "  a\n\nb", "  a\n\nb\n"),
        ("\n\n\n", "", "\n\n\n"),
        ("\r\n \r", "", "\n \n"),
        ("", "", ""),
        ("short ", "short", "short "),
        ("long" * 20 + " \t", "long" * 20, "long" * 20),
        ("  " + "long" * 20, "  " + "long" * 20, "  " + "long" * 20),
        ("a\nb\xa0", "a\nb", "a\nb\xa0"),
        ("a \nb", "a \nb", "a \nb"),
    ],
)
def test_forms_of_a_text(text: str, bare: str, written: str) -> None:
    assert without_outer_lines(text) == bare
    assert as_written(text) == written
    assert without_outer_lines(written) == bare


def test_line_feeds() -> None:
    assert with_line_feeds("\r\r\n\n\r") == "\n\n\n\n"
