"""`revox-sync rules`."""

from __future__ import annotations

import click

from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.emit import emit
from revox_sync.cli.reports.rule_pages import brief_pages
from revox_sync.errors import ExitCode
from revox_sync.output.rules import json as rules_json
from revox_sync.output.rules import markdown as rules_markdown
from revox_sync.output.rules import text as rules_text
from revox_sync.usecases.project.settings import Settings


@click.command("rules")
@output_option("text", "json", "markdown")
@with_settings
def command(settings: Settings, *, outputs: list[Target]) -> ExitCode:
    """List the rules."""
    pages = brief_pages()
    renderers = {
        "text": lambda paint, width: rules_text.rules_table(pages, paint, width),
        "json": lambda *_: rules_json.render(pages),
        "markdown": lambda *_: rules_markdown.rules_index(pages, link=lambda _: ""),
    }
    emit(outputs, renderers, settings)
    return ExitCode.OK
