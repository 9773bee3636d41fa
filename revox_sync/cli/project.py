"""Opens what commands work on: the workspace and the files a command line names."""

# os.path, not pathlib: it says "no" to names that no file can have, where pathlib raises.
# ruff: noqa: PTH110, PTH112

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from revox_sync.cli.options import Settings
from revox_sync.config import CONFIG_NAME, Environment
from revox_sync.errors import UsageError
from revox_sync.source.tree import MAX_BYTES, DiskTree, OverlayTree
from revox_sync.source.uses import Uses
from revox_sync.source.workspace import SUFFIXES, AssistantFile, Workspace, find_root


def open_workspace(settings: Settings, environ: Mapping[str, str] | None = None) -> tuple[Path, Workspace]:
    """Root and workspace of the project; `environ` None: environment variables are not read."""
    root = find_root(settings.project)
    return root, Workspace(DiskTree(root), environ)


def open_named(settings: Settings, paths: Sequence[Path]) -> tuple[Path, Workspace, list[AssistantFile]]:
    """The project that paths belong to, and the assistants they stand for; all assistants without any path.

    A folder stands for the assistants below it, a file for what `Uses` says: possibly nothing, so that a commit hook
    may name whatever it finds.

    Raises:
        UsageError: a path does not exist, they belong to several projects, or there are no assistants in the project
            or in a named folder.
    """
    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"`{path}` does not exist")
    root = _root_of(settings, paths)
    workspace = Workspace(DiskTree(root))
    if not paths:
        return root, workspace, _all(root, workspace)
    uses = Uses(workspace)
    found = [
        each
        for path in paths
        for each in (_in_folder(root, workspace, path) if os.path.isdir(path) else uses.of(_below(root, path)))
    ]
    return root, workspace, list(dict.fromkeys(found))


def open_stdin(settings: Settings, path: Path, stream: BinaryIO) -> tuple[Path, Workspace, list[AssistantFile]]:
    """The project as it would be with a stream's bytes in the file at `path`, and the assistants it stands for.

    The file need not exist. Raises UsageError for a folder.
    """
    if os.path.isdir(path):
        raise UsageError(f"`{path}` is a folder; the text on stdin is that of a file")
    root = _root_of(settings, [path])
    name = _below(root, path)
    # One byte more than a file may have: the reader then says that it is too large.
    workspace = Workspace(OverlayTree(DiskTree(root), {name: stream.read(MAX_BYTES + 1)}))
    return root, workspace, Uses(workspace).of(name)


def environments(workspace: Workspace, settings: Settings) -> list[Environment]:
    """The named environment, or all of them."""
    if settings.environment is not None:
        return [workspace.config.environment(settings.environment)]
    return list(workspace.config.environments.values())


def _all(root: Path, workspace: Workspace) -> list[AssistantFile]:
    if not workspace.files:
        raise no_assistants(root, workspace)
    return list(workspace.files)


def no_assistants(root: Path, workspace: Workspace) -> UsageError:
    """What to say where a project holds no assistant."""
    folders = ", ".join(f"`{each}`" for each in workspace.config.directories)
    return UsageError(
        f"no assistant files in {folders} of {root}",
        hint="an assistant is a .yaml file there; `revox-sync init` writes a first one; -C DIR names another project",
    )


def _in_folder(root: Path, workspace: Workspace, folder: Path) -> list[AssistantFile]:
    below = _below(root, folder)
    known = [each for each in workspace.files if below == "." or each.path.startswith(below + "/")]
    found = known or [workspace.file_at(each) for each in workspace.tree.files(below) if each.endswith(SUFFIXES)]
    if not found:
        raise UsageError(f"no assistant files in `{folder}`", hint="an assistant is a .yaml file there")
    return found


def _root_of(settings: Settings, paths: Sequence[Path]) -> Path:
    """The root of the project that all paths belong to. Raises UsageError where there are several."""
    root = find_root(settings.project)
    folders = dict.fromkeys(_folder_of(path) for path in paths)
    roots = {each.resolve(): each for each in (_own_root(root, folder) for folder in folders)}
    if len(roots) > 1:
        names = ", ".join(f"`{each}`" for each in roots.values())
        raise UsageError(f"the paths belong to several projects: {names}", hint="check one project at a time")
    return next(iter(roots.values()), root)


def _folder_of(path: Path) -> Path:
    absolute = _absolute(path)
    return absolute if os.path.isdir(absolute) else absolute.parent


def _own_root(root: Path, folder: Path) -> Path:
    """The root of a folder's project: `root`, unless it lies outside, or a nearer folder has a configuration."""
    own = find_root(folder)
    outside = Path(_below(root, folder)).is_absolute()
    return own if outside or os.path.exists(own / CONFIG_NAME) else root


def _below(root: Path, path: Path) -> str:
    """The path as seen from the root, with slashes; absolute for one outside."""
    absolute = _absolute(path)
    if not absolute.is_relative_to(root):  # perhaps only because one of the two was reached through a link
        root, absolute = root.resolve(), absolute.parent.resolve() / absolute.name
    return (absolute.relative_to(root) if absolute.is_relative_to(root) else absolute).as_posix()


def _absolute(path: Path) -> Path:
    return Path(os.path.normpath(Path.cwd() / path))
