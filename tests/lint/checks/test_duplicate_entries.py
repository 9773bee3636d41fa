from __future__ import annotations

import pytest

from revox_sync.lint.checks.duplicate_entries import Duplicate, duplicate_hit, duplicates, entry_hit, plain_words
from revox_sync.source.model.amendment import Remove
from tests.lint.project import subject_of

FAQ = "name: A\nprompt: Hi\nfaq_items: [{question: Q, answer: A}, {question: Q, answer: %s}]\n"


def test_every_later_occurrence_is_a_duplicate_of_the_first() -> None:
    pairs = [((index,), text) for index, text in enumerate(["a", "b", "a", 1, 1, "", "", "a"])]
    assert list(duplicates(pairs)) == [Duplicate((2,), (0,), "a"), Duplicate((7,), (0,), "a")]


@pytest.mark.parametrize("text", ["Is it open?", "is  it - open", "ÌS IT ÓPEN ?"])
def test_words_as_a_listener_hears_them(text: str) -> None:
    assert plain_words(text) == "is it open"


@pytest.mark.parametrize(("answer", "removed"), [("A", ("faq_items", 1)), ("B", None)])
def test_only_an_equal_entry_can_be_removed(answer: str, removed: tuple[str | int, ...] | None) -> None:
    subject = subject_of(FAQ % answer)
    duplicate = Duplicate(("faq_items", 1, "question"), ("faq_items", 0, "question"), "Q")
    hit = entry_hit(subject, subject.value["faq_items"], duplicate, "question")
    assert (hit.fix.amendments if hit.fix else None) == ((Remove(removed),) if removed else None)


def test_a_long_text_is_cut_in_the_message() -> None:
    duplicate = Duplicate(("faq_items", 1), ("faq_items", 0), "x" * 61)
    assert duplicate_hit(subject_of(FAQ % "A"), duplicate, "entry").message == f"the entry `{'x' * 57}…` appears twice"
