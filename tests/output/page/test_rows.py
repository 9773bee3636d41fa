"""Cards and notes, laid out for a width."""

from __future__ import annotations

import pytest

from revox_sync.lint.model.finding import Severity
from revox_sync.output.page.field_view import FieldView, field_views
from revox_sync.output.page.model import Card, CardKind, FindingView, Note
from revox_sync.output.page.rows import card_rows, finding_rows, note_lines, variable_notices
from revox_sync.output.text.visible import columns
from tests.output.samples import ENGLISH, LONG_PROMPT, added, changed, removed


def card(
    *fields: FieldView, kind: CardKind = CardKind.UPDATE, new: tuple[str, ...] = (), text: str | None = None
) -> Card:
    return Card(kind, "a", "A", "will be updated", fields=fields, new_variables=new, text=text, sides="server → file")


def shown(entry: Card, width: int = 80, *, full: bool = False) -> list[tuple[str, str]]:
    return [(row.sign, row.text) for row in card_rows(entry, width, full=full)]


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


@pytest.mark.parametrize("kind", [CardKind.UPDATE, CardKind.DELETE, CardKind.DRIFT])
def test_a_long_prompt_is_shown_whole_where_the_assistant_is_not_new(kind: CardKind) -> None:
    fields = field_views([removed("prompt", LONG_PROMPT), added("voicemail_sms_prompt", LONG_PROMPT)])
    rows = shown(card(*fields, kind=kind))
    assert rows.count(("-", "Stay calm.")) == rows.count(("+", "Stay calm.")) == LONG_PROMPT.count("Stay calm.")


def test_of_a_new_assistant_a_long_prompt_is_shown_by_its_head_unless_all_is_wanted() -> None:
    fields = field_views([added("prompt", LONG_PROMPT), added("first_sentence", "Hello " * 200)])
    rows = shown(card(*fields, kind=CardKind.CREATE))
    lines = LONG_PROMPT.rstrip().count("\n") + 1
    assert [row for row in rows if "more lines" in row[1]] == [(".", f"… {lines - 3} more lines; --full shows all")]
    assert ("+", "# Role") in rows
    assert sum(text.count("Hello") for _, text in rows) == 200
    assert ("+", "Stay calm.") in shown(card(*fields, kind=CardKind.CREATE), full=True)


def test_what_does_not_fit_beside_its_path_stands_below_it() -> None:
    fields = field_views([changed("voice.pronunciation_id", "x" * 30, "y" * 30), changed("x" * 90, "a", None)])
    assert shown(card(*fields), 60)[1:] == [
        ("~", "voice.pronunciation_id 30 → 30 characters, 1 → 1 word"),
        ("-", "x" * 30),
        ("+", "y" * 30),
        ("~", "x" * 56),
        ("~", "x" * 34),
        ("-", "a"),
        ("+", "(unset)"),
    ]


@pytest.mark.parametrize("width", [40, 60, 100])
def test_no_row_of_a_text_is_wider_than_asked_for(width: int) -> None:
    fields = field_views([changed("prompt", ENGLISH, ENGLISH.replace("two slots", "日本 " * 40))])
    rows = list(card_rows(card(*fields), width, full=True))
    assert [row.text for row in rows if row.depth and columns(row.text) + 8 > width] == []
    assert any(row.continued for row in rows)


def test_a_continued_line_is_as_far_in_as_its_beginning() -> None:
    fields = field_views([changed("prompt", "a\n", "a\n    " + "word " * 20)])
    continued = [row.text for row in card_rows(card(*fields), 40, full=True) if row.continued]
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
