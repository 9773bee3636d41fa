"""Colours and links as arguments."""

from __future__ import annotations

import pytest

from revox_sync.output.text.style import Style, ansi, file_links, no_style, painter, unlinked


@pytest.mark.parametrize("style", Style)
def test_colour_ends_where_the_text_ends(style: Style) -> None:
    assert ansi("text", style) == f"\x1b[{style}m" + "text" + "\x1b[0m"
    assert no_style("text", style) == "text"


def test_nothing_is_not_coloured() -> None:
    assert ansi("", Style.BOLD) == ""


def test_the_caller_decides() -> None:
    assert painter(color=True) is ansi
    assert painter(color=False) is no_style


def test_a_link_leads_to_the_file_and_shows_the_text() -> None:
    assert file_links("/project")("a.yaml:3", "assistants/a b.yaml") == (
        "\x1b]8;;file:///project/assistants/a%20b.yaml\x1b\\a.yaml:3\x1b]8;;\x1b\\"
    )
    assert unlinked("a.yaml:3", "a.yaml") == "a.yaml:3"


def test_a_file_name_cannot_end_the_link() -> None:
    link = file_links("/project")("text", "\x1b\\\x07.yaml")
    assert link.count("\x1b") == 4
    assert "\x07" not in link
