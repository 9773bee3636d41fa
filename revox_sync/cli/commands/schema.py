"""`revox-sync schema`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, settings_of
from revox_sync.contract.schema_files import schema_directory, schema_names
from revox_sync.errors import UsageError
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.did_you_mean import did_you_mean


@helpful_command(
    "schema",
    ("revox-sync schema", "List the names of the schemas."),
    ("revox-sync schema assistant > assistant.schema.json", "Keep a schema for an editor."),
)
@click.argument("name", required=False)
@settings_of(*OUTPUT_OPTIONS)
def command(settings: Settings, name: str | None) -> None:  # noqa: ARG001 - nothing to set
    """Print a JSON Schema; without NAME, list the names."""
    names = schema_names()
    if name is None:
        click.echo("\n".join(names))
        return
    if name not in names:
        raise UsageError(f"no schema `{name}`", hint=did_you_mean(name, names) or f"schemas: {', '.join(names)}")
    click.echo((Path(schema_directory()) / f"{name}.schema.json").read_text("utf-8"), nl=False)
