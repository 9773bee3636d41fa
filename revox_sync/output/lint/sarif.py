"""Findings as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from urllib.parse import quote

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
from revox_sync.output.lint.fingerprint import fingerprints
from revox_sync.output.rules.markdown import markdown_prose as as_markdown
from revox_sync.output.rules.page import RulePage
from revox_sync.output.rules.text import text_prose as as_text
from revox_sync.output.text.visible import visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
ROOT: Final = "PROJECTROOT"
ROOT_IS: Final = "The top of the repository that holds the project; without one, the folder of the project."
FINGERPRINT: Final = "revoxSync/v1"


def render(report: LintReport, pages: Sequence[RulePage], version: str) -> str:
    """One SARIF log with one run.

    Args:
        report: findings; suppressed ones are listed with the reason.
        pages: of every rule that can have found something.
        version: of this program.
    """
    results = _Results(fingerprints(report), {page.code: index for index, page in enumerate(pages)})
    run = {
        "tool": {"driver": {"name": "revox-sync", "version": version, "rules": [_rule(page) for page in pages]}},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": ROOT_IS}}},
        "results": [
            *(results.open(each) for each in report.findings),
            *(results.suppressed(each) for each in report.suppressed),
        ],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(page: RulePage) -> dict[str, Any]:
    return {
        "id": page.code,
        "name": page.name,
        "shortDescription": {"text": page.headline},
        "fullDescription": {"text": page.sections[0].text if page.sections else page.headline},
        "help": {"text": as_text(page), "markdown": as_markdown(page)},
        "defaultConfiguration": {"level": LEVELS[page.severity], "enabled": page.default},
        "properties": {"tags": [page.family_name]},
    }


class _Results:
    """Draws results, given each finding's fingerprint and each rule's index."""

    def __init__(self, named: Mapping[Finding, str], index: Mapping[str, int]) -> None:
        self._named = named
        self._index = index

    def open(self, finding: Finding) -> dict[str, Any]:
        """A finding somebody has to look at. An empty list says that it is not suppressed."""
        return self._result(finding) | {"suppressions": []}

    def suppressed(self, suppressed: SuppressedFinding) -> dict[str, Any]:
        """A finding that a comment accepts."""
        reason = {"justification": visible(suppressed.reason)} if suppressed.reason else {}
        return self._result(suppressed.finding) | {"suppressions": [{"kind": "inSource", **reason}]}

    def _result(self, finding: Finding) -> dict[str, Any]:
        result = {
            "ruleId": finding.code,
            "ruleIndex": self._index[finding.code],
            "level": LEVELS[finding.severity],
            "message": _message(finding.sentence),
            "locations": [{"physicalLocation": _physical(finding.region)}],
            "partialFingerprints": {FINGERPRINT: self._named[finding]},
        }
        if finding.related:
            result["relatedLocations"] = [_related(number, each) for number, each in enumerate(finding.related, 1)]
        if finding.fix:
            result["fixes"] = [_fix(finding.fix)]
        return result


def _related(number: int, related: RelatedRegion) -> dict[str, Any]:
    return {"id": number, "physicalLocation": _physical(related.region), "message": _message(related.message)}


def _fix(fix: FindingFix) -> dict[str, Any]:
    return {
        "description": _message(fix.title),
        "artifactChanges": [
            {"artifactLocation": _artifact(path), "replacements": [_replacement(each) for each in edits]}
            for path, edits in groupby(fix.edits, attrgetter("region.path"))
        ],
        "properties": {"safety": fix.safety},
    }


def _replacement(edit: FixedRegion) -> dict[str, Any]:
    return {"deletedRegion": _region(edit.region), "insertedContent": {"text": edit.text}}


def _message(text: str) -> dict[str, str]:
    """A message without links: `[words](target)` would become one, and words come from the files (SARIF 3.11.6)."""
    return {"text": visible(text).replace("](", "] (")}


def _physical(region: Region) -> dict[str, Any]:
    return {"artifactLocation": _artifact(region.path), "region": _region(region)}


def _artifact(path: str) -> dict[str, str]:
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": ROOT}


def _region(region: Region) -> dict[str, int]:
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }
