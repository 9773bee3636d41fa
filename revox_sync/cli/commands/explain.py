"""`revox-sync explain`."""

from __future__ import annotations

import click

from revox_sync.cli.options.common import output_option, with_settings
from revox_sync.cli.options.targets import Target
from revox_sync.cli.reports.emit import emit
from revox_sync.cli.reports.rule_pages import full_page
from revox_sync.errors import ExitCode
from revox_sync.lint.registry import find_rule
from revox_sync.output.rules import json as rules_json
from revox_sync.output.rules import markdown as rules_markdown
from revox_sync.output.rules import text as rules_text
from revox_sync.usecases.project.settings import Settings


@click.command("explain")
@click.argument("code")
@output_option("text", "json", "markdown")
@with_settings
def command(settings: Settings, *, code: str, outputs: list[Target]) -> ExitCode:
    """Print the page of a rule, by code or name."""
    page = full_page(find_rule(code))
    renderers = {
        "text": lambda paint, width: rules_text.render(page, paint, width),
        "json": lambda *_: rules_json.render([page]),
        "markdown": lambda *_: rules_markdown.render(page),
    }
    emit(outputs, renderers, settings)
    return ExitCode.OK
