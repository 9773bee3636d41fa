"""A comparison for programs; the shape is `schemas/diff.schema.json`."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from revox_sync.lint.baseline.delta import Delta
from revox_sync.output.json.plan import change_document
from revox_sync.output.lint.json import finding_document
from revox_sync.sync.model.comparison import Comparison
from revox_sync.sync.model.plan import Action


def render(comparison: Comparison, delta: Delta) -> str:
    """One JSON document."""
    document = _content(comparison, delta)
    return json.dumps(document | {"digest": _digest(document)}, indent=2) + "\n"


def comparison_digest(comparison: Comparison, delta: Delta) -> str:
    """BLAKE2b-128, hexadecimal, of everything in the comparison; equal inputs give equal digests."""
    return _digest(_content(comparison, delta))


def _content(comparison: Comparison, delta: Delta) -> dict[str, Any]:
    return {
        "format": "revox-sync/diff",
        "version": 1,
        "title": comparison.title,
        "environment": comparison.environment,
        "changes": [change_document(each) | _origin(each.previous_address) for each in comparison.changes],
        "unread": [{"version": each.version, "path": each.path, "errors": each.errors} for each in comparison.unread],
        "findings": {
            "new": [finding_document(each) for each in delta.new],
            "gone": [finding_document(each) for each in delta.gone],
        },
        "summary": {
            **{each: comparison.count(each) for each in (Action.CREATE, Action.UPDATE, Action.REMOVE)},
            "unchanged": comparison.count(Action.NOOP),
            "unread": len(comparison.unread),
        },
    }


def _origin(previous_address: str | None) -> dict[str, str]:
    return {"previous_address": previous_address} if previous_address is not None else {}


def _digest(document: dict[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()
