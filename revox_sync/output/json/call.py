"""A test call for programs; the shape is `schemas/call.schema.json`."""

from __future__ import annotations

from dataclasses import asdict

from revox_sync.output.markup.json import json_document
from revox_sync.sync.model.call_report import CallReport


def render(report: CallReport) -> str:
    """One JSON document; null stands for what is not known."""
    call = asdict(report)
    return json_document("call", **call.pop("order"), **call)
