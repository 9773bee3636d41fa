"""Caches for linting two versions of a project, to see which findings are new.

What a file shows by itself is the same in both versions when the file is, and everything that it includes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from revox_sync.lint.engine.engine import ResultCache
from revox_sync.lint.model.file_result import FileResult
from revox_sync.source.files.git_tree import same_content
from revox_sync.source.workspace import AssistantFile, Workspace

Results: TypeAlias = Mapping[AssistantFile, FileResult]


class SharedResults:
    """A result cache for two runs: the first one fills it, the second one reads it.

    Args:
        first: the version that is linted first.
        second: the other one.
    """

    def __init__(self, first: Workspace, second: Workspace) -> None:
        self._trees = (first.tree, second.tree)
        self._same: dict[str, bool] = {}
        # Defaults, variables and the contract are in the configuration: with another one, no result can be reused.
        self._comparable = first.configuration_texts() == second.configuration_texts()
        self._results: dict[str, FileResult] = {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file that is the same in both versions, as are all files that it includes."""
        result = self._results.get(file.path)
        return result if result and all(map(self._is_same, (file.path, *result.read))) else None

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result."""
        if self._comparable:
            self._results.setdefault(file.path, result)

    def _is_same(self, path: str) -> bool:
        if path not in self._same:
            self._same[path] = same_content(*self._trees, path)
        return self._same[path]


class UnchangedResults:
    """A result cache for linting both versions, in which files that did not change have no findings.

    Their findings are in both versions, so none of them is new or gone, and their rules need not run. Two kinds of
    unchanged files are checked nevertheless: those that include a file which a changed file includes as well, because
    both share the findings there; and those with comments that suppress findings, because these may be about the whole
    project. Of all others only the names count, for the rules that compare assistants.

    Args:
        before: what the files of one version show, by some of the rules.
        after: the same of the other version. A file whose result is the same object is the same file.
        cache: for the files that are checked.
    """

    def __init__(self, before: Results, after: Results, cache: ResultCache) -> None:
        same = set(same_files(before, after))
        shared = {
            path
            for results in (before, after)
            for file in results
            if file not in same
            for path in _paths(file, results[file])
        }
        self._known = {
            file.path: _without_findings(after[file])
            for file in same
            if not after[file].commented and shared.isdisjoint(_paths(file, after[file]))
        }
        self._cache = cache
        self.keep = cache.keep

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file; one without findings where it need not be checked."""
        return self._known.get(file.path) or self._cache.recall(file)


def same_files(before: Results, after: Results) -> Iterator[AssistantFile]:
    """Files that have one result in both versions."""
    return (file for file, result in after.items() if before.get(file) is result)


def name_in(result: FileResult) -> str | None:
    """The name of the assistant of a file that was checked in one environment; None where it cannot be read."""
    fact = result.environments[0].fact
    return fact.name if fact is not None else None


def _paths(file: AssistantFile, result: FileResult) -> frozenset[str]:
    return result.read | {file.path}


def _without_findings(result: FileResult) -> FileResult:
    return result._replace(environments=tuple(shown._replace(findings=()) for shown in result.environments))
