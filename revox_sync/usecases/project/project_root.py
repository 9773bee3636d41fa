"""Which project a command line is about."""

# os.path, not pathlib: it says "no" to names that no file can have, where pathlib raises, and one lint in a hook is too
# short to import the latter.
# ruff: noqa: PTH100, PTH110, PTH112, PTH114, PTH117, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from revox_sync.config import CONFIG_NAME
from revox_sync.errors import UsageError
from revox_sync.source.files.tree import DiskTree, find_root, is_within
from revox_sync.usecases.project.settings import Settings

_NO_PROJECTS: Final = frozenset({"node_modules", "site-packages", "__pycache__"})
"""Folders of what others have written."""


def require_present(settings: Settings, paths: Sequence[str]) -> None:
    """Raises UsageError if a path does not exist; its hint knows addresses, which other commands take."""
    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"`{path}` does not exist", hint=_as_address(settings, path))


def _as_address(settings: Settings, word: str) -> str | None:
    """What to type in place of an address; None if the word is none."""
    from revox_sync.source.workspace import Workspace  # slow to import, and few command lines are wrong

    root = find_root(settings.project)
    path = next((file.path for file in Workspace(DiskTree(root)).files if file.address == word), None)
    if path is None:
        return None
    shown = os.path.relpath(os.path.join(root, path))
    return f"lint takes paths, not addresses: `revox-sync lint {shown}`"


def root_of(settings: Settings, path: str | None = None) -> str:
    """The root of the project that a file belongs to; without a path, of the one that the settings name."""
    root = find_root(settings.project)
    return root if path is None else _own_root(root, os.path.dirname(os.path.abspath(path)))


def projects_of(settings: Settings, paths: Sequence[str]) -> dict[str, list[str]]:
    """The paths of each project, by its root. A link stands for what it leads to in its own project.

    A folder stands for the projects below it, too, each of which has its own configuration.
    """
    root = find_root(settings.project)
    projects: dict[str, list[str]] = {}
    real: dict[str, str] = {}
    for path in paths:
        target = _followed(root, path)
        absolute = os.path.abspath(target)
        is_folder = os.path.isdir(absolute)
        own = _own_root(root, absolute if is_folder else os.path.dirname(absolute))
        below = [nested for nested in _roots_below(absolute) if nested != own] if is_folder else []
        for nested in below:
            projects.setdefault(real.setdefault(os.path.realpath(nested), nested), []).append(nested)
        if not below or _has_assistants(own):
            projects.setdefault(real.setdefault(os.path.realpath(own), own), []).append(target)
    return projects


def _followed(root: str, path: str) -> str:
    """What a link leads to, if that is in its project; else the path itself, because a link may lead to secrets."""
    if not os.path.islink(path):
        return path
    target = os.path.realpath(path)
    own = _own_root(root, os.path.dirname(os.path.abspath(path)))
    return target if is_within(target, os.path.realpath(own)) else path


def _roots_below(folder: str) -> list[str]:
    """Folders at or below a folder that hold a configuration, hidden ones left out."""
    found = []
    for below, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name[0] != "." and name not in _NO_PROJECTS)
        if CONFIG_NAME in names:
            found.append(below)
    return found


def _has_assistants(root: str) -> bool:
    """Whether a project has assistants where it keeps them, and not only in folders below that are projects."""
    from revox_sync.source.workspace import Workspace  # few command lines name a folder above projects

    return bool(Workspace(DiskTree(root)).files)


def path_in_project(root: str, path: str) -> str:
    """The path as seen from the root, with slashes; absolute for one outside."""
    absolute = os.path.abspath(path)
    inside = _inside(root, absolute)
    if inside is None:  # perhaps only because one of the two was reached through a link, as /tmp is on macOS
        absolute = os.path.join(os.path.realpath(os.path.dirname(absolute)), os.path.basename(absolute))
        inside = _inside(os.path.realpath(root), absolute)
    return (absolute if inside is None else inside).replace(os.sep, "/")


def _inside(folder: str, path: str) -> str | None:
    """The path relative to a folder, `.` for the folder itself; None if it is outside. Both are absolute."""
    if path == folder:
        return "."
    start = folder.rstrip(os.sep) + os.sep
    return path[len(start) :] if path.startswith(start) else None


def _own_root(root: str, folder: str) -> str:
    """The root of a folder's project: `root`, unless it lies outside, or a nearer folder has a configuration."""
    own = find_root(folder)
    outside = os.path.isabs(path_in_project(root, folder))
    return own if outside or os.path.exists(os.path.join(own, CONFIG_NAME)) else root
