"""Results and reports from the plain JSON they are kept as: named tuples are lists there."""

from __future__ import annotations

from typing import Any

from revox_sync.lint.model.finding import (
    Finding,
    FindingFix,
    FixedRegion,
    LintReport,
    Region,
    RelatedRegion,
    Severity,
    SuppressedFinding,
)
from revox_sync.lint.model.project_facts import AssistantFact
from revox_sync.lint.model.result import EnvironmentResult


def report_from(plain: list[Any]) -> LintReport:
    """The report that was written as `plain`. Raises TypeError or ValueError for anything else."""
    findings, files, suppressed = plain
    return LintReport(
        tuple(_finding(finding) for finding in findings),
        int(files),
        tuple(SuppressedFinding(_finding(finding), reason) for finding, reason in suppressed),
    )


def result_from(plain: list[Any]) -> EnvironmentResult:
    """The result that was written as `plain`. Raises TypeError or ValueError for anything else."""
    environment, findings, fact = plain
    return EnvironmentResult(
        environment, tuple(_finding(finding) for finding in findings), _fact(fact) if fact else None
    )


def _fact(plain: list[Any]) -> AssistantFact:
    address, path, name, hidden = plain
    return AssistantFact(str(address), str(path), str(name), bool(hidden))


def _finding(plain: list[Any]) -> Finding:
    code, name, severity, message, label, region, excerpt, related, fix = plain
    return Finding(
        code=code,
        name=name,
        severity=Severity(severity),
        message=message,
        label=label,
        region=_region(region),
        excerpt=excerpt,
        related=tuple(RelatedRegion(said, _region(place)) for said, place in related),
        fix=_fix(*fix) if fix else None,
    )


def _fix(title: str, safe: bool, edits: list[Any]) -> FindingFix:  # noqa: FBT001 - as it is written
    return FindingFix(title, safe, tuple(FixedRegion(_region(place), text) for place, text in edits))


def _region(plain: list[Any]) -> Region:
    path, line, column, end_line, end_column = plain
    return Region(str(path), int(line), int(column), int(end_line), int(end_column))
