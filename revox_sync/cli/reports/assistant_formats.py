"""The formats of everything that shows assistants: one table for plan, show, restore, apply and diff."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import reduce
from typing import Any, Final

import click

from revox_sync.cli.reports.emit import Renderer
from revox_sync.errors import RefusedError
from revox_sync.output.page.model import Page
from revox_sync.output.text.style import Paint
from revox_sync.sync.model.plan import IMPACTS, Change

FORMATS: Final = ("text", "json", "markdown", "html")
MOST_CHARS: Final = 60_000
"""A comment on GitHub can have 65,536 characters."""
LEAST_CHARS: Final = 2_000
"""The counts, the digest and what was left out always find room."""


def page_renderers(
    page: Callable[[], Page], as_json: Callable[[], str], max_chars: int = MOST_CHARS
) -> Mapping[str, Renderer]:
    """Renderers by name of the format; the page, and a format's module, are made when they are used.

    Args:
        page: what people see.
        as_json: what programs read.
        max_chars: length of the Markdown report.
    """

    def text(paint: Paint, width: int) -> str:
        from revox_sync.output.page import to_text as page_text

        return page_text.render(page(), paint, width)

    def markdown(_: Paint, __: int) -> str:
        from revox_sync.output.page import to_markdown as page_markdown

        return page_markdown.render(page(), max_chars)

    def html(_: Paint, __: int) -> str:
        from revox_sync.output.page import to_html as page_html

        return page_html.render(page())

    return {"text": text, "json": lambda *_: as_json(), "markdown": markdown, "html": html}


def review_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--max-chars` and `--fail-on-impact`, as `max_chars` and `impacts`."""
    options = (
        click.option(
            "--max-chars",
            type=click.IntRange(min=LEAST_CHARS),
            default=MOST_CHARS,
            show_default=True,
            metavar="N",
            help="Longest Markdown report, in characters.",
        ),
        click.option(
            "--fail-on-impact",
            "impacts",
            type=click.Choice(IMPACTS),
            multiple=True,
            help="Exit with 4 when a change has this kind of effect. Repeatable.",
        ),
    )
    return reduce(lambda decorated, option: option(decorated), reversed(options), command)


def require_no_impact(changes: Sequence[Change], impacts: Collection[str], unread: Collection[str] = ()) -> None:
    """Raises RefusedError where a change has one of the impacts that somebody has to look at, or where nobody can tell.

    Args:
        unread: paths of files that could not be compared.
    """
    found = {each.address: [one for one in each.impact if one in impacts] for each in changes}
    loud = [f"{address} ({', '.join(those)})" for address, those in found.items() if those]
    loud += [f"{path} (not compared)" for path in unread] if impacts else []
    if loud:
        raise RefusedError(f"--fail-on-impact: {', '.join(loud)}", hint="somebody has to look at this first")
