"""The outcome of a pull for programs; the shape is `schemas/pull.schema.json`."""

from __future__ import annotations

from typing import Any

from revox_sync.output.markup.json import filled, json_document, record
from revox_sync.output.text.pull import pull_counts
from revox_sync.sync.model.adopt_report import AdoptReport
from revox_sync.sync.model.pull_report import Pulled, PullReport


def render(report: PullReport, adopted: AdoptReport) -> str:
    """One JSON document about the files that were there and those that are new."""
    return json_document(
        "pull",
        environment=report.environment,
        base_url=report.base_url,
        organization_id=report.organization_id,
        written=report.written,
        assistants=[_assistant(pulled) for pulled in report.assistants],
        adopted=[record(file) for file in adopted.adopted],
        skipped=[record(skipped) for skipped in adopted.skipped],
        summary={**pull_counts(report), "files": report.files, "lock": adopted.lock or report.lock},
    )


def _assistant(pulled: Pulled) -> dict[str, Any]:
    return {
        "address": pulled.address,
        "path": pulled.path,
        **({"name": pulled.name} if pulled.name is not None else {}),
        **filled(id=pulled.id),
        "pulled": pulled.fields,
        "conflicts": pulled.conflicts,
        "not_pulled": [record(left) for left in pulled.left],
        "local": pulled.local,
        "bound": pulled.bound,
        **filled(refused=pulled.refused),
    }
