"""`revox-sync compare`."""

from __future__ import annotations

from functools import partial

import click

from revox_sync.cli.options.addresses import selection_options
from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import EVERY_OPTION, output_option, settings_of
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, PageReport, emit
from revox_sync.cli.reports.review import LEGEND, ReviewOptions, left_out_of, require_no_impact, review_options
from revox_sync.errors import ExitCode
from revox_sync.sync.model.plan import IMPACTS
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import Selection


@helpful_command(
    "compare",
    ("revox-sync compare -e staging -e production", "Show what a promotion would change for callers."),
    (
        "revox-sync compare -e staging -e production 'sales/*' -o html:promotion.html",
        "Draw it for some assistants as a page to read in a browser.",
    ),
    notes=LEGEND,
)
@selection_options()
@click.option(
    "--env",
    "-e",
    "environments",
    multiple=True,
    metavar="NAME",
    help="Twice: the environment that is promoted, and the one that would change.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when they differ, or cannot be compared.")
@review_options(*IMPACTS)
@output_option(*REPORT_FORMATS["page"])
@settings_of(*(name for name in EVERY_OPTION if name != "environment"), reads_variable=False)
def command(
    settings: Settings,
    *,
    selection: Selection,
    environments: tuple[str, ...],
    detailed_exitcode: bool,
    review: ReviewOptions,
    outputs: list[Target],
) -> ExitCode:
    """Show what differs between the assistants of two environments, as their APIs hold them. Changes nothing.

    What both hold is read from the APIs, so edits made in a dashboard are in it. Where each holds what the file says
    for it, such as another host by `!var`, there is no difference.
    """
    from revox_sync.lint.baseline.delta import Delta
    from revox_sync.output.json import diff as diff_json
    from revox_sync.output.page.from_diff import diff_page
    from revox_sync.usecases.apply.session import open_session
    from revox_sync.usecases.project.open_project import open_workspace
    from revox_sync.usecases.review.compare_environments import compare_environments, named_environments

    _, workspace = open_workspace(settings)
    names = named_environments(environments, iter(workspace.config.environments))
    source, target = (open_session(settings._replace(environment=name), warn=name == names[0]) for name in names)
    comparison, delta = compare_environments(source, target, selection), Delta((), ())
    addresses = {file.path: file.address for file in workspace.files}
    report = PageReport(
        partial(diff_page, comparison, delta, addresses, diff_json.comparison_digest(comparison, delta)),
        partial(diff_json.render, comparison, delta),
        max_chars=review.max_chars,
        full=review.full,
    )
    emit("page", report, outputs, settings)
    unread = [file.path for file in comparison.unread]
    require_no_impact(comparison.pending, review.impacts, unread, left_out_of(report, outputs))
    # What nobody could compare may differ: that is not "the same".
    differs = comparison.pending or comparison.unread
    return ExitCode.CHANGES if detailed_exitcode and differs else ExitCode.OK
