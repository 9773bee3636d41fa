"""Caches for linting two versions of a project, to see which findings are new.

What a file shows by itself is the same in both versions when the file is, and everything that it includes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from typing import Final, TypeAlias

from revox_sync.config import CONFIG_NAME
from revox_sync.lint.baseline.configuration_reach import ConfigurationReach
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
        reach: says which files can notice that revox-sync.yaml is another one. A result is then as good for the other
            version, but places in revox-sync.yaml may be those of the first. None: with another one none is reused.
    """

    def __init__(self, first: Workspace, second: Workspace, reach: ConfigurationReach | None = None) -> None:
        self._trees = (first.tree, second.tree)
        self._same: dict[str, bool] = {}
        self._reach = reach
        self._comparable = reach is not None or first.configuration_texts() == second.configuration_texts()
        # By address, too: one file may have another address in the other version, or be a stray there.
        self._results: dict[AssistantFile, FileResult] = {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file that is the same in both versions, as is all that takes part in it."""
        result = self._results.get(file)
        if result is None or (self._reach is not None and self._reach.reaches(result)):
            return None
        known = {CONFIG_NAME} if self._reach is not None and result.inherits else set[str]()
        return result if all(map(self._is_same, (file.path, *(result.read - known)))) else None

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result."""
        if self._comparable:
            self._results.setdefault(file, result)

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

    Attributes:
        bystanders: the files that are not checked.
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
        self.bystanders: Final = tuple(
            file for file in same if not after[file].commented and shared.isdisjoint(_paths(file, after[file]))
        )
        self._known = {file.path: _without_findings(after[file]) for file in self.bystanders}
        self._cache = cache
        self.keep = cache.keep

    def but(self, results: Mapping[str, FileResult]) -> UnchangedResults:
        """The cache for one version, in which some files have findings nevertheless; by path."""
        cache = copy(self)
        cache._known = {**self._known, **results}  # noqa: SLF001 - a copy of our own
        return cache

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
