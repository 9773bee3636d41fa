"""`revox-sync emulate`."""

from __future__ import annotations

from pathlib import Path

import click

from revox_sync.cli.options import Settings, with_settings
from revox_sync.contract import known_contracts, schema_directory
from revox_sync.errors import ExitCode, UsageError


@click.command("emulate")
@click.option("--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="0 takes a free one.")
@click.option(
    "--data", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="SQLite file; else memory."
)
@click.option("--contract", metavar="VERSION", help="Speak one contract; else accept any and answer like the newest.")
@click.option("--latency-ms", type=click.IntRange(0, 60_000), default=0, help="Wait before every answer.")
@with_settings
def command(settings: Settings, port: int, data: Path | None, contract: str | None, latency_ms: int) -> ExitCode:  # noqa: ARG001 - settings hold nothing for a server
    """Run a local Revox API; its key is `emulator`."""
    try:
        from revox_sync.emulator.app import create_app
        from revox_sync.emulator.server import serve
        from revox_sync.emulator.store import Store
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the emulator needs the package `{error.name}`", hint="pip install 'revox-sync[emulator]'"
        ) from None
    if contract is not None and contract not in known_contracts():
        raise UsageError(f"no contract `{contract}`", hint=f"known contracts: {', '.join(known_contracts())}")
    try:
        with Store(data) as store:
            app = create_app(schema_directory(), store, contract=contract, latency_seconds=latency_ms / 1000)
            serve(app, port=port, ready=lambda url: click.echo(f"listening on {url}"))
    except OSError as error:
        raise UsageError(str(error)) from None
    return ExitCode.OK
