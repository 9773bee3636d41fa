"""`revox-sync rules`."""

from __future__ import annotations

import click

from revox_sync.cli.options import Settings, with_settings
from revox_sync.errors import ExitCode
from revox_sync.lint.registry import all_rules
from revox_sync.output import rules_text


@click.command("rules")
@with_settings
def command(settings: Settings) -> ExitCode:  # noqa: ARG001 - nothing to set
    """List the rules."""
    rows = [(each.code, each.name, each.severity, each.page().splitlines()[0]) for each in all_rules()]
    click.echo(rules_text.table(rows), nl=False)
    return ExitCode.OK
