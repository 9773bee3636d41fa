"""Looking for many marks at once finds what looking for each of them finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revox_sync.lint.checks.todo_markers import CASELESS, EXACT, todo_markers
from revox_sync.lint.checks.todo_markers import marker_forms as left_over_forms_in
from revox_sync.values.credential_patterns import FORMS, credential_forms, credentials
from revox_sync.values.substring_search import SubstringIndex

MARKS = ["sk-", "AKIA", "asic ", " \n,.eaoinrtlu", " ", "lorem ipsum", "ter]", "@"]
pieces = st.sampled_from([*MARKS, *(each.mark for each in FORMS), *EXACT, *CASELESS, "é", "\udce9", "\n", "Zz", "😀"])
texts = st.lists(pieces | st.text(max_size=5), max_size=6).map("".join)


@given(text=texts)
def test_a_mark_is_found_where_it_is(text: str) -> None:
    assert SubstringIndex((each, each) for each in MARKS).found_in(text) == [each for each in MARKS if each in text]
    known = [each for each in FORMS if each.before is None]
    assert [each for each in credential_forms(text) if each in known] == [each for each in known if each.mark in text]


@given(text=texts)
def test_without_case_it_is_found_in_every_spelling(text: str) -> None:
    marks = SubstringIndex(((each, each) for each in CASELESS), caseless=True)
    for spelling in (text, text.upper(), text.swapcase()):
        assert marks.found_in(spelling) == [each for each in CASELESS if each in spelling.lower()]


@given(text=texts)
def test_marks_hide_nothing(text: str) -> None:
    assert list(credentials(text, credential_forms(text))) == list(credentials(text))
    assert todo_markers(text, left_over_forms_in(text)) == todo_markers(text, [*EXACT.values(), *CASELESS.values()])


@pytest.mark.parametrize("mark", CASELESS)
def test_marks_without_case_are_lower_case_ascii(mark: str) -> None:
    assert mark.isascii()
    assert mark == mark.lower()
