"""`--remote-snapshot` and `--save-snapshot`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any, Final

import click

from revox_sync.cli.options.common import like
from revox_sync.errors import UsageError

SUFFIX: Final = ".json"
FILE: Final = click.Path(path_type=Path, dir_okay=False)


def snapshot_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--remote-snapshot` and `--save-snapshot`, of which a command line has one."""

    def call(*, remote_snapshot: Path | None, save_snapshot: Path | None, **arguments: Any) -> Any:
        if remote_snapshot is not None and save_snapshot is not None:
            raise UsageError("--remote-snapshot and --save-snapshot exclude each other", hint="a snapshot is copied")
        if save_snapshot is not None and save_snapshot.suffix != SUFFIX:
            hint = f"--save-snapshot {save_snapshot.name}{SUFFIX}"
            raise UsageError(f"`{save_snapshot}`: the name of a snapshot ends in {SUFFIX}", hint=hint)
        return command(remote_snapshot=remote_snapshot, save_snapshot=save_snapshot, **arguments)

    options = (
        click.option("--remote-snapshot", type=FILE, metavar="FILE", help="Plan from a snapshot: no network, no key."),
        click.option(
            "--save-snapshot", type=FILE, metavar="FILE", help="Write what the API answered, secrets removed."
        ),
    )
    return reduce(lambda decorated, option: option(decorated), reversed(options), like(command, call))
