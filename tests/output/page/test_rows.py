"""Cards and notes, laid out for a width."""

from __future__ import annotations

import pytest

from revox_sync.lint.model.finding import Severity
from revox_sync.output.page.field_view import FieldView, field_views
from revox_sync.output.page.model import Card, CardKind, FindingView, Note
from revox_sync.output.page.rows import card_rows, finding_rows, note_lines, sizes, variable_notices
from revox_sync.output.page.text_hunks import compare_texts
from revox_sync.output.text.visible import columns
from tests.output.samples import ENGLISH, added, changed, removed


def card(
    *fields: FieldView, kind: CardKind = CardKind.UPDATE, new: tuple[str, ...] = (), text: str | None = None
) -> Card:
    return Card(kind, "a", "A", "will be updated", fields=fields, new_variables=new, text=text, sides="server → file")


def shown(entry: Card, width: int = 80, *, whole: bool = False) -> list[tuple[str, str]]:
    return [(row.sign, row.text) for row in card_rows(entry, width, whole=whole)]


def test_values_stand_below_each_other() -> None:
    fields = field_views(
        [changed("name", "A", "B"), changed("voice.speed", 1.0, 1.1), added("sms_enabled", value=True)]
    )
    assert shown(card(*fields))[1:] == [
        ("~", 'name        "A" → "B"'),
        ("~", "voice.speed 1.0 → 1.1"),
        ("+", "sms_enabled true"),
    ]


def test_a_very_long_path_moves_no_other() -> None:
    fields = field_views([changed("x" * 50, 1, 2), changed("name", "A", "B")])
    assert shown(card(*fields))[2] == ("~", 'name "A" → "B"')


@pytest.mark.parametrize(
    ("sign", "words"),
    [("+", "(sensitive value)"), ("-", "(sensitive value removed)"), ("~", "(sensitive value changed)")],
)
def test_a_secret_has_no_value(sign: str, words: str) -> None:
    assert shown(card(FieldView("key", sign, sensitive=True)))[1:] == [(sign, f"key {words}")]


def test_a_removed_text_is_shown_line_by_line_only_where_all_is_wanted() -> None:
    fields = field_views([removed("prompt", ENGLISH)])
    assert len(shown(card(*fields))) == 2
    assert ("-", "# Role") in shown(card(*fields), whole=True)


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_row_of_a_text_is_wider_than_asked_for(width: int) -> None:
    fields = field_views([changed("prompt", ENGLISH, ENGLISH.replace("two slots", "日本 " * 40))])
    rows = list(card_rows(card(*fields), width, whole=True))
    assert [row.text for row in rows if row.depth and columns(row.text) + 8 > width] == []
    assert any(row.continued for row in rows)


def test_a_continued_line_is_as_far_in_as_its_beginning() -> None:
    fields = field_views([changed("prompt", "a\n", "a\n    " + "word " * 20)])
    continued = [row.text for row in card_rows(card(*fields), 40, whole=True) if row.continued]
    assert continued
    assert all(text.startswith("    word") for text in continued)


@pytest.mark.parametrize(
    ("kind", "new", "gone", "notices"),
    [
        (CardKind.UPDATE, (), (), []),
        (CardKind.UPDATE, ("a",), (), ["new variable {{a}}: from now on every caller has to fill it in"]),
        (CardKind.UPDATE, ("a", "b"), (), ["new variables {{a}}, {{b}}: from now on every caller has to fill them in"]),
        (CardKind.CREATE, ("a",), (), ["uses {{a}}: every caller has to fill it in"]),
        (CardKind.CREATE, ("a", "b"), (), ["uses {{a}}, {{b}}: every caller has to fill them in"]),
        (CardKind.UPDATE, (), ("a", "b"), ["no longer used: {{a}}, {{b}}"]),
    ],
)
def test_placeholders_are_explained(
    kind: CardKind, new: tuple[str, ...], gone: tuple[str, ...], notices: list[str]
) -> None:
    assert variable_notices(Card(kind, "a", "A", "", new_variables=new, gone_variables=gone)) == notices


def test_a_new_finding_asks_for_attention_and_one_that_is_gone_does_not() -> None:
    signs = [
        [row.sign for row in finding_rows(FindingView(is_new, Severity.ERROR, "RVX101 x", "wrong", "a.yaml:1:1"), 80)]
        for is_new in (True, False)
    ]
    assert signs == [["!"], [" "]]


def test_rows_of_a_note_stand_in_columns_as_far_as_they_fit() -> None:
    note = Note("In the lock:", (("a", '"A"', "asst_1"), ("longer", '"B"', "asst_2")))
    assert list(note_lines(note, 80)) == ["In the lock:", '  a        "A"   asst_1', '  longer   "B"   asst_2']
    assert list(note_lines(note, 20))[1:] == ['  a "A" asst_1', '  longer "B" asst_2']


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("one", "one two", "3 → 7 characters, 1 → 2 words"),
        (None, "x", "1 character, 1 word"),
        ("x " * 1000, None, "2,000 characters, 1,000 words"),
    ],
)
def test_sizes(before: str | None, after: str | None, words: str) -> None:
    assert sizes(compare_texts(before, after)) == words
