"""`revox-sync mv`."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, settings_of
from revox_sync.cli.reports.formats import after_report
from revox_sync.errors import ExitCode
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "mv",
    (
        "revox-sync mv support sales/support",
        "Move `assistants/support.yaml` to `assistants/sales/support.yaml`.",
    ),
    ("revox-sync mv sales/out sales/outbound", "Give an assistant another name here; the server's stays."),
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@settings_of("project", *OUTPUT_OPTIONS)
def command(settings: Settings, *, old: str, new: str) -> ExitCode:
    """Give an assistant another address: its file moves, prompts of its name, and its entry in every lock.

    Needs no network and no key. Only what this assistant alone uses moves along; tags lead where they led before.
    """
    from revox_sync.output.text.visible import visible
    from revox_sync.usecases.apply.move import move_assistant, moved_lines

    moved = move_assistant(settings, old, new)
    if settings.verbosity >= 0:
        for line in moved_lines(moved):
            click.echo(visible(line))
    return after_report(ExitCode.OK)
