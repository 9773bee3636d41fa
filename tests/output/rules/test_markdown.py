"""Rules as Markdown."""

from __future__ import annotations

from revox_sync.lint.model.finding import Severity
from revox_sync.output.rules import markdown as rules_markdown
from revox_sync.output.rules.page import RuleExample, RulePage
from tests.conftest import Golden
from tests.output.findings import HOSTILE
from tests.output.rules.pages import OFF, PAGE, WITH_EXAMPLES


def test_page_as_markdown(golden: Golden) -> None:
    golden("rules/page.md", rules_markdown.render(WITH_EXAMPLES))


def test_markdown_index_links_and_escapes() -> None:
    table = rules_markdown.rules_index([PAGE], link=lambda page: f"{page.code}.md")
    assert "## RVX2 Prompt and variables" in table
    assert r"| [RVX201](RVX201.md) | a-name | warning | A headline \| with a bar. |" in table


def test_hostile_example_stays_in_its_fence() -> None:
    example = RuleExample((("assistants/a.yaml", ("````", "# heading")),), HOSTILE.findings)
    rendered = rules_markdown.render(RulePage("RVX101", "x", Severity.ERROR, "X.", (), (example,)))
    assert "`````yaml\n````\n# heading\n`````\n" in rendered
    assert rendered.replace("\n", "").isprintable()


def test_rule_that_is_off_says_so() -> None:
    assert "Severity: info, off by default." in rules_markdown.render(OFF)
