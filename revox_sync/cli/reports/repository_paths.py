"""Where a report's places are in the repository: what GitHub and GitLab put beside the lines of a change."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

from revox_sync.lint.model.finding import LintReport, Region


def seen_from_repository(report: LintReport, root: str) -> LintReport:
    """The report with paths from the top of the repository that a project is in; the same where it is in none.

    Args:
        report: paths are relative to the project root; those outside of it are absolute, and stay.
        root: of the project.
    """
    prefix = _prefix(root)
    moved: LintReport = _moved(report, prefix) if prefix else report
    return moved


def _prefix(root: str) -> str:
    """The project root as seen from the top of its repository, with slashes; empty for the top itself."""
    real = Path(root).resolve()
    # Submodules and work trees have a `.git`, too, but there it is a file.
    top = next((folder for folder in (real, *real.parents) if (folder / ".git").exists()), real)
    return "" if top == real else real.relative_to(top).as_posix()


def _moved(value: Any, prefix: str) -> Any:
    """A part of a report, all of which are tuples, with every region in it moved."""
    if isinstance(value, Region):
        return value._replace(path=posixpath.join(prefix, value.path))
    if not isinstance(value, tuple):
        return value
    members = [_moved(member, prefix) for member in value]
    return type(value)(*members) if hasattr(value, "_fields") else tuple(members)
