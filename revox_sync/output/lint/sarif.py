"""Findings as SARIF 2.1.0, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final
from urllib.parse import quote

from revox_sync.lint.model.finding import Finding, FindingFix, LintReport, Region, Severity
from revox_sync.output.lint.fingerprint import fingerprints
from revox_sync.output.markup.json import json_text
from revox_sync.output.rules.markdown import markdown_prose
from revox_sync.output.rules.page import RulePage
from revox_sync.output.rules.text import text_prose
from revox_sync.output.text.visible import visible

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT: Final = "PROJECTROOT"
_ROOT_DESCRIPTION: Final = "The top of the repository that holds the project; without one, the folder of the project."
_FINGERPRINT: Final = "revoxSync/v1"


def render(report: LintReport, pages: Sequence[RulePage], version: str, documentation: str | None = None) -> str:
    """One SARIF log with one run.

    Args:
        report: findings; suppressed ones are listed with the reason.
        pages: of every rule that can have found something.
        version: of this program.
        documentation: address of the pages that explain it; None where there is none yet.
    """
    named, indexes = fingerprints(report), {page.code: index for index, page in enumerate(pages)}

    def result(finding: Finding, *suppressions: dict[str, str]) -> dict[str, Any]:
        return {
            "ruleId": finding.code,
            "ruleIndex": indexes[finding.code],
            "level": _LEVELS[finding.severity],
            "message": _message(finding.sentence),
            "locations": [{"physicalLocation": _location(finding.region)}],
            "partialFingerprints": {_FINGERPRINT: named[finding]},
            **_optional_members(finding),
            # An empty list says that the finding is not suppressed; without the list nobody would know.
            "suppressions": list(suppressions),
        }

    suppressed = [
        result(entry.finding, {"kind": "inSource"} | ({"justification": visible(entry.reason)} if entry.reason else {}))
        for entry in report.suppressed
    ]
    driver = {
        "name": "revox-sync",
        "version": version,
        **({} if documentation is None else {"informationUri": documentation}),
        "rules": [_rule(page, documentation) for page in pages],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": _ROOT_DESCRIPTION}}},
        "results": [*map(result, report.findings), *suppressed],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(page: RulePage, documentation: str | None) -> dict[str, Any]:
    address = {} if documentation is None else {"helpUri": f"{documentation}/rules/{page.code}/"}
    return {
        "id": page.code,
        "name": page.name,
        "shortDescription": {"text": page.headline},
        "fullDescription": {"text": page.sections[0].text if page.sections else page.headline},
        **address,
        "help": {"text": text_prose(page), "markdown": markdown_prose(page)},
        "defaultConfiguration": {"level": _LEVELS[page.severity], "enabled": page.default},
        "properties": {"tags": [page.family_name]},
    }


def _optional_members(finding: Finding) -> dict[str, Any]:
    related = [
        {"id": number, "physicalLocation": _location(place.region), "message": _message(place.message)}
        for number, place in enumerate(finding.related, start=1)
    ]
    fixes = [_fix(finding.fix)] if finding.fix else []
    return ({"relatedLocations": related} if related else {}) | ({"fixes": fixes} if fixes else {})


def _fix(fix: FindingFix) -> dict[str, Any]:
    return {
        "description": _message(fix.title),
        "artifactChanges": [
            {
                "artifactLocation": _artifact(path),
                "replacements": [
                    {"deletedRegion": _region(edit.region), "insertedContent": {"text": edit.text}} for edit in edits
                ],
            }
            for path, edits in groupby(fix.edits, attrgetter("region.path"))
        ],
        "properties": {"safety": fix.safety},
    }


def _message(text: str) -> dict[str, str]:
    # A viewer makes a link of `[words](target)`, and the words come from the user's files (SARIF 3.11.6).
    return {"text": visible(text).replace("](", "] (")}


def _location(region: Region) -> dict[str, Any]:
    return {"artifactLocation": _artifact(region.path), "region": _region(region)}


def _artifact(path: str) -> dict[str, str]:
    # A path that is not UTF-8 keeps its bytes.
    return {"uri": quote(path, errors="surrogateescape"), "uriBaseId": _ROOT}


def _region(region: Region) -> dict[str, int]:
    return {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }
