"""Where a report's places are in the repository: what GitHub and GitLab put beside the lines of a change."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path

from revox_sync.lint.model.finding import Finding, FindingFix, LintReport, Region


def seen_from_repository(report: LintReport, root: str) -> LintReport:
    """The report with paths from the top of the repository that a project is in; the same where it is in none.

    The top is the nearest folder upward with a `.git`, which is also what a submodule and a work tree have.

    Args:
        report: paths are relative to the project root; those outside of it are absolute, and stay.
        root: of the project.
    """
    prefix = _prefix(root)
    if not prefix:
        return report

    def moved(region: Region) -> Region:
        return region._replace(path=posixpath.join(prefix, region.path))

    return report._replace(
        findings=tuple(_moved_finding(each, moved) for each in report.findings),
        suppressed=tuple(each._replace(finding=_moved_finding(each.finding, moved)) for each in report.suppressed),
    )


def _prefix(root: str) -> str:
    """The project root as seen from the top of its repository, with slashes; empty for the top itself."""
    real = Path(root).resolve()
    top = next((each for each in (real, *real.parents) if (each / ".git").exists()), real)
    return "" if top == real else real.relative_to(top).as_posix()


def _moved_finding(finding: Finding, moved: Callable[[Region], Region]) -> Finding:
    return finding._replace(
        region=moved(finding.region),
        related=tuple(each._replace(region=moved(each.region)) for each in finding.related),
        fix=finding.fix and _moved_fix(finding.fix, moved),
    )


def _moved_fix(fix: FindingFix, moved: Callable[[Region], Region]) -> FindingFix:
    return fix._replace(edits=tuple(each._replace(region=moved(each.region)) for each in fix.edits))
