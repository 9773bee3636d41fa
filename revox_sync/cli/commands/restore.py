"""`revox-sync restore`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target, require_distinct_files
from revox_sync.cli.reports.formats import REPORT_FORMATS
from revox_sync.cli.reports.publish_plan import plan_exit_code, publish, save_option
from revox_sync.cli.reports.review import ReviewOptions, full_option
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "restore",
    (
        "revox-sync restore .revox/backup/production-20260101T090000Z.json --save back.json",
        "Plan the way back to a backup, for `revox-sync apply back.json`.",
    ),
    ("revox-sync restore snapshot.json support", "Plan it for one assistant."),
)
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False), metavar="SNAPSHOT")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@save_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@full_option
@output_option(*REPORT_FORMATS["page"])
@with_settings
def command(
    settings: Settings,
    *,
    source: Path,
    addresses: tuple[str, ...],
    save: Path | None,
    detailed_exitcode: bool,
    full: bool,
    outputs: list[Target],
) -> ExitCode:
    """Plan to bring back assistants from a SNAPSHOT, such as a backup in .revox/backup. Changes nothing by itself."""
    from revox_sync.usecases.apply.session import open_session
    from revox_sync.usecases.apply.snapshots import plan_restore

    require_distinct_files(outputs, save)
    plan = plan_restore(open_session(settings), source, addresses)
    publish(plan, save, outputs, settings, ReviewOptions(full=full))
    if plan.pending and save is None:
        settings.tell("Nothing was changed. To go on: the same with --save FILE, then `revox-sync apply FILE`.")
    return plan_exit_code(plan, detailed=detailed_exitcode)
