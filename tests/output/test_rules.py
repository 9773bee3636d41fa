from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Final

import pytest
from jsonschema import Draft202012Validator

from revox_sync.cli.reports.rule_pages import brief_pages, full_page
from revox_sync.contract.schema_files import load_schema
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.rule import Rule
from revox_sync.lint.registry import all_rules, find_rule
from revox_sync.output.rules import json as rules_json
from revox_sync.output.rules import markdown as rules_markdown
from revox_sync.output.rules import text as rules_text
from revox_sync.output.rules.page import RuleExample, RulePage, read_page
from revox_sync.output.text.style import ansi, no_style
from revox_sync.output.text.visible import columns
from tests.conftest import Golden
from tests.output.findings import AMBIGUOUS, HOSTILE, UNKNOWN

CODES: Final = ["RVX003", "RVX010", "RVX101", "RVX601"]
ANSI: Final = re.compile(r"\x1b\[[0-9;]*m")
VALIDATOR: Final = Draft202012Validator(dict(load_schema("rules")))
TEXT: Final = "A headline | with a bar.\n\nBefore.\n\nWhat it finds: that.\n\nMore of\nthat.\n\nInstead: this."


def page() -> RulePage:
    return read_page("RVX201", "a-name", Severity.WARNING, TEXT)


def page_with_examples() -> RulePage:
    several = RuleExample((("assistants/a.yaml", ("name: A", "promt: |", "  Hi")), ("b.md", ())), (UNKNOWN, AMBIGUOUS))
    return replace(page(), invalid=(several,), valid=(RuleExample((("assistants/a.yaml", ("name: A",)),), ()),))


def test_page_as_text(golden: Golden) -> None:
    golden("rules/page.txt", rules_text.render(page_with_examples(), no_style, 60))


def test_page_as_markdown(golden: Golden) -> None:
    golden("rules/page.md", rules_markdown.render(page_with_examples()))


def test_paragraphs_become_sections() -> None:
    sections = [(each.title, each.text) for each in page().sections]
    assert sections == [("Note", "Before."), ("What it finds", "That.\n\nMore of\nthat."), ("Instead", "This.")]


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


@pytest.mark.parametrize(
    "table", [rules_text.rules_table(brief_pages(), no_style, 100), rules_json.render(brief_pages())]
)
def test_list_names_every_rule(table: str) -> None:
    assert [rule.code for rule in all_rules() if rule.code not in table or rule.name not in table] == []


@pytest.mark.parametrize("examples", [True, False])
def test_json_is_valid(*, examples: bool) -> None:
    pages = [full_page(find_rule(code)) for code in CODES] if examples else brief_pages()
    document = json.loads(rules_json.render(pages))
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert [each["code"] for each in document["rules"]] == [each.code for each in pages]


def test_rule_that_is_off_says_so() -> None:
    off = read_page("RVX604", "x", Severity.INFO, TEXT, default=False)
    assert rules_text.render(off, no_style, 80).startswith("RVX604 x (info, off by default)\n")
    assert "Severity: info, off by default." in rules_markdown.render(off)
    assert json.loads(rules_json.render([off]))["rules"][0]["default"] is False


def test_json_places_findings() -> None:
    (rule,) = json.loads(rules_json.render([full_page(find_rule("RVX101"))]))["rules"]
    example = rule["examples"]["invalid"][0]
    assert example["files"] == [{"path": "assistants/example.yaml", "text": "name: A\npromt: Hi\n"}]
    assert [(each["line"], each["column"]) for each in example["findings"]] == [(2, 1)]


def test_markdown_index_links_and_escapes() -> None:
    table = rules_markdown.rules_index([page()], link=lambda each: f"{each.code}.md")
    assert "## RVX2 Prompt and variables" in table
    assert r"| [RVX201](RVX201.md) | a-name | warning | A headline \| with a bar. |" in table


def test_hostile_example_stays_in_its_fence() -> None:
    example = RuleExample((("assistants/a.yaml", ("````", "# heading")),), HOSTILE.findings)
    rendered = rules_markdown.render(RulePage("RVX101", "x", Severity.ERROR, "X.", (), (example,)))
    assert "`````yaml\n````\n# heading\n`````\n" in rendered
    assert rendered.replace("\n", "").isprintable()


@pytest.mark.parametrize("code", ["RVX001", "RVX009", "RVX010"])
def test_examples_with_odd_bytes_can_be_printed(code: str) -> None:
    rendered = rules_markdown.render(full_page(find_rule(code)))
    assert rendered.replace("\n", "").isprintable()
    assert re.search(r"<U\+(0009|202E|FEFF)>", rendered)
