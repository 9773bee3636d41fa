"""`revox-sync show`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.emit import Target, read_file
from revox_sync.cli.options import output_option, with_settings
from revox_sync.cli.plan_report import exit_code, publish
from revox_sync.cli.reports import FORMATS, require_calm, review_options
from revox_sync.cli.settings import Settings
from revox_sync.cli.unfinished import warn_of_journals
from revox_sync.errors import ExitCode
from revox_sync.sync.planfile import load_plan


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path), metavar="PLAN.json")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@review_options
@output_option(*FORMATS)
@with_settings
def command(
    settings: Settings,
    *,
    file: Path,
    detailed_exitcode: bool,
    max_chars: int,
    impacts: tuple[str, ...],
    outputs: list[Target],
) -> ExitCode:
    """Print a saved plan. Needs no network and no key."""
    warn_of_journals(settings)
    plan = load_plan(read_file(file), str(file))
    publish(plan, None, outputs, settings, max_chars)
    require_calm(plan.pending, impacts)
    return exit_code(plan, detailed=detailed_exitcode)
