"""Findings as a GitLab code quality report.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from typing import Any, Final

from revox_sync.lint.model.finding import Finding, LintReport, Severity
from revox_sync.output.lint.fingerprint import fingerprints
from revox_sync.output.markup.json import json_text
from revox_sync.output.text.visible import visible

_LEVELS: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: LintReport) -> str:
    """One JSON list; GitLab takes the paths as relative to the top of the repository."""
    # GitLab compares branches by fingerprint, so a finding keeps its own when lines move.
    named = fingerprints(report)
    return json_text([_issue(finding, named[finding]) for finding in report.findings])


def _issue(finding: Finding, fingerprint: str) -> dict[str, Any]:
    region = finding.region
    return {
        "description": f"{finding.code}: {visible(finding.sentence)}",
        "check_name": f"{finding.code} {finding.name}",
        "fingerprint": fingerprint,
        "severity": _LEVELS[finding.severity],
        "location": {"path": region.path, "lines": {"begin": region.line, "end": max(region.line, region.end_line)}},
    }
