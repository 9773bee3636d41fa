"""`revox-sync restore`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target, require_distinct_files
from revox_sync.cli.reports.assistant_formats import FORMATS
from revox_sync.cli.reports.publish_plan import exit_code, publish, save_option
from revox_sync.errors import ExitCode
from revox_sync.sync.applying.replay_journal import without_unknown
from revox_sync.sync.model.plan import Plan
from revox_sync.sync.snapshots.restore import (
    by_address,
    chosen_assistants,
    fetch_present,
    make_restore_plan,
    secret_bearers,
)
from revox_sync.sync.snapshots.snapshot import Captured, require_organization
from revox_sync.usecases.apply.session import Session, open_session
from revox_sync.usecases.apply.snapshots import file_values, open_snapshot
from revox_sync.usecases.project.settings import Settings, say
from revox_sync.values.pointer import Value


@click.command("restore")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False), metavar="SNAPSHOT")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS]...")
@save_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when changes are pending.")
@output_option(*FORMATS)
@with_settings
def command(
    settings: Settings,
    *,
    source: Path,
    addresses: tuple[str, ...],
    save: Path | None,
    detailed_exitcode: bool,
    outputs: list[Target],
) -> ExitCode:
    """Plan to bring back assistants from a SNAPSHOT, such as a backup in .revox/backup. Changes nothing by itself."""
    require_distinct_files(outputs, save)
    session = open_session(settings)
    plan = _planned(session, source, addresses)
    publish(plan, save, outputs, settings)
    if plan.pending:
        say(_way_on(save, settings.environment))
    return exit_code(plan, detailed=detailed_exitcode)


def _planned(session: Session, source: Path, addresses: tuple[str, ...]) -> Plan:
    snapshot = open_snapshot(session, source)
    with session.client() as client:
        recalled = session.recall(client)
        wanted = chosen_assistants(by_address(snapshot, recalled.lock), addresses)
        present = fetch_present(client, wanted, recalled.lock)
    require_organization(snapshot, str(source), (present.organization_id, recalled.lock.organization_id))
    plan = make_restore_plan(
        snapshot=snapshot,
        base_url=session.endpoint.base_url,
        wanted=wanted,
        present=present,
        declared=_declared(session, wanted),
        lock=recalled.lock,
    )
    return without_unknown(plan, recalled.unknown)


def _declared(session: Session, wanted: Mapping[str, Captured]) -> dict[str, Mapping[str, Value]]:
    """The files' values; those that have to give secrets must be without errors, and their variables set."""
    bearers = secret_bearers(wanted)
    files = [each for each in session.workspace.files if each.address in bearers]
    needed = {each.address: each.declared for each in session.desired(files)} if files else {}
    return file_values(session) | needed


def _way_on(save: Path | None, environment: str | None) -> str:
    chosen = f" -e {environment}" if environment else ""
    if save is None:
        return f"Nothing was changed. To go on: the same with --save FILE, then `revox-sync apply FILE{chosen}`."
    return f"Nothing was changed. To go on: `revox-sync apply {save}{chosen}`."
