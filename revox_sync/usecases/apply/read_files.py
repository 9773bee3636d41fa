"""Reads the files of a plan once each: what is planned is what was checked."""

from __future__ import annotations

from collections.abc import Iterable

from revox_sync.config import Environment
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN
from revox_sync.lint.engine.file_checker import Checker
from revox_sync.lint.model.result import FileResult
from revox_sync.lint.registry import select
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import DesiredBuilder


class FileReader:
    """What was found in files, and what they want, from one look at each; a memory for `lint`.

    Args:
        environment: whose variables are used.
    """

    def __init__(self, workspace: Workspace, environment: Environment, files: Iterable[AssistantFile]) -> None:
        self.desired_builder = DesiredBuilder()
        self._results: dict[str, FileResult] = {}
        checker = Checker(workspace, [environment], select(NEEDED_TO_PLAN))
        for file in files:
            # First: the workspace keeps the nodes until it reads another file, and to prove a fix it reads them all.
            self.desired_builder.take(file.address, workspace.load(file, environment))
            self._results[file.path] = checker.check(file)

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result for a file; None where it was not read."""
        return self._results.get(file.path)

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember a result."""
        self._results[file.path] = result
