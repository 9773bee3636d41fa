"""Pages, read from the documentation of rules."""

from __future__ import annotations

import pytest

from revox_sync.lint.model.finding import Severity
from revox_sync.lint.registry import all_rules
from revox_sync.output.rules.page import families, read_page
from tests.output.rules.pages import OFF, PAGE, WITH_EXAMPLES


def test_paragraphs_become_sections() -> None:
    sections = [(each.title, each.text) for each in PAGE.sections]
    assert sections == [("Note", "Before."), ("What it finds", "That.\n\nMore of\nthat."), ("Instead", "This.")]


@pytest.mark.parametrize(("text", "sections"), [("Head.", []), ("Head.\n\nMore.", [("Note", "More.")])])
def test_a_page_may_have_no_titles(text: str, sections: list[tuple[str, str]]) -> None:
    page = read_page("RVX101", "a-name", Severity.ERROR, text)
    assert page.headline == "Head."
    assert [(section.title, section.text) for section in page.sections] == sections


def test_the_level_says_whether_somebody_has_to_select_the_rule() -> None:
    assert (PAGE.level, OFF.level) == ("warning", "info, off by default")


def test_parts_without_examples_have_no_title() -> None:
    assert PAGE.examples == []
    assert [title for title, _ in WITH_EXAMPLES.examples] == ["Reported", "Not reported"]


def test_rules_stand_in_their_families() -> None:
    found = [(title, [page.code for page in rules]) for title, rules in families([PAGE, PAGE, OFF])]
    assert found == [("RVX2 Prompt and variables", ["RVX201", "RVX201"]), ("RVX6 Project", ["RVX604"])]


def test_every_rule_has_a_family() -> None:
    pages = [read_page(rule.code, rule.name, rule.severity, rule.page()) for rule in all_rules()]
    assert all(page.family_name for page in pages)
