"""Rules for programs; the shape is `schemas/rules.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from revox_sync.output.rules.page import RuleExample, RulePage


def render(pages: Sequence[RulePage]) -> str:
    """One JSON document; a page without examples has none in it."""
    document = {"format": "revox-sync/rules", "version": 1, "rules": [_rule(each) for each in pages]}
    return json.dumps(document, indent=2) + "\n"


def _rule(page: RulePage) -> dict[str, Any]:
    examples = {"invalid": [*map(_example, page.invalid)], "valid": [*map(_example, page.valid)]}
    return {
        "code": page.code,
        "name": page.name,
        "family": page.family_name,
        "severity": page.severity.value,
        "default": page.default,
        "headline": page.headline,
        "sections": [{"title": each.title, "text": " ".join(each.text.split())} for each in page.sections],
        **({"examples": examples} if page.invalid or page.valid else {}),
    }


def _example(example: RuleExample) -> dict[str, Any]:
    return {
        "files": [{"path": path, "text": "".join(f"{line}\n" for line in lines)} for path, lines in example.files],
        "findings": [
            {"message": each.sentence, "path": each.region.path, "line": each.region.line, "column": each.region.column}
            for each in example.findings
        ],
    }
