"""`revox-sync pull`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target, diff_stream
from revox_sync.cli.reports.emit import Renderer, emit
from revox_sync.errors import ExitCode, RevoxSyncError, worst
from revox_sync.output.json import pull as pull_json
from revox_sync.output.text import pull as pull_text
from revox_sync.remote.client import Client
from revox_sync.sync.model.adopt_report import AdoptReport
from revox_sync.sync.model.pull_report import PullReport
from revox_sync.sync.pulling.units import PullOptions
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.pull.pull import lock_in_force, open_pull, report_of, show_diff, write_pull
from revox_sync.usecases.pull.take_over import PullResult, take_over


@click.command("pull")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@click.option("--theirs", is_flag=True, help="In a conflict, take the server's value.")
@click.option("--inline", is_flag=True, help="Write values that come from elsewhere into the assistant's own file.")
@click.option("--all-fields", is_flag=True, help="Also fields that the file does not declare.")
@click.option("--new", is_flag=True, help="Also write a file for each assistant that has none.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="Write a file for this assistant; repeatable.")
@click.option(
    "--check", is_flag=True, help="Write nothing; show what would change, and exit with 2 if something would."
)
@output_option("text", "json")
@with_settings
def command(
    settings: Settings,
    *,
    addresses: tuple[str, ...],
    theirs: bool,
    inline: bool,
    all_fields: bool,
    new: bool,
    ids: tuple[str, ...],
    check: bool,
    outputs: list[Target],
) -> ExitCode:
    """Bring edits made in the dashboard into the files; only what differs is changed. ADDRESS may be a glob."""
    session = open_pull(settings)
    adopting = new or bool(ids)
    pulling = bool(addresses) or not adopting or (new and bool(session.workspace.files))
    with session.client() as client, lock_in_force(session, client, check=check) as known:
        chosen = PullOptions(theirs, inline, all_fields)
        result = take_over(session, client, known, addresses, chosen) if pulling else PullResult((), {}, None)
        if check:
            show_diff(session, result, diff_stream(outputs))
        else:
            write_pull(session, result)
        report = report_of(session, result, known, written=not check)
        with _telling(report, outputs, settings):
            adopted = _adopted(session, client, ids, new=new, check=check)
    emit(outputs, _renderers(report, adopted if adopting else None, pulling=pulling), settings)
    return _exit_code(report, adopted)


@contextmanager
def _telling(report: PullReport, outputs: list[Target], settings: Settings) -> Iterator[None]:
    """Report what is pulled, whatever stops the rest."""
    try:
        yield
    except (RevoxSyncError, KeyboardInterrupt):
        if report.files:
            emit(outputs, _renderers(report, None, pulling=True), settings)
        raise


def _adopted(session: Session, client: Client, ids: tuple[str, ...], *, new: bool, check: bool) -> AdoptReport:
    if not new and not ids:
        return AdoptReport(not check)
    from revox_sync.usecases.pull.adopt import adopt

    return adopt(session, client, ids, new=new, check=check)


def _renderers(report: PullReport, adopted: AdoptReport | None, *, pulling: bool) -> Mapping[str, Renderer]:
    return {
        "text": lambda paint, _: (
            (pull_text.render(report, paint) if pulling else "")
            + (pull_text.render_adopted(adopted, paint) if adopted is not None else "")
        ),
        "json": lambda *_: pull_json.render(report, adopted or AdoptReport(report.written)),
    }


def _exit_code(report: PullReport, adopted: AdoptReport) -> ExitCode:
    refused = [each for each in report.assistants if each.unsettled or (each.refused and not each.broken)]
    pending = not report.written and (report.files or adopted.adopted)
    return worst(
        ExitCode.REFUSED if refused or adopted.skipped else ExitCode.OK,
        ExitCode.CHANGES if pending else ExitCode.OK,
        ExitCode.FINDINGS if any(each.broken for each in report.assistants) else ExitCode.OK,
    )
