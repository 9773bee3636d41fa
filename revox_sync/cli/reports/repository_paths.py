"""Where a report's places are: in the repository for GitHub and GitLab, from the working directory for people."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable
from typing import Any

from revox_sync.lint.model.finding import LintReport, Region


def seen_from_repository(report: LintReport, root: str) -> LintReport:
    """The report with paths from the top of the repository that a project is in; the same where it is in none.

    Args:
        report: paths are relative to the project root; those outside of it are absolute, and stay.
        root: of the project.
    """
    prefix = _prefix(root)
    return moved(report, lambda path: posixpath.join(prefix, path)) if prefix else report


def seen_from_folder(report: LintReport, root: str, folder: str) -> LintReport:
    """The report with paths as somebody types them in a folder; both folders are absolute."""
    if os.path.realpath(root) == os.path.realpath(folder):
        return report
    # Both without links, or none: `..` leads elsewhere from a folder that was reached through one.
    start, end = (os.path.realpath(path).replace(os.sep, "/") for path in (root, folder))
    return moved(report, lambda path: posixpath.relpath(posixpath.join(start, path), end))


def _prefix(root: str) -> str:
    """The project root as seen from the top of its repository, with slashes; empty for the top itself."""
    from pathlib import Path  # people's formats do without

    real = Path(root).resolve()
    # Submodules and work trees have a `.git`, too, but there it is a file.
    top = next((folder for folder in (real, *real.parents) if (folder / ".git").exists()), real)
    return "" if top == real else real.relative_to(top).as_posix()


def moved(report: LintReport, move: Callable[[str], str]) -> LintReport:
    """The report with other paths."""
    changed: LintReport = _moved(report, move)
    return changed


def _moved(value: Any, move: Callable[[str], str]) -> Any:
    """A part of a report, all of which are tuples, with every region in it moved."""
    if isinstance(value, Region):
        return value._replace(path=move(value.path))
    if not isinstance(value, tuple):
        return value
    members = [_moved(member, move) for member in value]
    return type(value)(*members) if hasattr(value, "_fields") else tuple(members)
