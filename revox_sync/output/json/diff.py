"""A comparison for programs; the shape is `schemas/diff.schema.json`."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from revox_sync.lint.baseline.delta import Delta
from revox_sync.output.json.plan import change_document
from revox_sync.output.lint.json import finding_document
from revox_sync.output.markup.json import json_document, record
from revox_sync.sync.model.comparison import Comparison
from revox_sync.sync.model.plan import Action


def render(comparison: Comparison, delta: Delta) -> str:
    """One JSON document."""
    return json_document("diff", **_content(comparison, delta), digest=comparison_digest(comparison, delta))


def comparison_digest(comparison: Comparison, delta: Delta) -> str:
    """BLAKE2b-128, hexadecimal, of everything in the comparison; equal comparisons have equal digests."""
    # The digest covers the document without itself.
    content = {"format": "revox-sync/diff", "version": 1, **_content(comparison, delta)}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _content(comparison: Comparison, delta: Delta) -> dict[str, Any]:
    return {
        "title": comparison.title,
        "environment": comparison.environment,
        "configuration": [
            {"path": change.path, "before": change.before, "after": change.after} for change in comparison.configuration
        ],
        "changes": [change_document(change) | _origin(change.previous_address) for change in comparison.changes],
        "unread": [record(unread) for unread in comparison.unread],
        "findings": {
            "new": [finding_document(finding) for finding in delta.new],
            "gone": [finding_document(finding) for finding in delta.gone],
        },
        "summary": {
            **{action: comparison.count(action) for action in (Action.CREATE, Action.UPDATE, Action.REMOVE)},
            "unchanged": comparison.count(Action.NOOP),
            "unread": comparison.not_compared,
        },
    }


def _origin(previous_address: str | None) -> dict[str, str]:
    # An empty address is one, so only None means that the file has not moved.
    return {"previous_address": previous_address} if previous_address is not None else {}
