"""`revox-sync lint`."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import EVERY_OPTION, output_option, settings_of
from revox_sync.cli.options.lint import lint_options
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS
from revox_sync.errors import ExitCode
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "lint",
    ("revox-sync lint --fix", "Check all assistants, and mend what can be mended safely."),
    (
        "revox-sync lint assistants/sales --select RVX2,RVX5",
        "Check the assistants of one folder by the rules of two families.",
    ),
)
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@lint_options
@output_option(*REPORT_FORMATS["lint"])
@settings_of(*EVERY_OPTION, reads_variable=False)
def command(settings: Settings, *, paths: tuple[str, ...], request: LintRequest, outputs: list[Target]) -> ExitCode:
    """Check assistant files, offline. PATH is a file or folder; without any, all assistants are checked."""
    from revox_sync.cli.run_lint import lint_paths

    return lint_paths(settings, paths, request, outputs)
