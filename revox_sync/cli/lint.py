"""`revox-sync lint`."""

from __future__ import annotations

import click

from revox_sync.cli.emit import Target
from revox_sync.cli.lint_options import lint_options
from revox_sync.cli.lint_reports import FORMATS
from revox_sync.cli.lint_request import LintRequest
from revox_sync.cli.lint_run import lint_paths
from revox_sync.cli.options import output_option, with_settings
from revox_sync.cli.settings import Settings
from revox_sync.errors import ExitCode


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@lint_options
@output_option(*FORMATS)
@with_settings
def command(settings: Settings, *, paths: tuple[str, ...], request: LintRequest, outputs: list[Target]) -> ExitCode:
    """Check assistant files, offline. PATH is a file or folder; without any, all assistants are checked."""
    return lint_paths(settings, paths, request, outputs)
