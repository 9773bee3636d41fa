"""`revox-sync rules`."""

from __future__ import annotations

import click

from revox_sync.cli.emit import Target, emit
from revox_sync.cli.options import output_option, with_settings
from revox_sync.cli.rule_pages import brief_pages
from revox_sync.cli.settings import Settings
from revox_sync.errors import ExitCode
from revox_sync.output import rules_json, rules_markdown, rules_text


@click.command("rules")
@output_option("text", "json", "markdown")
@with_settings
def command(settings: Settings, *, outputs: list[Target]) -> ExitCode:
    """List the rules."""
    pages = brief_pages()
    renderers = {
        "text": lambda paint, width: rules_text.table(pages, paint, width),
        "json": lambda *_: rules_json.render(pages),
        "markdown": lambda *_: rules_markdown.table(pages, link=lambda _: ""),
    }
    emit(outputs, renderers, settings)
    return ExitCode.OK
