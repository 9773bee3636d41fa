"""`revox-sync help`."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.program import require_command


@helpful_command(
    "help",
    ("revox-sync help", "List the commands."),
    ("revox-sync help plan", "Show what plan does and which options it has."),
)
@click.argument("name", required=False, metavar="[COMMAND]")
@click.pass_context
def command(context: click.Context, name: str | None) -> None:
    """Show the help of a command; without COMMAND, of the program."""
    program = context.find_root()
    if name is None:
        click.echo(program.get_help())
        return
    require_command(name)
    found = program.command
    assert isinstance(found, click.Group)  # noqa: S101 - what `find_root` finds is our program
    wanted = found.get_command(program, name)
    if wanted is not None:
        click.echo(wanted.get_help(click.Context(wanted, parent=program, info_name=name)))
