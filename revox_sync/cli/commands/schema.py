"""`revox-sync schema`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, settings_of
from revox_sync.errors import UsageError
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.did_you_mean import did_you_mean


@helpful_command(
    "schema",
    ("revox-sync schema", "List the names of the schemas."),
    ("revox-sync schema editor > revox-sync.schema.json", "Keep the schema for editors."),
)
@click.argument("name", required=False, metavar="[SCHEMA]")
@settings_of("project", "environment", *OUTPUT_OPTIONS, reads_variable=False)
def command(settings: Settings, name: str | None) -> None:
    """Print a JSON Schema; without NAME, list the names.

    `editor` is the one for editors: the contract of this project, and what may stand behind its tags.
    """
    from revox_sync.contract.schema_files import EDITOR, schema_directory, schema_names
    from revox_sync.usecases.project.editor_files import editor_schema_text

    names = [*schema_names(), EDITOR]
    if name is None:
        click.echo("\n".join(names))
        return
    if name == EDITOR:
        click.echo(editor_schema_text(settings), nl=False)
        return
    if name not in names:
        raise UsageError(f"no schema `{name}`", hint=did_you_mean(name, names) or f"schemas: {', '.join(names)}")
    click.echo((Path(schema_directory()) / f"{name}.schema.json").read_text("utf-8"), nl=False)
