"""Results that are remembered, and when they are forgotten. Whole runs are tested in `usecases/lint`."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.lint.cache.cache import Cache
from revox_sync.lint.model.file_result import AssistantFact, EnvironmentResult, FileResult, UnreadLines
from revox_sync.lint.model.finding import (
    Finding,
    FindingFix,
    FixedRegion,
    LintReport,
    Region,
    RelatedRegion,
    Severity,
    SuppressedFinding,
)
from revox_sync.source.files.tree import DiskTree
from revox_sync.source.workspace import AssistantFile

FILE = AssistantFile("a", "assistants/a.yaml")
REGION = Region("assistants/a.yaml", 1, 2, 3, 4)
FINDING = Finding(
    "RVX101",
    "unknown-field",
    Severity.WARNING,
    "message",
    "label",
    REGION,
    "excerpt",
    (RelatedRegion("see", REGION),),
    FindingFix("title", safe=True, edits=(FixedRegion(REGION, "text"),)),
)
PLAIN = FINDING._replace(related=(), fix=None)
FACT = AssistantFact("a", "assistants/a.yaml", "A", hidden=True)
RESULT = FileResult(
    (EnvironmentResult(None, (FINDING, PLAIN), FACT), EnvironmentResult("e", (), None)),
    read=frozenset({"text.md"}),
    commented=frozenset({"assistants/a.yaml"}),
    unread=(UnreadLines("assistants/a.yaml", 2, 3),),
    complete=True,
)
REPORT = LintReport((FINDING, PLAIN), 1, (SuppressedFinding(PLAIN, "reason"),))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "assistants").mkdir(parents=True)
    (root / "assistants" / "a.yaml").write_text("name: A\n")
    (root / "text.md").write_text("Hi")
    return root


def opened(project: Path, key: str = "key", files_key: str = "files") -> Cache:
    cache = Cache(str(project.parent / "cache" / "lint.json"), key, DiskTree(project), 0)
    cache.open_results(files_key)
    return cache


def filled(project: Path) -> None:
    cache = opened(project)
    cache.keep(FILE, RESULT)
    cache.save([FILE.path], REPORT)


def test_results_and_reports_come_back_as_they_were(project: Path) -> None:
    filled(project)
    cache = opened(project)
    assert cache.recall(FILE) == RESULT
    assert cache.answer() == REPORT
    found = cache.answer()
    assert found is not None
    assert isinstance(found.findings[0].severity, Severity)
    assert isinstance(found.findings[0].region, Region)


@pytest.mark.parametrize("path", ["assistants/a.yaml", "text.md"])
def test_a_result_is_forgotten_when_a_file_it_depends_on_changes(project: Path, path: str) -> None:
    filled(project)
    (project / path).write_text("other")
    cache = opened(project)
    assert cache.recall(FILE) is None
    assert cache.answer() is None


def test_results_with_another_key_are_forgotten(project: Path) -> None:
    filled(project)
    assert opened(project, key="other").answer() is None
    assert opened(project, key="other").recall(FILE) is None
    assert opened(project, files_key="other").recall(FILE) is None
    assert opened(project, files_key="other").answer() == REPORT


def test_without_the_result_of_some_file_the_report_is_not_kept(project: Path) -> None:
    cache = opened(project)
    cache.keep(FILE, RESULT)
    cache.save([FILE.path, "assistants/b.yaml"], REPORT)
    assert opened(project).answer() is None
    assert opened(project).recall(FILE) == RESULT


def test_a_result_that_depends_on_a_missing_file_is_not_kept(project: Path) -> None:
    (project / "text.md").unlink()
    filled(project)
    assert opened(project).recall(FILE) is None


def test_results_of_files_that_are_gone_are_dropped(project: Path) -> None:
    filled(project)
    cache = opened(project)
    other = AssistantFile("b", "text.md")
    cache.keep(other, RESULT)
    cache.save([other.path], None)
    assert opened(project).recall(FILE) is None
    assert opened(project).recall(other) == RESULT
