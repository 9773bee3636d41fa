"""Reads the files that are to be planned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from revox_sync.config import Environment
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, namesakes
from revox_sync.lint.engine.file_checker import FileChecker
from revox_sync.lint.model.file_result import FileResult
from revox_sync.lint.registry import select
from revox_sync.source.workspace import AssistantFile, Workspace
from revox_sync.sync.comparing.desired import Desired, DesiredBuilder


class FileReader:
    """Reads each file once: lint checks exactly the text that is planned, even if somebody saves the file meanwhile.

    `lint` takes it as a result cache.

    Args:
        environment: whose variables are used.

    Attributes:
        desired_builder: knows what each of the files wants.
    """

    def __init__(self, workspace: Workspace, environment: Environment, files: Sequence[AssistantFile]) -> None:
        self.desired_builder = DesiredBuilder()
        self._workspace, self._environment, self._files = workspace, environment, files
        self._results: dict[str, FileResult] = {}
        checker = FileChecker(workspace, [environment], select(NEEDED_TO_PLAN))
        for file in files:
            document = workspace.load(file, environment)
            self.desired_builder.take(file.address, document)
            self._results[file.path] = checker.check(file, document)

    def desired(self, addresses: Iterable[str] | None = None) -> list[Desired]:
        """What the files of some addresses want, by default of all; none of them has errors."""
        others = namesakes(self._workspace, self._files, self._environment, self)
        return self.desired_builder.desired(addresses, others)

    def recall(self, file: AssistantFile) -> FileResult | None:
        """The result of a file; None if it was not read."""
        return self._results.get(file.path)

    def keep(self, file: AssistantFile, result: FileResult) -> None:
        """Remember the result of a file."""
        self._results[file.path] = result
