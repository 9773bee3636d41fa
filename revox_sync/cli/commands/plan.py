"""`revox-sync plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from revox_sync.cli.options.addresses import selection_options
from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.planning import planning_options, snapshot_options
from revox_sync.cli.options.targets import Target, require_distinct_files
from revox_sync.cli.reports.formats import REPORT_FORMATS
from revox_sync.cli.reports.publish_plan import digest_option, plan_exit_code, publish, save_option
from revox_sync.cli.reports.review import LEGEND, ReviewOptions, left_out_of, require_no_impact, review_options
from revox_sync.errors import ExitCode
from revox_sync.sync.model.plan import IMPACTS
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import Selection

if TYPE_CHECKING:
    from revox_sync.sync.model.plan import PlanOptions


@helpful_command(
    "plan",
    ("revox-sync plan --save plan.json", "Show what apply would do, and keep it for `revox-sync apply plan.json`."),
    (
        "revox-sync plan 'sales/*' --on-drift revert",
        "Plan the assistants below `sales`, and let the files win over edits made in the dashboard.",
    ),
    notes=LEGEND,
)
@selection_options()
@save_option
@digest_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@planning_options
@snapshot_options
@review_options(*IMPACTS)
@output_option(*REPORT_FORMATS["page"])
@with_settings
def command(
    settings: Settings,
    *,
    selection: Selection,
    save: Path | None,
    digest_file: Path | None,
    detailed_exitcode: bool,
    options: PlanOptions,
    remote_snapshot: Path | None,
    save_snapshot: Path | None,
    review: ReviewOptions,
    outputs: list[Target],
) -> ExitCode:
    """Show what apply would do. ADDRESS is a path below the assistants directory without suffix; globs work."""
    from revox_sync.sync.planning.orphans import OverLimitError
    from revox_sync.usecases.apply.in_use import with_uses
    from revox_sync.usecases.apply.notices import note_unmanaged
    from revox_sync.usecases.apply.session import open_session
    from revox_sync.usecases.apply.snapshots import fetch_and_save, plan_from_snapshot

    require_distinct_files(outputs, save, digest_file, save_snapshot)
    session = open_session(settings, offline=remote_snapshot is not None)
    desired = session.desired(session.files(selection, orphans=True))
    try:
        if remote_snapshot is not None:
            plan = plan_from_snapshot(session, remote_snapshot, desired, options, selection)
        else:
            state = fetch_and_save(session, save_snapshot, desired, prune=options.prune)
            plan = with_uses(session.plan(desired, state, options, selection), state.lock, session.client)
            if not selection.addresses:
                note_unmanaged(settings, state.unmanaged, state.set_aside)
    except OverLimitError as error:
        # Whoever decides about the limit has to see what it is about. It is not saved, because nobody may apply it.
        publish(error.plan, None, outputs, settings, review)
        raise
    report = publish(plan, save, outputs, settings, review, digest_file=digest_file)
    require_no_impact(plan.pending, review.impacts, left_out=left_out_of(report, outputs))
    return plan_exit_code(plan, detailed=detailed_exitcode)
