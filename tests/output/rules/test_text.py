"""Rules for people."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import pytest

from revox_sync.lint.model.rule import Rule
from revox_sync.lint.registry import all_rules, find_rule
from revox_sync.output.rules import text as rules_text
from revox_sync.output.text.style import ansi, no_style
from revox_sync.output.text.visible import columns
from revox_sync.usecases.lint.rule_pages import brief_pages, full_page
from tests.conftest import Golden
from tests.output.rules.pages import OFF, PAGE, WITH_EXAMPLES

ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")


def test_page_as_text(golden: Golden) -> None:
    golden("rules/page.txt", rules_text.render(WITH_EXAMPLES, no_style, 60))


@pytest.mark.parametrize("width", [40, 80, 300])
@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_prose_fits_the_width(rule: type[Rule], width: int) -> None:
    brief = next(each for each in brief_pages() if each.code == rule.code)
    lines = rules_text.render(brief, no_style, width).splitlines()
    too_wide = [line for line in lines[1:] if columns(line) > min(width, rules_text.MOST_COLUMNS) and " " in line]
    assert too_wide == []


def test_colour_adds_nothing_else() -> None:
    pages = brief_pages()
    assert ANSI.sub("", rules_text.rules_table(pages, ansi, 80)) == rules_text.rules_table(pages, no_style, 80)
    one = full_page(find_rule("RVX101"))
    assert ANSI.sub("", rules_text.render(one, ansi, 80)) == rules_text.render(one, no_style, 80)
    assert "\x1b[" in rules_text.render(one, ansi, 80)


def test_rule_that_is_off_says_so() -> None:
    assert rules_text.render(OFF, no_style, 80).startswith("RVX604 x (info, off by default)\n")


def test_the_table_names_every_rule() -> None:
    table = rules_text.rules_table(brief_pages(), no_style, 100)
    assert [rule.code for rule in all_rules() if rule.code not in table or rule.name not in table] == []


def test_a_long_headline_goes_on_below_itself() -> None:
    lines = rules_text.rules_table(
        [replace(PAGE, headline="A headline of a few more words.")], no_style, 48
    ).splitlines()
    assert lines[1:] == ["RVX201  a-name  warning  A headline of a few more", " " * 25 + "words."]
