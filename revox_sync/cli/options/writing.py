"""Options of what writes to the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from revox_sync.sync.applying.apply import MOST_PARALLEL


def writing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--parallelism` and `--lock-timeout`."""
    parallelism = click.option(
        "--parallelism",
        type=click.IntRange(1, MOST_PARALLEL),
        default=8,
        show_default=True,
        metavar="N",
        help=f"Requests at once, at most {MOST_PARALLEL}.",
    )
    lock_timeout = click.option(
        "--lock-timeout",
        type=click.FloatRange(min=0, max=86_400),
        default=0.0,
        metavar="SECONDS",
        help="How long to wait for another apply of this environment on this machine.  [default: 0]",
    )
    return parallelism(lock_timeout(command))
