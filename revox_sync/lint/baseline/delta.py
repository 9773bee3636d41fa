"""What a change does to the findings: which are new, which are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from revox_sync.lint.model.finding import Finding, LintReport, bounded


class Delta(NamedTuple):
    """Findings that only one of two reports has, each in its report's order."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]


def delta(before: LintReport, after: LintReport, moved: Mapping[str, str]) -> Delta:
    """Compare two reports on one project. A finding that has only moved to another line is neither new nor gone.

    Args:
        moved: new paths by former ones, of files that were renamed.
    """

    # Not the line: every edit above a finding changes it.
    def key(finding: Finding) -> tuple[str, str, str]:
        return finding.region.path, finding.code, finding.message

    def former_key(finding: Finding) -> tuple[str, str, str]:
        path, code, message = key(finding)
        return moved.get(path, path), code, message

    later, former = Counter(map(key, after.findings)), Counter(map(former_key, before.findings))
    return Delta(bounded(_beyond(after, key, former)), bounded(_beyond(before, former_key, later)))


def _beyond(
    report: LintReport, key: Callable[[Finding], tuple[str, str, str]], known: Counter[tuple[str, str, str]]
) -> Iterator[Finding]:
    """Findings that are not among the known ones; of several with one key, as many as there are more of them."""
    left = known.copy()
    for finding in report.findings:
        if left[key(finding)]:
            left[key(finding)] -= 1
        else:
            yield finding
