"""Differences: what stands on one line, and how everything else is written out."""

from __future__ import annotations

from typing import Any

import pytest

from revox_sync.output.page.field_view import FieldView

TOOL = {"name": "t", "headers": [{"key": "a", "value": "b"}, {"key": "c", "value": "d"}], "tags": ["x"], "empty": {}}


@pytest.mark.parametrize(
    ("before", "after", "sign", "inline"),
    [
        (1.0, 1.1, "~", ("1.0", "1.1")),
        ("A", None, "-", ('"A"', "(unset)")),
        (None, "", "+", ('""',)),
        (None, "an\x1b \u202e", "+", ('"an\\u001b <U+202E>"',)),
        ([1], ["a", [], {}], "~", ("[1]", '["a", [], {}]')),
        ("one", "one\n", "~", None),
        (None, {"a": 1}, "+", None),
        (None, [[1]], "+", None),
        ([{"a": 1}], [], "~", None),
    ],
)
def test_what_stands_on_one_line(before: Any, after: Any, sign: str, inline: tuple[str, ...] | None) -> None:
    assert FieldView("x", sign, before=before, after=after).inline == inline


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ([1, "a"], ["- 1", '- "a"']),
        ({"a": 1, "b": {"c": None}}, ["a: 1", "b:", "  c: null"]),
        ({"text": "one\n  two\n"}, ["text: |", "  one", "    two", "  "]),
        (
            [TOOL, {"name": "u"}],
            [
                '- name: "t"',
                "  headers:",
                '    - key: "a"',
                '      value: "b"',
                '    - key: "c"',
                '      value: "d"',
                '  tags: ["x"]',
                "  empty: {}",
                '- name: "u"',
            ],
        ),
    ],
)
def test_lists_and_mappings_have_a_line_per_field(value: Any, lines: list[str]) -> None:
    (hunk,) = FieldView("x", "+", after=value).lines.hunks
    assert [(line.sign, line.text) for line in hunk.lines] == [("+", line) for line in lines]


def test_of_two_lists_only_the_fields_that_differ_have_a_sign() -> None:
    moved = [{**TOOL, "name": "v"}]
    (hunk,) = FieldView("x", "~", before=[TOOL], after=moved).lines.hunks
    assert [line.text for line in hunk.lines if line.sign != " "] == ['- name: "t"', '- name: "v"']


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("one", "one two", "3 → 7 characters, 1 → 2 words"),
        (None, "x", "1 character, 1 word"),
        ("x " * 1000, None, "2,000 characters, 1,000 words"),
        ([1], [1, 2], "1 → 2 elements"),
        (None, [1], "1 element"),
        (1, [1], ""),
        ({"a": 1}, None, ""),
    ],
)
def test_size(before: Any, after: Any, words: str) -> None:
    assert FieldView("x", "~", before=before, after=after).size == words


@pytest.mark.parametrize(
    ("path", "before", "after", "is_long"),
    [
        ("prompt", None, "x" * 501, True),
        ("structured_output_prompt", None, "x" * 501, True),
        ("prompt", None, "x" * 500, False),
        ("prompt", "x", "x" * 501, False),
        ("first_sentence", None, "x" * 501, False),
        ('faq_items["a"].answer', None, "x" * 501, False),
        ("prompt", None, ["x" * 501], False),
    ],
)
def test_only_a_new_prompt_can_be_too_long(path: str, before: Any, after: Any, is_long: bool) -> None:  # noqa: FBT001
    assert FieldView(path, "+", before=before, after=after).is_long_prompt is is_long
