"""`revox-sync import`; the module's name ends in an underscore because `import` is a keyword."""

from __future__ import annotations

import click

from revox_sync.cli.options.common import with_settings
from revox_sync.errors import ExitCode, UsageError
from revox_sync.remote.client import Client
from revox_sync.sync.importing.bind import bind
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.remote_state.match import MatchKind
from revox_sync.usecases.apply.binding import bound_lines, one_file, report_binding, require_only_here, write_binding
from revox_sync.usecases.apply.session import open_session
from revox_sync.usecases.project.settings import Settings


@click.command("import")
@click.argument("address")
@click.argument("assistant_id", metavar="ID")
@with_settings
def command(settings: Settings, *, address: str, assistant_id: str) -> ExitCode:
    """Bind the file at ADDRESS to the remote assistant ID, sub-assistants too; only the lock changes.

    Where the two differ, the next plan shows a conflict: nobody can tell an edit made outside from one in the file.
    """
    session = open_session(settings)
    file = one_file(session, address)
    with session.alone(), session.client() as client:
        session.settle(client)
        (desired,) = session.desired([file])
        state = session.state(client, [desired])
        require_only_here(session, assistant_id)
        missing = {each.entry.id for each in state.matches.matches if each.entry and each.kind is MatchKind.MISSING}
        files = {each.address for each in session.workspace.files}
        binding = bind(desired, _fetched(client, assistant_id), state.lock, files, missing)
        if binding.changed:
            write_binding(session, binding.lock, address)
    report_binding(session, bound_lines(session, binding, desired.name))
    return ExitCode.OK


def _fetched(client: Client, assistant_id: str) -> Remote:
    answer = client.get_assistant(assistant_id)
    if answer is None:
        raise UsageError(
            f"the API has no assistant `{assistant_id}` (404)", hint="check the id, the environment and the API key"
        )
    return remote_assistant(answer)
