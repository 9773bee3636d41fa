"""Projects held in memory, linted as the command does it."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.lint.engine import lint
from revox_sync.lint.finding import Finding, LintReport
from revox_sync.source.tree import MemoryTree
from revox_sync.source.workspace import Workspace


def lint_files(files: Mapping[str, bytes | str], *, environment: str | None = None) -> LintReport:
    """Report on all assistants of a project, for one environment or all of them."""
    workspace = Workspace(MemoryTree(files))
    config = workspace.config
    environments = [config.environment(environment)] if environment else list(config.environments.values())
    return lint(workspace, workspace.files, environments)


def place(finding: Finding, path: str) -> str:
    """`line:column` of a finding in the file at `path`, else `path:line:column`."""
    region = finding.region
    position = f"{region.line}:{region.column}"
    return position if region.path == path else f"{region.path}:{position}"
