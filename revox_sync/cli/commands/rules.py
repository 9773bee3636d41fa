"""`revox-sync rules`."""

from __future__ import annotations

import click

from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, emit
from revox_sync.cli.reports.rule_pages import brief_pages
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@click.command("rules")
@output_option(*REPORT_FORMATS["rules"])
@with_settings
def command(settings: Settings, *, outputs: list[Target]) -> ExitCode:
    """List the rules."""
    emit("rules", brief_pages(), outputs, settings)
    return ExitCode.OK
