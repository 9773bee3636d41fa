"""`revox-sync show`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, output_option, settings_of
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS
from revox_sync.cli.reports.publish_plan import plan_exit_code, publish
from revox_sync.cli.reports.review import LEGEND, ReviewOptions, left_out_of, require_no_impact, review_options
from revox_sync.errors import ExitCode
from revox_sync.sync.model.plan import IMPACTS
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "show",
    ("revox-sync show plan.json", "Print a saved plan."),
    ("revox-sync show plan.json -o html:plan.html", "Draw it as a page to read in a browser."),
    notes=LEGEND,
)
@click.argument("file", type=click.Path(path_type=Path), metavar="PLAN.json")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@review_options(*IMPACTS)
@output_option(*REPORT_FORMATS["page"])
@settings_of("project", *OUTPUT_OPTIONS)
def command(
    settings: Settings,
    *,
    file: Path,
    detailed_exitcode: bool,
    review: ReviewOptions,
    outputs: list[Target],
) -> ExitCode:
    """Print a saved plan. Needs no network and no key."""
    from revox_sync.source.files.text_files import read_file
    from revox_sync.sync.planning.saved_plan import load_plan, plan_digest
    from revox_sync.sync.planning.shown_change import as_sent
    from revox_sync.usecases.apply.notices import note_unfinished_applies

    note_unfinished_applies(settings)
    plan = load_plan(read_file(file), str(file))
    # A file proves nothing about itself: what it shows is worked out from what it would send.
    shown = as_sent(plan)
    # Whoever acts on the plan has to name its environment.
    settings = settings._replace(environment=plan.environment)
    report = publish(shown, None, outputs, settings, review, digest=plan_digest(plan), saved=True)
    require_no_impact(shown.pending, review.impacts, left_out=left_out_of(report, outputs))
    return plan_exit_code(plan, detailed=detailed_exitcode)
