"""What two versions of a project share is linted once, and only there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pytest

from revox_sync.lint.baseline.reused_results import SharedResults, UnchangedResults, name_in, same_files
from revox_sync.lint.engine.engine import lint
from revox_sync.lint.model.file_result import FileResult
from revox_sync.source.files.tree import MemoryTree
from revox_sync.source.workspace import AssistantFile, Workspace

FAULTY: Final = "name: A\nprompt: Hi\npromt: x\n"
FILES: Final = {
    "assistants/a.yaml": FAULTY,
    "assistants/b.yaml": "name: B\nprompt: !file ../p.md\n",
    "p.md": "Hello.",
}


class Recording:
    """A result cache that knows nothing and remembers what it was asked and given."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.results: dict[AssistantFile, FileResult] = {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        self.asked.append(file.path)
        return None

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        self.results[file] = result


def workspace(files: Mapping[str, str]) -> Workspace:
    return Workspace(MemoryTree(files))


def results(project: Workspace, cache: SharedResults | Recording) -> dict[AssistantFile, FileResult]:
    """What each file of a project shows, from the cache where it knows."""
    recording = Recording()
    environments = list(project.config.environments.values())
    lint(project, project.files, environments, project.config.lint, cache=recording)
    for file, result in recording.results.items():
        cache.keep(file, result)
    return {file: cache.recall(file) or result for file, result in recording.results.items()}


@pytest.mark.parametrize(
    ("changes", "reused"),
    [
        ({}, ["assistants/a.yaml", "assistants/b.yaml"]),
        ({"assistants/a.yaml": FAULTY + "# a comment\n"}, ["assistants/b.yaml"]),
        ({"p.md": "Hello!"}, ["assistants/a.yaml"]),
        ({"revox-sync.yaml": "version: 1\nlint: {variables: [x]}\n"}, []),
        ({"assistants/c.yaml": FAULTY}, ["assistants/a.yaml", "assistants/b.yaml"]),
    ],
)
def test_a_result_is_reused_where_all_that_was_read_is_the_same(changes: Mapping[str, str], reused: list[str]) -> None:
    first, second = workspace(FILES), workspace({**FILES, **changes})
    shared = SharedResults(first, second)
    results(first, shared)
    assert [file.path for file in second.files if shared.recall(file)] == reused


def both(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[UnchangedResults, Recording, Workspace]:
    first, second = workspace(before), workspace(after)
    shared, inner = SharedResults(first, second), Recording()
    return UnchangedResults(results(first, shared), results(second, shared), inner), inner, second


def test_what_did_not_change_has_no_findings_and_keeps_its_name() -> None:
    unchanged, inner, after = both(FILES, {**FILES, "assistants/b.yaml": "name: C\nprompt: Hi\n"})
    first, second = after.files
    known = unchanged.recall(first)
    assert known is not None
    assert name_in(known) == "A"
    assert not any(shown.findings for shown in known.environments)
    assert unchanged.recall(second) is None
    assert inner.asked == ["assistants/b.yaml"]


@pytest.mark.parametrize(
    "first",
    [
        # The findings of a fragment belong to each file that includes it; a comment may be about the whole project.
        "name: A\nprompt: !file ../p.md\n",
        "name: A\nprompt: Hi\npromt: x # revox: ignore[RVX101] wanted\n",
    ],
    ids=["shared fragment", "suppression"],
)
def test_some_unchanged_files_are_checked_nevertheless(first: str) -> None:
    before = {**FILES, "assistants/a.yaml": first}
    after = {**before, "assistants/b.yaml": "name: C\nprompt: !file ../p.md\n"}
    unchanged, inner, project = both(before, after)
    assert [unchanged.recall(file) for file in project.files] == [None, None]
    assert inner.asked == ["assistants/a.yaml", "assistants/b.yaml"]


def test_one_result_in_both_versions_is_one_file() -> None:
    (file, other) = workspace(FILES).files
    found = results(workspace(FILES), Recording())
    copy = found[other]._replace(complete=not found[other].complete)
    assert list(same_files(found, {file: found[file], other: copy})) == [file]
