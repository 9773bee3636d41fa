"""Pages of rules, whose examples are linted."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from revox_sync.lint.model.rule import ADDRESS_OF_EXAMPLES
from revox_sync.lint.registry import all_rules, find_rule
from revox_sync.output.rules import markdown as rules_markdown
from revox_sync.usecases.lint.rule_pages import brief_pages, full_page
from revox_sync.values.invisible import has_invisible


@pytest.mark.parametrize("code", ["RVX001", "RVX009", "RVX010"])
def test_examples_with_odd_bytes_can_be_printed(code: str) -> None:
    rendered = rules_markdown.render(full_page(find_rule(code)))
    assert not has_invisible(rendered)
    assert re.search(r"<U\+(0009|202E|FEFF)>", rendered)


@pytest.mark.parametrize("code", ["RVX001", "RVX009", "RVX010"])
def test_the_command_of_an_example_makes_its_file(code: str, tmp_path: Path) -> None:
    rule = find_rule(code)
    (tmp_path / "assistants").mkdir()
    page = full_page(rule)
    examples = zip([*rule.INVALID, *rule.VALID], [*page.invalid, *page.valid], strict=True)
    made = [(example, shown.commands) for example, shown in examples if shown.commands]
    assert made
    for example, commands in made:
        subprocess.run(["sh", "-e", "-c", "\n".join(commands)], cwd=tmp_path, check=True)
        body = example.text.encode() if isinstance(example.text, str) else example.text
        assert (tmp_path / ADDRESS_OF_EXAMPLES).read_bytes() == body


def test_brief_pages_are_in_order_of_code_and_without_examples() -> None:
    pages = brief_pages()
    assert [page.code for page in pages] == sorted(rule.code for rule in all_rules())
    assert [page.code for page in pages if page.invalid or page.valid] == []


@pytest.mark.parametrize("code", ["RVX101", "RVX002", "RVX604"])
def test_invalid_examples_show_what_the_rule_finds_and_valid_ones_nothing(code: str) -> None:
    page = full_page(find_rule(code))
    assert page.invalid
    assert all({finding.code for finding in example.findings} == {code} for example in page.invalid)
    assert [example.findings for example in page.valid if example.findings] == []
