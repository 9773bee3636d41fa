"""`revox-sync import`; the module's name ends in an underscore because `import` is a keyword."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import with_settings
from revox_sync.cli.reports.formats import after_report
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "import",
    ("revox-sync import support asst_123", "Bind the file `assistants/support.yaml` to the assistant asst_123."),
    ("revox-sync import sales/outbound asst_456 -e production", "The same in the environment `production`."),
)
@click.argument("address")
@click.argument("assistant_id", metavar="ID")
@with_settings
def command(settings: Settings, *, address: str, assistant_id: str) -> ExitCode:
    """Bind the file at ADDRESS to the remote assistant ID, sub-assistants too; only the lock changes.

    Where the two differ, the next plan shows a conflict: nobody can tell an edit made outside from one in the file.
    """
    from revox_sync.usecases.apply.binding import import_assistant, report_binding
    from revox_sync.usecases.apply.session import open_session

    session = open_session(settings)
    report_binding(session, import_assistant(session, address, assistant_id))
    return after_report(ExitCode.OK)
