"""The environments of a project for programs; the shape is `schemas/env.schema.json`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from revox_sync.output.markup.json import json_document
from revox_sync.sync.model.environment_report import EnvironmentFacts


def render(environments: Sequence[EnvironmentFacts]) -> str:
    """One JSON document. No key is in it, only the name of its variable."""
    return json_document("env", environments=[asdict(each) for each in environments])
