"""What the commands that show changes have for a review: options, and what stops for one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from revox_sync.cli.options.common import REPORT, with_options
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.formats import MOST_CHARS, PageReport
from revox_sync.errors import RefusedError

if TYPE_CHECKING:
    from revox_sync.sync.model.comparison import ConfigurationChange
    from revox_sync.sync.model.plan import Change

_LEAST_CHARS: Final = 2_000
"""The counts, the digest and the line about what was left out always find room."""


LEGEND: Final = """\
Signs:
  +   added                 ~   changed
  -   removed               !   look here: a new variable, a new finding
  ^   below a line without colours: what changed in it
  @@  the heading of the text that the next lines are from
  …   what is not shown, and how much of it there is
"""
"""The signs of text reports, for --help."""


class ReviewOptions(NamedTuple):
    """How changes are shown to a reviewer.

    Attributes:
        max_chars: most characters of the Markdown report.
        impacts: kinds of effect that end the command with 4.
        full: whether text shows long prompts of new assistants whole.
    """

    max_chars: int = MOST_CHARS
    impacts: tuple[str, ...] = ()
    full: bool = False


_FULL: Final = click.option("--full", is_flag=True, help="Show long prompts of new assistants whole.")
_REVIEW_OPTIONS: Final = (
    _FULL,
    click.option(
        "--max-chars",
        type=click.IntRange(min=_LEAST_CHARS),
        default=MOST_CHARS,
        show_default=True,
        metavar="N",
        help="Longest Markdown report, in characters.",
    ),
)


def full_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--full`."""
    return with_options([_FULL], command, command, section=REPORT)


def review_options(*known: str) -> Callable[..., Any]:
    """Give a command `--full`, `--max-chars` and `--fail-on-impact`, of the known impacts, as `review`."""
    fail_on_impact = click.option(
        "--fail-on-impact",
        "impacts",
        type=click.Choice(known),
        multiple=True,
        help="Exit with 4 when a change has this kind of effect. Repeatable.",
    )

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        def call(*, full: bool, max_chars: int, impacts: tuple[str, ...], **arguments: Any) -> Any:
            return command(review=ReviewOptions(max_chars, impacts, full), **arguments)

        return with_options((*_REVIEW_OPTIONS, fail_on_impact), command, call, section=REPORT)

    return decorate


def left_out_of(report: PageReport, targets: Sequence[Target]) -> list[str]:
    """Addresses of the assistants that a Markdown report has no room for; none where none is written."""
    if all(target.format != "markdown" for target in targets):
        return []
    from revox_sync.output.page import to_markdown

    return [card.address for card in to_markdown.fitted(report.page(), report.max_chars).left_out]


def require_no_impact(
    changes: Sequence[Change],
    impacts: Collection[str],
    unread: Collection[str] = (),
    left_out: Collection[str] = (),
    configuration: Collection[ConfigurationChange] = (),
) -> None:
    """Raises RefusedError where a change has one of the impacts, or where nobody can tell.

    Args:
        unread: paths of files that could not be compared.
        left_out: addresses of assistants whose changes the report has no room for; whoever reads it cannot judge them.
        configuration: what decides trust and changes.
    """
    from revox_sync.sync.model.comparison import TRUST

    found = {change.address: [impact for impact in change.impact if impact in impacts] for change in changes}
    stopping = [f"{change.path} ({TRUST})" for change in configuration] if TRUST in impacts else []
    stopping += [f"{address} ({', '.join(those)})" for address, those in found.items() if those]
    unseen = dict.fromkeys(unread, "not compared") | dict.fromkeys(left_out, "left out of the report")
    stopping += [f"{name} ({why})" for name, why in unseen.items() if impacts and not found.get(name)]
    if stopping:
        raise RefusedError(f"--fail-on-impact: {', '.join(stopping)}", hint="somebody has to look at this first")
