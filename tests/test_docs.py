"""Generated pages are what the code says, and what other pages show works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from revox_sync.lint.registry import all_rules
from tests.lint.project import lint_files
from tools.make_docs import INDEX, PAGES, REFERENCE, documentation, stale, write
from tools.reference import reference


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return documentation()


def test_pages_on_disk_are_the_generated_ones(pages: dict[str, str]) -> None:
    assert stale(pages, PAGES) == [], "run make docs"


def test_the_reference_is_what_schemas_and_commands_say() -> None:
    assert stale(reference(), REFERENCE) == [], "run make docs"


def test_every_rule_has_a_page_that_shows_what_it_finds(pages: dict[str, str]) -> None:
    assert pages.keys() == {INDEX, *(f"{rule.code}.md" for rule in all_rules())}
    silent = [
        rule.code
        for rule in all_rules()
        if pages[f"{rule.code}.md"].count(f"[{rule.code} {rule.name}]") < len(rule.INVALID)
    ]
    assert silent == []


def test_index_links_every_page(pages: dict[str, str]) -> None:
    assert [rule.code for rule in all_rules() if f"({rule.code}.md)" not in pages[INDEX]] == []


def test_writing_makes_current_and_removes_what_is_left_over(tmp_path: Path) -> None:
    wanted = {"RVX001.md": "one\n", "RVX002.md": "two\n"}
    (tmp_path / "RVX001.md").write_text("old", "utf-8")
    (tmp_path / "RVX999.md").write_text("gone", "utf-8")
    assert stale(wanted, tmp_path) == ["RVX001.md", "RVX002.md", "RVX999.md"]
    assert write(wanted, tmp_path) == ["RVX001.md", "RVX002.md", "RVX999.md"]
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == wanted
    assert stale(wanted, tmp_path) == write(wanted, tmp_path) == []


def test_the_suppressions_of_the_hooks_page_work() -> None:
    page = (Path(__file__).parent.parent / "docs" / "hooks.md").read_text("utf-8")
    (text,) = re.findall(r"```yaml\n(# revox: ignore-file.*?)```", page, re.DOTALL)
    report = lint_files({"assistants/a.yaml": text})
    assert report.findings == ()
    assert sorted(each.finding.code for each in report.suppressed) == ["RVX110", "RVX208", "RVX209"]


def test_the_site_leads_to_every_page() -> None:
    docs = PAGES.parent
    named = set(re.findall(r'"([\w/]+\.md)"', (docs.parent / "zensical.toml").read_text("utf-8")))
    there = {path.relative_to(docs).as_posix() for path in docs.rglob("*.md") if path.parent != PAGES}
    assert named - {f"rules/{INDEX}"} == there
