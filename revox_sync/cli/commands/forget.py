"""`revox-sync forget`."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import with_settings
from revox_sync.cli.reports.formats import after_report
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "forget",
    ("revox-sync forget support", "Unbind the file `assistants/support.yaml` from its assistant."),
    ("revox-sync forget sales/outbound -e staging", "The same in the environment `staging`."),
)
@click.argument("address")
@with_settings
def command(settings: Settings, *, address: str) -> ExitCode:
    """Remove the lock entry of ADDRESS; neither the file nor the remote assistant changes.

    Needs no network and no key, unless an apply did not end.
    """
    from revox_sync.usecases.apply.binding import forget_assistant, report_binding
    from revox_sync.usecases.apply.session import open_session

    session = open_session(settings, offline=True)
    report_binding(session, forget_assistant(session, address))
    return after_report(ExitCode.OK)
