"""Opens what commands work on: the workspace and the files a command line names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from revox_sync.cli.options import Settings
from revox_sync.config import Environment
from revox_sync.errors import UsageError
from revox_sync.source.tree import DiskTree
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace, find_root


def open_workspace(settings: Settings, environ: Mapping[str, str] | None = None) -> tuple[Path, Workspace]:
    """Root and workspace of the project; `environ` None: environment variables are not read."""
    root = find_root(settings.project)
    return root, Workspace(DiskTree(root), environ)


def environments(workspace: Workspace, settings: Settings) -> list[Environment]:
    """The named environment, or all of them."""
    if settings.environment is not None:
        return [workspace.config.environment(settings.environment)]
    return list(workspace.config.environments.values())


def named_files(root: Path, workspace: Workspace, paths: Sequence[Path]) -> list[AssistantFile]:
    """The files a command line names, folders searched; all assistants without any.

    Raises:
        UsageError: a path does not exist or lies outside the project, or there is nothing to check.
    """
    found = [each for path in paths for each in _below(root, workspace, path)] if paths else list(workspace.files)
    if not found:
        folders = ", ".join(f"`{each}`" for each in workspace.config.directories)
        raise UsageError(
            f"no assistant files in {folders} of {root}" if not paths else "no assistant files there",
            hint="an assistant is a .yaml file there; -C DIR names another project",
        )
    return list(dict.fromkeys(found))


def _below(root: Path, workspace: Workspace, path: Path) -> Iterable[AssistantFile]:
    absolute = Path(os.path.normpath(Path.cwd() / path))
    if not absolute.exists():
        raise UsageError(f"`{path}` does not exist")
    if not absolute.is_relative_to(root):
        raise UsageError(f"`{path}` is outside the project {root}", hint="-C DIR names another project")
    relative = absolute.relative_to(root).as_posix()
    if absolute.is_dir():
        known = [each for each in workspace.files if relative == "." or each.path.startswith(relative + "/")]
        return known or [workspace.file_at(each) for each in workspace.tree.files(relative) if each.endswith(SUFFIXES)]
    return [workspace.file_at(relative)]
