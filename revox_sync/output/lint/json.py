"""Findings for programs; the shape is `schemas/lint.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from revox_sync.lint.model.finding import Finding, FindingFix, LintReport, Region, Severity


def render(report: LintReport) -> str:
    """One JSON document."""
    document = {
        "format": "revox-sync/lint",
        "version": 1,
        "findings": [finding_document(each) for each in report.findings],
        "suppressed": [finding_document(each.finding) | {"reason": each.reason} for each in report.suppressed],
        "summary": {
            "files": report.files,
            "errors": report.number_of(Severity.ERROR),
            "warnings": report.number_of(Severity.WARNING),
            "infos": report.number_of(Severity.INFO),
        },
    }
    return json.dumps(document, indent=2) + "\n"


def finding_document(finding: Finding) -> dict[str, Any]:
    """A finding as JSON."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.sentence,
        **_region(finding.region),
        "related": [{"message": each.message, **_region(each.region)} for each in finding.related],
        **({"fix": _fix(finding.fix)} if finding.fix else {}),
        "help": finding.help,
    }


def _fix(fix: FindingFix) -> dict[str, Any]:
    edits = [_region(each.region) | {"text": each.text} for each in fix.edits]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}


def _region(region: Region) -> dict[str, Any]:
    return {
        "path": region.path,
        "line": region.line,
        "column": region.column,
        "end_line": region.end_line,
        "end_column": region.end_column,
    }
