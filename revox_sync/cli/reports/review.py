"""What the commands that show changes have for a review: two options, and what stops for one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import click

from revox_sync.cli.reports.formats import MOST_CHARS
from revox_sync.errors import RefusedError
from revox_sync.sync.model.plan import IMPACTS, Change

_LEAST_CHARS: Final = 2_000
"""The counts, the digest and the line about what was left out always find room."""


def review_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--max-chars` and `--fail-on-impact`, as `max_chars` and `impacts`."""
    max_chars = click.option(
        "--max-chars",
        type=click.IntRange(min=_LEAST_CHARS),
        default=MOST_CHARS,
        show_default=True,
        metavar="N",
        help="Longest Markdown report, in characters.",
    )
    fail_on_impact = click.option(
        "--fail-on-impact",
        "impacts",
        type=click.Choice(IMPACTS),
        multiple=True,
        help="Exit with 4 when a change has this kind of effect. Repeatable.",
    )
    return max_chars(fail_on_impact(command))


def require_no_impact(changes: Sequence[Change], impacts: Collection[str], unread: Collection[str] = ()) -> None:
    """Raises RefusedError where a change has one of the impacts, or where nobody can tell.

    Args:
        unread: paths of files that could not be compared.
    """
    found = {change.address: [impact for impact in change.impact if impact in impacts] for change in changes}
    stopping = [f"{address} ({', '.join(those)})" for address, those in found.items() if those]
    stopping += [f"{path} (not compared)" for path in unread] if impacts else []
    if stopping:
        raise RefusedError(f"--fail-on-impact: {', '.join(stopping)}", hint="somebody has to look at this first")
