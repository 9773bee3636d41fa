"""`revox-sync plan`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.emit import Target, emit, output_option, write_file
from revox_sync.cli.options import Settings, with_settings
from revox_sync.cli.session import open_session, planning_options
from revox_sync.errors import ExitCode, UsageError
from revox_sync.output import plan_json, plan_text
from revox_sync.sync.plan import PlanOptions
from revox_sync.sync.planfile import SAVED_PLAN, dump_plan, plan_digest


@click.command("plan")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option(
    "--save", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the plan for apply."
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@planning_options
@output_option("text", "json")
@with_settings
def command(
    settings: Settings,
    *,
    addresses: tuple[str, ...],
    save: Path | None,
    detailed_exitcode: bool,
    options: PlanOptions,
    outputs: list[Target],
) -> ExitCode:
    """Show what apply would do. ADDRESS is a path below the assistants directory without suffix; globs work."""
    if save is not None and save.suffix != SAVED_PLAN:
        raise UsageError(f"`{save}`: the name of a saved plan ends in {SAVED_PLAN}", hint=f"--save {save.name}.json")
    session = open_session(settings)
    desired = session.desired(session.files(addresses))
    with session.client() as client:
        state = session.state(client, desired)
    plan = session.plan(desired, state, options)
    if save is not None:
        write_file(save, dump_plan(plan))
    renderers = {
        "text": lambda paint, width: plan_text.render(plan, paint, width),
        "json": lambda *_: plan_json.render(plan, plan_digest(plan)),
    }
    emit(outputs, renderers, settings)
    return ExitCode.CHANGES if detailed_exitcode and not plan.in_sync else ExitCode.OK
