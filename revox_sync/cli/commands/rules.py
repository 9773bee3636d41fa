"""`revox-sync rules`."""

from __future__ import annotations

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, output_option, settings_of
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, emit
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "rules",
    ("revox-sync rules", "List the rules."),
    ("revox-sync rules -o json", "The same for programs."),
)
@output_option(*REPORT_FORMATS["rules"])
@settings_of(*OUTPUT_OPTIONS)
def command(settings: Settings, *, outputs: list[Target]) -> ExitCode:
    """List the rules."""
    from revox_sync.usecases.lint.rule_pages import brief_pages

    emit("rules", brief_pages(), outputs, settings)
    return ExitCode.OK
