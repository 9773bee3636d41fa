"""What linting one version of a project gave, for the files that another version has unchanged."""

from __future__ import annotations

from revox_sync.lint.model.result import FileResult
from revox_sync.source.files.git_tree import same_content
from revox_sync.source.workspace import AssistantFile, Workspace


class SharedResults:
    """A memory that two runs share: the first one fills it, the second one asks.

    Args:
        first: the version linted first.
        second: the other one. With another configuration nothing of the first holds.
    """

    def __init__(self, first: Workspace, second: Workspace) -> None:
        self._trees = (first.tree, second.tree)
        self._same: dict[str, bool] = {}
        self._comparable = first.configuration_texts() == second.configuration_texts()
        self._results: dict[str, FileResult] = {}

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file that is the same in both versions, as is all that takes part in it."""
        result = self._results.get(file.path)
        if result is None or not all(map(self._is_same, (file.path, *result.read))):
            return None
        return result

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result."""
        if self._comparable:
            self._results.setdefault(file.path, result)

    def _is_same(self, path: str) -> bool:
        if path not in self._same:
            self._same[path] = same_content(*self._trees, path)
        return self._same[path]
