"""Results that are remembered, and when they are forgotten. Whole runs are tested in `usecases/lint`."""

from __future__ import annotations

from pathlib import Path

import pytest

from revox_sync.lint.cache.cache import Cache
from revox_sync.lint.engine.engine import lint
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
from revox_sync.source.workspace import AssistantFile, Workspace

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


def test_a_damaged_result_is_none(project: Path) -> None:
    """A bit more is still JSON, and would stop whoever asks which environment it is about."""
    filled(project)
    path = project.parent / "cache" / "lint.json"
    damaged = path.read_bytes().replace(b'["e", [], null]', b'[["e"], [], null]')
    assert damaged != path.read_bytes()
    path.write_bytes(damaged)
    assert opened(project).recall(FILE) is None


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
    cache.save([other.path], REPORT)
    assert opened(project).recall(FILE) is None
    assert opened(project).recall(other) == RESULT


def many(project: Path, number: int) -> list[AssistantFile]:
    files = [AssistantFile(f"n{each}", f"assistants/n{each}.yaml") for each in range(number)]
    for each in files:
        (project / each.path).write_text(f"name: {each.address}\n")
    return files


def own_result(file: AssistantFile) -> FileResult:
    fact = AssistantFact(file.address, file.path, f" {file.address.upper()} ", hidden=False)
    return FileResult((EnvironmentResult(None, (), fact),), frozenset(), frozenset(), (), complete=True)


@pytest.mark.parametrize("number", [1, 40], ids=["few", "many"])
def test_names_are_remembered_with_results(project: Path, number: int) -> None:
    files = many(project, number)
    cache = opened(project)
    for each in files:
        cache.keep(each, own_result(each))
    cache.save([each.path for each in files], REPORT)
    cache = opened(project)
    assert [cache.names(each.path) for each in files] == [{each.address} for each in files]
    (project / files[0].path).write_text("name: other\n")
    assert opened(project).names(files[0].path) is None
    assert opened(project, files_key="other").names(files[-1].path) is None


def test_a_name_that_comes_from_another_file_is_forgotten_with_that(project: Path) -> None:
    filled(project)
    assert opened(project).names(FILE.path) == {"a"}
    (project / "text.md").write_text("other")
    assert opened(project).names(FILE.path) is None


def test_only_files_that_have_not_changed_are_known_to_be_without_a_name(project: Path) -> None:
    files = [*many(project, 3), FILE]

    def settled() -> Cache:
        cache = Cache(str(project.parent / "cache" / "lint.json"), "key", DiskTree(project), 2**62)
        cache.open_results("files")
        return cache

    cache = settled()
    for each in files[:3]:
        cache.keep(each, own_result(each))
    cache.keep(FILE, RESULT)
    cache.save([each.path for each in files], REPORT)
    assert settled().without({"n0"}) == {files[1].path, files[2].path, FILE.path}
    assert settled().without({"a"}) == {each.path for each in files[:3]}
    (project / "text.md").write_text("other")  # the name of one assistant comes from it
    (project / files[1].path).write_text("name: n9\n")
    assert settled().without({"n0"}) == {files[2].path}
    assert opened(project, files_key="other").without({"n0"}) == set()


def test_names_of_files_that_were_only_read_are_remembered_when_they_are_many(project: Path) -> None:
    files = many(project, 40)
    cache = opened(project)
    for each in files:
        assert cache.names(each.path) is None
        cache.keep_names(each.path, {each.address})
    cache.save([each.path for each in files], None)
    cache = opened(project)
    assert [cache.names(each.path) for each in files] == [{each.address} for each in files]
    assert cache.answer() is None


def test_a_run_over_one_file_of_many_changes_only_its_line(project: Path) -> None:
    files = many(project, 40)
    cache = opened(project)
    for each in files:
        cache.keep(each, own_result(each))
    cache.save([each.path for each in files], REPORT)
    before = (project.parent / "cache" / "lint.json").read_bytes().splitlines()
    (project / files[7].path).write_text("name: new\n")
    cache = opened(project)
    assert cache.recall(files[7]) is None
    cache.keep(files[7], own_result(files[7]))
    cache.save([each.path for each in files], None)
    after = (project.parent / "cache" / "lint.json").read_bytes().splitlines()
    assert len(after) == len(before) == 43
    assert len(set(before) - set(after)) == len(set(after) - set(before)) == 1
    assert all(opened(project).recall(each) == own_result(each) for each in files)


class CountingTree(DiskTree):
    """Notes the assistant files that are read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.opened: list[str] = []

    def read(self, path: str) -> bytes:
        if path.startswith("assistants/"):
            self.opened.append(path)
        return super().read(path)


def test_files_that_were_new_in_the_run_over_all_are_read_once_more(project: Path) -> None:
    many(project, 40)

    def read(number: int, now_ns: int) -> int:
        tree = CountingTree(project)
        cache = Cache(str(project.parent / "lint.json"), "key", tree, now_ns)
        workspace = Workspace(cache.tree)
        cache.open_results("files")
        files = workspace.files[:number]
        report = lint(workspace, files, list(workspace.config.environments.values()), cache=cache, names=cache)
        cache.save((file.path for file in workspace.files), report if number > 1 else None)
        return len(set(tree.opened))

    assert [read(41, 0), read(1, 2**62), read(1, 2**62)] == [41, 41, 0]


@pytest.mark.parametrize("whole", [True, False], ids=["after a run over all", "after a run over one"])
def test_to_check_one_file_no_other_is_read(project: Path, whole: bool) -> None:  # noqa: FBT001 - a case
    for each in many(project, 60):
        (project / each.path).write_text(f"name: Name {each.address}\nprompt: Hi\n")

    def checked(*names: str) -> list[str]:
        """The files that a run over one of them, or over all, reads; long after they were changed."""
        tree = CountingTree(project)
        cache = Cache(str(project.parent / "lint.json"), "key", tree, 2**62)
        workspace = Workspace(cache.tree)
        files = [file for file in workspace.files if not names or file.address in names]
        cache.open_results("files")
        report = lint(workspace, files, list(workspace.config.environments.values()), cache=cache, names=cache)
        assert not [each for each in report.findings if each.code == "RVX601"] or "n9" in names
        cache.save((file.path for file in workspace.files), None if names else report)
        return tree.opened

    (project / "assistants" / "a.yaml").write_text("name: A\nprompt: Hi\n")
    assert len(set(checked() if whole else checked("n4"))) == 61
    (project / "assistants" / "n4.yaml").write_text("name: New\nprompt: Hi\n")
    assert set(checked("n4")) == {"assistants/n4.yaml"}
    (project / "assistants" / "n9.yaml").write_text("name: New\nprompt: Hi\n")
    assert set(checked("n9")) == {"assistants/n9.yaml", "assistants/n4.yaml"}
