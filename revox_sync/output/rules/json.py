"""Rules for programs; the shape is `schemas/rules.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from revox_sync.output.markup.json import json_document
from revox_sync.output.rules.page import RuleExample, RulePage


def render(pages: Sequence[RulePage]) -> str:
    """One JSON document; a page without examples has none in it."""
    return json_document("rules", rules=[_rule(page) for page in pages])


def _rule(page: RulePage) -> dict[str, Any]:
    examples = {"invalid": [*map(_example, page.invalid)], "valid": [*map(_example, page.valid)]}
    return {
        "code": page.code,
        "name": page.name,
        "family": page.family_name,
        "severity": page.severity.value,
        "default": page.default,
        "headline": page.headline,
        # Line breaks come from the rule's source text and mean nothing.
        "sections": [{"title": section.title, "text": " ".join(section.text.split())} for section in page.sections],
        **({"examples": examples} if page.invalid or page.valid else {}),
    }


def _example(example: RuleExample) -> dict[str, Any]:
    return {
        "files": [{"path": path, "text": "".join(f"{line}\n" for line in lines)} for path, lines in example.files],
        "findings": [
            {
                "message": finding.sentence,
                "path": finding.region.path,
                "line": finding.region.line,
                "column": finding.region.column,
            }
            for finding in example.findings
        ],
    }
