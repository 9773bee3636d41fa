"""What the code cites exists: `docs/design.md, "Lock"` is a page of this repository with a heading of that text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.checkout import ROOT, project_files

CITATION = re.compile(r'(docs/[\w/.-]+\.md),? (?:section )?"([^"\n]+)"')
PAGE = re.compile(r"\bdocs/[\w/-]+\.md\b")
HEADING = re.compile(r"^#+ (?:[\d.]+ )?(.+?)\s*$", re.MULTILINE)


def texts() -> Iterator[tuple[str, str]]:
    for path in project_files():
        if path.suffix in {".py", ".md", ".json", ".yml", ".yaml"} or path.name == "Makefile":
            yield str(path), (ROOT / path).read_text("utf-8", errors="replace")


def headings(page: str) -> set[str]:
    return set(HEADING.findall((ROOT / page).read_text("utf-8")))


def unknown_citations(name: str, text: str) -> list[str]:
    """Citations of a heading, or of a page, that does not exist; a citation may go on behind a line break."""
    joined = re.sub(r"\s*\n\s*(?:#\s*)?", " ", text)
    pages = [page for page in PAGE.findall(joined) if not (ROOT / page).is_file()]
    cited = [pair for pair in CITATION.findall(joined) if (ROOT / pair[0]).is_file()]
    return [
        *(f"{name}: {page} does not exist" for page in pages),
        *(f"{name}: {page} has no heading {heading!r}" for page, heading in cited if heading not in headings(page)),
    ]


def test_cited_sections_exist() -> None:
    found = [
        fault for name, text in texts() for fault in unknown_citations(name, text) if name != "tests/test_citations.py"
    ]
    assert found == []


def test_enough_is_cited_for_the_test_to_mean_something() -> None:
    assert sum(len(CITATION.findall(text)) for name, text in texts() if name.startswith("revox_sync")) > 30


@pytest.mark.parametrize(
    "text",
    ['# as in docs/design.md, "No such heading"', '"""See docs/nothing.md."""', '# docs/design.md,\n# "No such one"'],
)
def test_a_citation_of_nothing_is_found(text: str) -> None:
    assert unknown_citations("x.py", text)


def test_a_citation_of_something_is_not_found() -> None:
    assert unknown_citations("x.py", '# docs/design.md, "Lock"; docs/api.md, "Endpoints"') == []
