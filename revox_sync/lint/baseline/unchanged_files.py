"""Linting two versions of a project to see what is new: files that nothing has changed for need no rule of their own.

What a file shows by itself is the same in both versions when the file is, and all that takes part in it. It could only
be told apart from a new finding where a changed file shows it as well: in a file that both include. So those are
checked, as are files with comments that suppress findings, which may be about the whole project. Of the others only
the names count, for the rules that compare files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from revox_sync.lint.engine.engine import ResultCache
from revox_sync.lint.model.result import FileResult
from revox_sync.source.workspace import AssistantFile

Results = Mapping[AssistantFile, FileResult]


class UnchangedResults:
    """A memory for linting both versions: what nobody has to check shows nothing in either.

    Args:
        before: what the files of one version show, by some of the rules.
        after: the same of the other one. A file whose result is the same object is the same file.
        memory: for the files that are checked.
    """

    def __init__(self, before: Results, after: Results, memory: ResultCache) -> None:
        same = set(same_files(before, after))
        shared = {
            path
            for results in (before, after)
            for file in results
            if file not in same
            for path in _paths(file, results[file])
        }
        self._known = {
            file.path: _silent(after[file])
            for file in same
            if not after[file].commented and shared.isdisjoint(_paths(file, after[file]))
        }
        self._memory = memory

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file, when it need not be checked."""
        return self._known.get(file.path) or self._memory.recall(file)

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result."""
        self._memory.keep(file, result)


def same_files(before: Results, after: Results) -> Iterator[AssistantFile]:
    """Files that have one result in both versions."""
    return (file for file, result in after.items() if before.get(file) is result)


def name_in(result: FileResult) -> str | None:
    """The name of the assistant of a file that was checked in one environment; None where it cannot be read."""
    fact = result.environments[0].fact
    return fact.name if fact is not None else None


def _paths(file: AssistantFile, result: FileResult) -> frozenset[str]:
    return result.read | {file.path}


def _silent(result: FileResult) -> FileResult:
    return result._replace(environments=tuple(shown._replace(findings=()) for shown in result.environments))
