"""Findings for programs; the shape is `schemas/lint.schema.json`."""

from __future__ import annotations

from typing import Any

from revox_sync.lint.model.finding import Finding, FindingFix, LintReport, Severity
from revox_sync.output.markup.json import json_document


def render(report: LintReport) -> str:
    """One JSON document."""
    return json_document(
        "lint",
        findings=[finding_document(finding) for finding in report.findings],
        suppressed=[finding_document(entry.finding) | {"reason": entry.reason} for entry in report.suppressed],
        summary={
            "files": report.files,
            "errors": report.number_of(Severity.ERROR),
            "warnings": report.number_of(Severity.WARNING),
            "infos": report.number_of(Severity.INFO),
        },
    )


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON; the fields of a region (`Region`) are members of whatever the region belongs to."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.sentence,
        **finding.region._asdict(),
        "related": [{"message": related.message, **related.region._asdict()} for related in finding.related],
        **({"fix": _fix(finding.fix)} if finding.fix else {}),
        "help": finding.help,
    }


def _fix(fix: FindingFix) -> dict[str, Any]:
    edits = [edit.region._asdict() | {"text": edit.text} for edit in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}
