"""Which project a command line is about."""

# os.path, not pathlib: it says "no" to names that no file can have, where pathlib raises, and one lint in a hook is too
# short to import the latter.
# ruff: noqa: PTH100, PTH110, PTH112, PTH117, PTH118, PTH119, PTH120

from __future__ import annotations

import os
from collections.abc import Sequence

from revox_sync.config import CONFIG_NAME
from revox_sync.errors import UsageError
from revox_sync.source.files.tree import find_root
from revox_sync.usecases.project.settings import Settings


def require_present(paths: Sequence[str]) -> None:
    """Raises UsageError if a path does not exist."""
    for path in paths:
        if not os.path.exists(path):
            raise UsageError(f"`{path}` does not exist")


def root_of(settings: Settings, paths: Sequence[str]) -> str:
    """The root of the project that all paths belong to. Raises UsageError if there are several."""
    root = find_root(settings.project)
    absolute = map(os.path.abspath, paths)
    folders = dict.fromkeys(path if os.path.isdir(path) else os.path.dirname(path) for path in absolute)
    roots = {os.path.realpath(own): own for own in (_own_root(root, folder) for folder in folders)}
    if len(roots) > 1:
        names = ", ".join(f"`{own}`" for own in roots.values())
        raise UsageError(f"the paths belong to several projects: {names}", hint="check one project at a time")
    return next(iter(roots.values()), root)


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
