"""Which assistants a command line means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from revox_sync.cli.options.common import with_options
from revox_sync.values.address import Selection


def selection_options(metavar: str = "[ADDRESS]...") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Give a command the addresses it is about, and `--exclude`, as `selection`."""
    addresses = click.argument("addresses", nargs=-1, metavar=metavar)
    exclude = click.option(
        "--exclude",
        multiple=True,
        metavar="ADDRESS",
        help="Leave these assistants out; globs work, repeatable.",
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def call(*, addresses: tuple[str, ...], exclude: tuple[str, ...], **arguments: Any) -> Any:
            return command(selection=Selection(addresses, exclude), **arguments)

        return with_options([addresses, exclude], command, call)

    return decorate
