"""`revox-sync init`."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, settings_of
from revox_sync.cli.reports.formats import after_report
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.request import CodeHost
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "init",
    ("revox-sync init", "Start a project in the current folder."),
    ("revox-sync init --no-example", "Start one for the assistants that an account has already."),
)
@click.option(
    "--ci",
    type=click.Choice(get_args(CodeHost)),
    help="Whose workflow to write.  [default: that of the repository's remote]",
)
@click.option("--example/--no-example", default=True, help="Write a first assistant, or none.  [default: --example]")
@click.option(
    "--modeline",
    "modelines",
    is_flag=True,
    help="Name the schema for editors in the first assistant, instead of in .vscode.",
)
@settings_of("project", *OUTPUT_OPTIONS)
def command(settings: Settings, *, ci: CodeHost | None, example: bool, modelines: bool) -> ExitCode:
    """Write a configuration, a first assistant, a commit hook, a review workflow and what editors need.

    What exists stays as it is.
    """
    from revox_sync.usecases.project.init import (
        guess_code_host,
        init_report,
        require_outermost,
        starters,
        write_starters,
    )

    root = Path(settings.project)
    require_outermost(root)
    host = ci or guess_code_host(root)
    started = write_starters(root, starters(root, host, modelines=modelines, example=example))
    report = init_report(root, started, settings, undecided=ci is None and host == "none", example=example)
    click.echo(report, nl=False)
    return after_report(ExitCode.OK)
