"""What a change does to the findings: which are new, which are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from revox_sync.lint.model.finding import Finding, LintReport


class Delta(NamedTuple):
    """Findings that only one of two reports has, each in its report's order."""

    new: tuple[Finding, ...]
    gone: tuple[Finding, ...]


def delta(before: LintReport, after: LintReport, moved: Mapping[str, str]) -> Delta:
    """Compare two reports on one project. A finding that stands in another line now is neither new nor gone.

    Args:
        moved: later paths by former ones, of files that moved.
    """
    former = [
        (_trait(finding, moved.get(finding.region.path, finding.region.path)), finding) for finding in before.findings
    ]
    later = [(_trait(finding, finding.region.path), finding) for finding in after.findings]
    return Delta(tuple(_beyond(later, former)), tuple(_beyond(former, later)))


Trait = tuple[str, str, str]


def _trait(finding: Finding, path: str) -> Trait:
    return path, finding.code, finding.message


def _beyond(those: Iterable[tuple[Trait, Finding]], known: Iterable[tuple[Trait, Finding]]) -> Iterator[Finding]:
    """Those that are not among the known ones; of several alike, as many as there are more."""
    left = Counter(trait for trait, _ in known)
    for trait, finding in those:
        if left[trait]:
            left[trait] -= 1
        else:
            yield finding
