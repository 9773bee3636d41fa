"""Opens what commands work on: the workspace and the files a command line names."""

# os.path, not pathlib: it says "no" to names that no file can have, where pathlib raises.
# ruff: noqa: PTH112

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, TextIO

from revox_sync.config import Environment
from revox_sync.errors import UsageError
from revox_sync.source.dependents import Dependents
from revox_sync.source.files.tree import MAX_BYTES, DiskTree, OverlayTree, TreeError, find_root
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace
from revox_sync.usecases.project.project_root import path_in_project
from revox_sync.usecases.project.settings import Settings

if TYPE_CHECKING:  # slow to import, and lint needs it only to write
    from pathlib import Path


def open_workspace(settings: Settings, environ: Mapping[str, str] | None = None) -> tuple[Path, Workspace]:
    """Root and workspace of the project; with None for `environ`, environment variables are not read."""
    from pathlib import Path

    root = Path(find_root(settings.project))
    return root, Workspace(DiskTree(root), environ)


def named_files(root: str, workspace: Workspace, paths: Sequence[str]) -> list[AssistantFile]:
    """The assistants that paths stand for; all assistants without any path.

    A folder stands for the assistants below it, a file for the assistants that use it (`Dependents`).

    Raises:
        UsageError: there are no assistants in the project or in a named folder.
    """
    if not paths:
        if not workspace.files:
            raise no_assistants(root, workspace)
        return list(workspace.files)
    uses, found = Dependents(workspace), list[AssistantFile]()
    for path in paths:
        # A file that no assistant uses is no mistake: a commit hook names every file of the commit.
        found += _in_folder(root, workspace, path) if os.path.isdir(path) else uses.of(path_in_project(root, path))
    return list(dict.fromkeys(found))


def streamed_files(root: str, path: str, stream: BinaryIO) -> tuple[Workspace, list[AssistantFile]]:
    """The project as it would be with a stream's bytes in the file at `path`, and the assistants it stands for.

    The file need not exist. Raises UsageError for a folder.
    """
    if os.path.isdir(path):
        raise UsageError(f"`{path}` is a folder; the text on stdin is that of a file")
    name = path_in_project(root, path)
    # One byte more than a file may have: the reader then says that it is too large.
    workspace = Workspace(OverlayTree(DiskTree(root), {name: stream.read(MAX_BYTES + 1)}))
    return workspace, Dependents(workspace).of(name)


def environments(workspace: Workspace, settings: Settings) -> list[Environment]:
    """The named environment, or all of them."""
    if settings.environment is not None:
        return [workspace.config.environment(settings.environment)]
    return list(workspace.config.environments.values())


def no_assistants(root: str | Path, workspace: Workspace) -> UsageError:
    """The error of a project that holds no assistant."""
    folders = ", ".join(f"`{folder}`" for folder in workspace.config.directories)
    return UsageError(
        f"no assistant files in {folders} of {root}",
        hint="an assistant is a .yaml file there; `revox-sync init` writes a first one; -C DIR names another project",
    )


def show_diff(workspace: Workspace, texts: Mapping[str, str], stream: TextIO, settings: Settings) -> None:
    """Show what new texts, by path, would change in the files; secrets are masked."""
    from revox_sync.lint.fixes.fix_files import shown_text
    from revox_sync.output.text.unified_diff import text_diff

    after, paint = workspace.over(texts), settings.paint(stream)
    stream.writelines(
        text_diff(path, shown_text(workspace, path), shown_text(after, path), paint) for path in sorted(texts)
    )
    stream.flush()


def _in_folder(root: str, workspace: Workspace, folder: str) -> list[AssistantFile]:
    inside = path_in_project(root, folder)
    found = [file for file in workspace.files if inside == "." or file.path.startswith(inside + "/")]
    if not found:  # perhaps a folder that is no assistants directory
        try:
            paths = workspace.tree.files(inside)
        except TreeError as error:
            raise UsageError(f"the folder `{inside}` {error.reason}") from error
        found = [workspace.file_at(path) for path in paths if path.endswith(SUFFIXES)]
    if not found:
        raise UsageError(f"no assistant files in `{folder}`", hint="an assistant is a .yaml file there")
    return found
