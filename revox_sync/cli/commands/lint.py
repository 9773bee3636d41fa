"""`revox-sync lint`."""

from __future__ import annotations

import click

from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.lint import lint_options
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS
from revox_sync.cli.run_lint import lint_paths
from revox_sync.errors import ExitCode
from revox_sync.usecases.lint.request import LintRequest
from revox_sync.usecases.project.settings import Settings


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@lint_options
@output_option(*REPORT_FORMATS["lint"])
@with_settings
def command(settings: Settings, *, paths: tuple[str, ...], request: LintRequest, outputs: list[Target]) -> ExitCode:
    """Check assistant files, offline. PATH is a file or folder; without any, all assistants are checked."""
    return lint_paths(settings, paths, request, outputs)
