"""Which files are too broken to be read as assistants, whatever the configuration of lint says."""

from __future__ import annotations

from revox_sync.config import Environment
from revox_sync.lint.check import Checker
from revox_sync.lint.engine import NEEDED_TO_PLAN
from revox_sync.lint.finding import Severity
from revox_sync.lint.registry import select
from revox_sync.source.workspace import AssistantFile, Workspace


def broken_files(workspace: Workspace, environment: Environment) -> dict[AssistantFile, int]:
    """Files with errors that keep them from being planned, with how many; what files share counts for each of them."""
    checker = Checker(workspace, [environment], select(NEEDED_TO_PLAN))
    numbers = {each: _errors(checker, each) for each in workspace.files}
    return {file: number for file, number in numbers.items() if number}


def _errors(checker: Checker, file: AssistantFile) -> int:
    results = checker.check(file).environments
    return sum(each.severity is Severity.ERROR for result in results for each in result.findings)
