"""Projects held in memory, linted as the command does it."""

from __future__ import annotations

from collections.abc import Mapping

from revox_sync.config import LintOptions
from revox_sync.lint.engine import lint
from revox_sync.lint.finding import Finding, LintReport
from revox_sync.lint.fixing import fix_files
from revox_sync.lint.online import Account
from revox_sync.source.tree import MemoryTree
from revox_sync.source.workspace import Workspace


def lint_files(files: Mapping[str, bytes | str], *select: str, account: Account | None = None) -> LintReport:
    """Report on all assistants of a project in all environments; `select`: codes or prefixes of the rules to run."""
    workspace = Workspace(MemoryTree(files))
    options = LintOptions(select=select) if select else None
    return lint(workspace, workspace.files, list(workspace.config.environments.values()), options, account=account)


def fixed_files(files: Mapping[str, bytes | str], *select: str, unsafe: bool = False) -> dict[str, str]:
    """New texts of the files that fixing changes; `select`: codes or prefixes of the rules that run."""
    workspace = Workspace(MemoryTree(files))
    environments = list(workspace.config.environments.values())
    options = LintOptions(select=select) if select else workspace.config.lint
    return dict(fix_files(workspace, workspace.files, environments, options, unsafe=unsafe).texts)


def place(finding: Finding, path: str) -> str:
    """`line:column` of a finding in the file at `path`, else `path:line:column`."""
    region = finding.region
    position = f"{region.line}:{region.column}"
    return position if region.path == path else f"{region.path}:{position}"
