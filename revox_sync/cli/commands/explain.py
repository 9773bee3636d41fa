"""`revox-sync explain`."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, output_option, settings_of
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, emit
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "explain",
    ("revox-sync explain RVX104", "Print the page of a rule."),
    ("revox-sync explain invalid-choice -o markdown", "The same by its name, as Markdown."),
)
@click.argument("code")
@output_option(*REPORT_FORMATS["rule"])
@settings_of(*OUTPUT_OPTIONS)
def command(settings: Settings, *, code: str, outputs: list[Target]) -> ExitCode:
    """Print the page of a rule, by code or name."""
    from revox_sync.lint.registry import find_rule
    from revox_sync.usecases.lint.rule_pages import full_page

    emit("rule", full_page(find_rule(code)), outputs, settings)
    return ExitCode.OK
