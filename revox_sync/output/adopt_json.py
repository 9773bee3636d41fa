"""New files of remote assistants, for programs: what `schemas/pull.schema.json` says about them."""

from __future__ import annotations

from typing import Any

from revox_sync.sync.adopted import Adopted, AdoptReport, Skipped


def members(report: AdoptReport) -> dict[str, Any]:
    """Members of the document that a pull prints."""
    return {
        "adopted": [_adopted(each) for each in report.adopted],
        "skipped": [_skipped(each) for each in report.skipped],
    }


def _adopted(each: Adopted) -> dict[str, Any]:
    return {
        "address": each.address,
        "id": each.id,
        "name": each.name,
        "path": each.path,
        "files": list(each.files),
        "variables": dict(each.variables),
        "notes": list(each.notes),
    }


def _skipped(each: Skipped) -> dict[str, Any]:
    hint = {"hint": each.hint} if each.hint else {}
    return {"id": each.id, "name": each.name, "reason": each.reason, **hint}
