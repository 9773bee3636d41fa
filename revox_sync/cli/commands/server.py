"""`revox-sync server`."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import settings_of
from revox_sync.errors import ExitCode, UsageError
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "server",
    ("revox-sync server", "Speak with the editor that has started it."),
    ("revox-sync server --env production", "Try the variables and the contract of one environment only."),
)
@click.option("--stdio", is_flag=True, expose_value=False, help="Accepted because editors add it; it is always so.")
@settings_of("environment", reads_variable=False)
def command(settings: Settings) -> ExitCode:
    """Serve editors: findings, fixes and help while you type.

    It speaks the Language Server Protocol on stdin and stdout; docs/editors.md says how editors start it.
    """
    try:
        from revox_sync.server.language_server import serve
    except ImportError as error:
        library = (error.name or "").partition(".")[0]
        if library not in {"pygls", "lsprotocol", "attrs", "cattrs"}:
            raise
        raise UsageError(
            f"the language server needs {library}, which is not installed",
            hint="pip install 'revox-sync[server]'",
        ) from None
    return ExitCode.OK if serve(settings) else ExitCode.FINDINGS
