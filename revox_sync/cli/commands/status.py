"""`revox-sync status`."""

from __future__ import annotations

from functools import partial

import click

from revox_sync.cli.options.addresses import selection_options
from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import REPORT_FORMATS, PageReport, emit
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import Selection


@helpful_command(
    "status",
    ("revox-sync status", "Show where every assistant stands."),
    ("revox-sync status -e production --detailed-exitcode", "Exit with 2 unless everything is in sync."),
)
@selection_options()
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when an assistant is not in sync.")
@output_option(*REPORT_FORMATS["page"])
@with_settings
def command(settings: Settings, *, selection: Selection, detailed_exitcode: bool, outputs: list[Target]) -> ExitCode:
    """Show where every assistant stands: in sync, changed here, edited outside, missing, orphaned.

    ADDRESS is a path below the assistants directory without suffix; globs work. It ends with 0 whatever it shows,
    unless files are broken or --detailed-exitcode is given.
    """
    from revox_sync.output.json import status as status_json
    from revox_sync.output.page.from_status import status_page
    from revox_sync.output.text import status as status_text
    from revox_sync.sync.model.plan import PlanOptions
    from revox_sync.sync.planning.status import make_status
    from revox_sync.sync.remote_state.usage import fetch_usage
    from revox_sync.usecases.apply.notices import note_set_aside
    from revox_sync.usecases.apply.session import open_session
    from revox_sync.usecases.project.commands import runnable, runnable_report

    session = open_session(settings)
    desired = session.desired(session.files(selection, orphans=True))
    with session.client() as client:
        state = session.state(client, desired)
        usage = fetch_usage(client, campaigns=False)
    plan = session.plan(desired, state, PlanOptions(), selection)
    unmanaged = () if selection.addresses else state.unmanaged
    made = make_status(plan, desired, state.matches, unmanaged).with_usage(usage)
    status = runnable_report(made, settings)
    if not selection.addresses:
        note_set_aside(settings, state.set_aside)
    report = PageReport(
        page=lambda: runnable_report(status_page(status), settings),
        json=partial(status_json.render, status),
        # At a terminal a table is shorter, and has a row for those in sync.
        text=partial(status_text.render, status, complete=partial(runnable, chosen=settings)),
    )
    emit("page", report, outputs, settings)
    return ExitCode.CHANGES if detailed_exitcode and not status.in_sync else ExitCode.OK
