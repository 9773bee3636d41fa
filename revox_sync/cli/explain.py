"""`revox-sync explain`."""

from __future__ import annotations

import click

from revox_sync.cli.options import Settings, with_settings
from revox_sync.errors import ExitCode
from revox_sync.lint.registry import find_rule
from revox_sync.output import rules_text


@click.command("explain")
@click.argument("code")
@with_settings
def command(settings: Settings, code: str) -> ExitCode:  # noqa: ARG001 - nothing to set
    """Print the page of a rule, by code or name."""
    rule = find_rule(code)
    click.echo(rules_text.page(rule.code, rule.name, rule.severity, rule.page()), nl=False)
    return ExitCode.OK
