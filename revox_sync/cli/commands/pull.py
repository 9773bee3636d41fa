"""`revox-sync pull`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from revox_sync.cli.options.addresses import selection_options
from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target, diff_stream
from revox_sync.cli.reports.formats import REPORT_FORMATS, PullOutput, emit, emit_after
from revox_sync.errors import ExitCode, RevoxSyncError
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.address import Selection

if TYPE_CHECKING:
    from revox_sync.sync.model.adopt_report import AdoptReport
    from revox_sync.sync.model.pull_report import PullReport


@helpful_command(
    "pull",
    ("revox-sync pull", "Take edits made in the dashboard over into the files."),
    ("revox-sync pull --new --check", "Show which files would be written for assistants that have none."),
)
@selection_options()
@click.option("--theirs", is_flag=True, help="In a conflict, take the server's value.")
@click.option("--inline", is_flag=True, help="Write values that come from elsewhere into the assistant's own file.")
@click.option("--all-fields", is_flag=True, help="Also fields that the file does not declare.")
@click.option("--new", is_flag=True, help="Also write a file for each assistant that has none.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Write a file for this assistant; repeatable.")
@click.option("--into", metavar="FOLDER", help="Where new files go, below the assistants directory.")
@click.option(
    "--check", is_flag=True, help="Write nothing; show what would change, and exit with 2 if something would."
)
@output_option(*REPORT_FORMATS["pull"])
@with_settings
def command(
    settings: Settings,
    *,
    selection: Selection,
    theirs: bool,
    inline: bool,
    all_fields: bool,
    new: bool,
    ids: tuple[str, ...],
    into: str | None,
    check: bool,
    outputs: list[Target],
) -> ExitCode:
    """Bring edits made in the dashboard into the files; only what differs is changed. ADDRESS may be a glob.

    With --new it also names assistants that have no file yet, by the address they would get or by their name.
    """
    from revox_sync.sync.pulling.field_groups import PullOptions
    from revox_sync.usecases.project.open_project import show_diff
    from revox_sync.usecases.pull.pull import (
        NewFiles,
        adopt_assistants,
        adopt_request,
        lock_in_force,
        open_pull,
        pull_exit_code,
        report_of,
        tell_leaks,
        write_pull,
    )
    from revox_sync.usecases.pull.take_over import PullResult, take_over

    session, tree = open_pull(settings)
    with session.client() as client, lock_in_force(session, client, check=check) as known:
        request, pulled = adopt_request(session, client, selection, NewFiles(ids, new, into))
        options = PullOptions(theirs, inline, all_fields)
        result = take_over(session, client, known, pulled, options) if pulled is not None else PullResult()
        tell_leaks(session, result)
        if check:
            show_diff(session.workspace, result.texts, diff_stream(outputs), settings)
        else:
            write_pull(session, result, tree)
        report = report_of(session, result, known, written=not check)
        with _reporting_on_error(report, outputs, settings):
            adopted = adopt_assistants(session, client, request, check=check)
    output = _output(report, adopted if request is not None else None, settings, pulling=pulled is not None)
    code = pull_exit_code(report, adopted)
    if not check:
        return emit_after("pull", output, outputs, settings, code)
    emit("pull", output, outputs, settings)
    return code


@contextmanager
def _reporting_on_error(report: PullReport, outputs: list[Target], settings: Settings) -> Iterator[None]:
    """Report what is pulled already, if something stops the rest."""
    try:
        yield
    except (RevoxSyncError, KeyboardInterrupt):
        if report.files:
            emit("pull", _output(report, None, settings, pulling=True), outputs, settings)
        raise


def _output(report: PullReport, adopted: AdoptReport | None, settings: Settings, *, pulling: bool) -> PullOutput:
    from revox_sync.output.json import pull as pull_json
    from revox_sync.output.text import pull as pull_text
    from revox_sync.sync.model.adopt_report import AdoptReport
    from revox_sync.usecases.project.commands import runnable_report

    report, adopted = runnable_report(report, settings), runnable_report(adopted, settings)
    if adopted is not None and report.organization_id is None:
        report = replace(report, organization_id=adopted.organization_id)
    return PullOutput(
        text=lambda paint, width: (
            (pull_text.render(report, paint) if pulling else f"{pull_text.pull_where(report)}\n\n")
            + (pull_text.render_adopted(adopted, paint, width) if adopted is not None else "")
        ),
        json=lambda: pull_json.render(report, adopted or AdoptReport(report.written)),
    )
