"""Which files are too broken to be read as assistants, whatever rules the configuration selects."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.config import Environment
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, FileChecks, ResultCache
from revox_sync.lint.model.file_result import FileResult
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.registry import select
from revox_sync.source.workspace import AssistantFile, Workspace


def needed_to_plan(
    workspace: Workspace, environment: Environment, cache: ResultCache, processes: int | None = None
) -> dict[AssistantFile, FileResult]:
    """What every file of a project shows of that which can keep it from being planned.

    Args:
        cache: saves checking a file again that has not changed.
        processes: how many check files side by side; None for the number that is fastest.
    """
    checks = FileChecks(workspace, [environment], select(NEEDED_TO_PLAN), cache=cache)
    return checks.results(workspace.files, processes)


def broken_files(results: Mapping[AssistantFile, FileResult]) -> dict[AssistantFile, int]:
    """Files with errors that keep them from being planned, and how many; those of a shared file count for each user."""
    numbers = {
        file: sum(finding.severity is Severity.ERROR for shown in result.environments for finding in shown.findings)
        for file, result in results.items()
    }
    return {file: number for file, number in numbers.items() if number}
