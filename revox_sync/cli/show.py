"""`revox-sync show`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.emit import Target, emit, output_option, read_file
from revox_sync.cli.options import Settings, with_settings
from revox_sync.errors import ExitCode
from revox_sync.output import plan_json, plan_text
from revox_sync.sync.planfile import load_plan, plan_digest


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path), metavar="PLAN.json")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@output_option("text", "json")
@with_settings
def command(settings: Settings, *, file: Path, detailed_exitcode: bool, outputs: list[Target]) -> ExitCode:
    """Print a saved plan. Needs no network and no key."""
    plan = load_plan(read_file(file), str(file))
    renderers = {
        "text": lambda paint, width: plan_text.render(plan, paint, width),
        "json": lambda *_: plan_json.render(plan, plan_digest(plan)),
    }
    emit(outputs, renderers, settings)
    return ExitCode.CHANGES if detailed_exitcode and not plan.in_sync else ExitCode.OK
