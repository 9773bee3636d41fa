"""HTML in which text stays text."""

from __future__ import annotations

import pytest

from revox_sync.output.markup.html import Markup, element, joined


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (element("p", "<b>", Markup("<i></i>")), "<p>&lt;b&gt;<i></i></p>"),
        (
            element("p", title="\"'<", class_="a b", data_x="1"),
            '<p title="&quot;&#x27;&lt;" class="a b" data-x="1"></p>',
        ),
        (element("input", name="n", hidden=""), '<input name="n" hidden="">'),
        (joined("a&b", Markup("<br>")), "a&amp;b<br>"),
    ],
)
def test_text_never_becomes_markup(made: Markup, expected: str) -> None:
    assert made == expected
