"""The outcome of a pull for programs; the shape is `schemas/pull.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from revox_sync.output import adopt_json
from revox_sync.sync.adopted import AdoptReport
from revox_sync.sync.pulled import Left, Pulled, PullReport


def render(report: PullReport, adopted: AdoptReport) -> str:
    """One JSON document about the files that were there and those that are new."""
    document = {
        "format": "revox-sync/pull",
        "version": 1,
        "environment": report.environment,
        "written": report.written,
        "assistants": [_assistant(each) for each in report.assistants],
        **adopt_json.members(adopted),
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
