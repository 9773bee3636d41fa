"""The outcome of a pull for programs; the shape is `schemas/pull.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from revox_sync.sync.model.adopt_report import Adopted, AdoptReport, Skipped
from revox_sync.sync.model.pull_report import Left, Pulled, PullReport


def render(report: PullReport, adopted: AdoptReport) -> str:
    """One JSON document about the files that were there and those that are new."""
    document = {
        "format": "revox-sync/pull",
        "version": 1,
        "environment": report.environment,
        "written": report.written,
        "assistants": [_assistant(each) for each in report.assistants],
        **adopted_members(adopted),
        "summary": {
            "pulled": sum(len(each.fields) for each in report.assistants),
            "conflicts": sum(len(each.conflicts) for each in report.assistants),
            "not_pulled": sum(each.differs for one in report.assistants for each in one.left),
            "refused": sum(bool(each.refused) for each in report.assistants),
            "local": sum(len(each.local) for each in report.assistants),
            "files": list(report.files),
            "lock": adopted.lock or report.lock,
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _assistant(pulled: Pulled) -> dict[str, Any]:
    return {
        "address": pulled.address,
        "path": pulled.path,
        **({"name": pulled.name} if pulled.name is not None else {}),
        **({"id": pulled.id} if pulled.id else {}),
        "pulled": list(pulled.fields),
        "conflicts": list(pulled.conflicts),
        "not_pulled": [_left(each) for each in pulled.left],
        "local": list(pulled.local),
        "bound": pulled.bound,
        **({"refused": pulled.refused} if pulled.refused else {}),
    }


def _left(left: Left) -> dict[str, Any]:
    return {
        "path": left.path,
        "reason": left.reason,
        **({"place": left.place} if left.place else {}),
        "differs": left.differs,
    }


def adopted_members(report: AdoptReport) -> dict[str, Any]:
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
