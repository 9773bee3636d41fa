"""Which files are too broken to be read as assistants, whatever the configuration of lint says."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.config import Environment
from revox_sync.lint.engine.engine import NEEDED_TO_PLAN, ResultCache
from revox_sync.lint.engine.file_checker import Checker
from revox_sync.lint.engine.worker_pool import check_in_processes, is_worthwhile
from revox_sync.lint.model.finding import Severity
from revox_sync.lint.model.result import FileResult
from revox_sync.lint.registry import select
from revox_sync.source.workspace import AssistantFile, Workspace


def needed_to_plan(
    workspace: Workspace, environment: Environment, memory: ResultCache, processes: int | None = None
) -> dict[AssistantFile, FileResult]:
    """What every file of a project shows of that which can keep it from being planned.

    Args:
        memory: saves checking a file again that has not changed.
        processes: how many check files side by side; None: as many as make it faster.
    """
    checker = Checker(workspace, [environment], select(NEEDED_TO_PLAN))
    known = {file: memory.recall(file) for file in workspace.files}
    news = [file for file, result in known.items() if result is None]
    checked = dict(
        zip(news, check_in_processes(processes or is_worthwhile(len(news)), checker.check, news), strict=True)
    )
    for file, result in checked.items():
        if result.complete:
            memory.keep(file, result)
    return {file: result or checked[file] for file, result in known.items()}


def broken_files(results: Mapping[AssistantFile, FileResult]) -> dict[AssistantFile, int]:
    """Files with errors that keep them from being planned, with how many; what files share counts for each of them."""
    numbers = {file: _errors(result) for file, result in results.items()}
    return {file: number for file, number in numbers.items() if number}


def _errors(result: FileResult) -> int:
    return sum(
        finding.severity is Severity.ERROR for environment in result.environments for finding in environment.findings
    )
