from __future__ import annotations

from tests.lint.quality.corpus import CODES, Quality, corpus, measure

FILES = corpus()


def test_lint_finds_what_reviewers_find_and_little_else() -> None:
    quality = measure(FILES)
    assert quality.precision >= 0.98, quality.wrong
    assert quality.recall >= 0.9, quality.missed


def test_the_corpus_is_large_enough_and_every_word_means_a_rule() -> None:
    assert len(FILES) >= 190
    assert len({name.split("/")[1][:2] for name in (file.name for file in FILES) if name[0] != "s"}) == 8
    words = {word for file in FILES for words in file.faults.values() for word in words} - {"~"}
    assert words == CODES.keys()


def test_precision_and_recall() -> None:
    assert Quality(2, 4, 9, ("a",), (), ("b",)).precision == 0.9
    assert Quality(2, 4, 9, ("a",), (), ("b",)).recall == 0.75
