"""`revox-sync emulate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, settings_of
from revox_sync.errors import UsageError
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.did_you_mean import did_you_mean

if TYPE_CHECKING:
    from revox_sync.emulator.settings import EmulatorSettings

RATE = click.FloatRange(0, 1)


@helpful_command(
    "emulate",
    ("revox-sync emulate", "Run a Revox API on port 8787 that forgets everything when it ends."),
    (
        "revox-sync emulate --port 0 --data revox.db --fault reset:0.1",
        "Keep its assistants in a file, and break one connection in ten.",
    ),
)
@click.option("--port", type=click.IntRange(0, 65535), default=8787, show_default=True, help="0 takes a free one.")
@click.option(
    "--data", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="SQLite file; else memory."
)
@click.option("--contract", metavar="VERSION", help="Speak one contract; else accept any and answer like the newest.")
@click.option("--latency-ms", type=click.IntRange(0, 60_000), default=0, help="Wait before every answer.")
@click.option(
    "--rate-limit", type=click.FloatRange(0, min_open=True), metavar="N", help="Requests per second; else 429."
)
@click.option(
    "--fault", "faults", multiple=True, metavar="KIND:RATE[:SECONDS]", help="Disturb requests: docs/emulator.md."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, other requests that go wrong.")
@click.option(
    "--quirk", "quirks", multiple=True, metavar="KIND[:ARGUMENT]", help="Keep or show other values: docs/emulator.md."
)
@click.option("--grow-faq", type=RATE, default=0.0, metavar="RATE", help="Let callers add questions.")
@settings_of(*OUTPUT_OPTIONS)
def command(
    settings: Settings,  # noqa: ARG001 - they hold nothing for a server
    port: int,
    data: Path | None,
    **switches: Any,
) -> None:
    """Run a local Revox API; its key is `emulator`."""
    from revox_sync.contract.schema_files import schema_directory
    from revox_sync.emulator.unknown_name import UnknownNameError

    try:
        from revox_sync.emulator.app import create_app
        from revox_sync.emulator.server import serve
        from revox_sync.emulator.store import Store
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the emulator needs the package `{error.name}`", hint="pip install 'revox-sync[emulator]'"
        ) from None
    try:
        emulator_settings = _emulator_settings(**switches)
        with Store(data) as store:
            app = create_app(Path(schema_directory()), store, emulator_settings)
            serve(app, port=port, ready=lambda url: click.echo(f"listening on {url}"))
    except UnknownNameError as error:
        known = f"known: {', '.join(error.known)}" if error.known else None
        raise UsageError(error.reason, hint=did_you_mean(error.name, error.known) or known) from None
    except (OSError, ValueError) as error:
        raise UsageError(str(error)) from None


def _emulator_settings(
    *,
    contract: str | None,
    latency_ms: int,
    faults: tuple[str, ...],
    quirks: tuple[str, ...],
    rate_limit: float | None,
    **rest: Any,
) -> EmulatorSettings:
    from revox_sync.contract.fields import known_contracts
    from revox_sync.emulator.faults import Fault
    from revox_sync.emulator.quirks import Quirks
    from revox_sync.emulator.settings import EmulatorSettings

    if contract is not None and contract not in known_contracts():
        raise UsageError(f"no contract `{contract}`", hint=f"known contracts: {', '.join(known_contracts())}")
    return EmulatorSettings(
        contract=contract,
        latency_seconds=latency_ms / 1000,
        faults=tuple(map(Fault.parse, faults)),
        quirks=Quirks.parse(quirks),
        requests_per_second=rate_limit,
        **rest,
    )
