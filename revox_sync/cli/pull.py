"""`revox-sync pull`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from revox_sync.cli.emit import Renderer, Target, emit
from revox_sync.cli.options import output_option, with_settings
from revox_sync.cli.pull_harvest import Harvest, harvest
from revox_sync.cli.pulling import open_pull, recalled, report_of, show_diff, write
from revox_sync.cli.session import Session
from revox_sync.cli.settings import Settings
from revox_sync.errors import ExitCode, RevoxSyncError, worst
from revox_sync.output import adopt_text, pull_json, pull_text
from revox_sync.remote.client import Client
from revox_sync.sync.adopted import AdoptReport
from revox_sync.sync.pull import PullOptions
from revox_sync.sync.pulled import PullReport


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
    with session.client() as client, recalled(session, client, check=check) as known:
        chosen = PullOptions(theirs, inline, all_fields)
        result = harvest(session, client, known, addresses, chosen) if pulling else Harvest((), {}, None)
        if check:
            show_diff(session, result, outputs)
        else:
            write(session, result)
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
    from revox_sync.cli.adopting import adopt  # new files are written by ruamel, which is slow to import

    return adopt(session, client, ids, new=new, check=check)


def _renderers(report: PullReport, adopted: AdoptReport | None, *, pulling: bool) -> Mapping[str, Renderer]:
    return {
        "text": lambda paint, _: (
            (pull_text.render(report, paint) if pulling else "")
            + (adopt_text.render(adopted, paint) if adopted is not None else "")
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
