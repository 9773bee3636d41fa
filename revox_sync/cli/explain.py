"""`revox-sync explain`."""

from __future__ import annotations

import click

from revox_sync.cli.emit import Target, emit
from revox_sync.cli.options import output_option, with_settings
from revox_sync.cli.rule_pages import full_page
from revox_sync.cli.settings import Settings
from revox_sync.errors import ExitCode
from revox_sync.lint.registry import find_rule
from revox_sync.output import rules_json, rules_markdown, rules_text


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
