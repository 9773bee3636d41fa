"""What `revox-sync doctor` finds, for programs; the shape is `schemas/doctor.schema.json`."""

from __future__ import annotations

from dataclasses import asdict

from revox_sync.output.markup.json import json_document
from revox_sync.sync.model.doctor_report import DoctorReport


def render(report: DoctorReport) -> str:
    """One JSON document, with nothing secret in it."""
    return json_document("doctor", healthy=report.is_healthy, **asdict(report))
