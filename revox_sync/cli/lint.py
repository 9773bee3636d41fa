"""`revox-sync lint`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from revox_sync.cli.emit import Target, emit, output_option
from revox_sync.cli.links import links
from revox_sync.cli.options import Settings, with_settings
from revox_sync.cli.project import environments, named_files, open_workspace
from revox_sync.cli.rule_pages import brief_pages
from revox_sync.errors import ExitCode
from revox_sync.lint.engine import lint
from revox_sync.lint.finding import Severity
from revox_sync.output import lint_github, lint_gitlab, lint_json, lint_sarif, lint_text
from revox_sync.output.link import unlinked
from revox_sync.output.paint import plain
from revox_sync.version import __version__


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--fail-on",
    type=click.Choice([each.value for each in Severity]),
    default=Severity.ERROR.value,
    show_default=True,
    help="Exit with 1 from this severity on.",
)
@output_option("full", "concise", "json", "sarif", "github", "gitlab")
@with_settings
def command(settings: Settings, paths: tuple[Path, ...], fail_on: str, outputs: list[Target]) -> ExitCode:
    """Check assistant files, offline. PATH is a file or folder; without any, all assistants are checked."""
    root, workspace = open_workspace(settings)
    files = named_files(root, workspace, paths)
    report = lint(workspace, files, environments(workspace, settings))
    link = links(root, sys.stdout, os.environ)
    renderers = {
        # Links go where colours go: not into files.
        "full": lambda paint, width: lint_text.full(report, paint, width, unlinked if paint is plain else link),
        "concise": lambda paint, _: lint_text.concise(report, paint),
        "json": lambda *_: lint_json.render(report),
        "sarif": lambda *_: lint_sarif.render(report, brief_pages(), __version__),
        "github": lambda *_: lint_github.render(report),
        "gitlab": lambda *_: lint_gitlab.render(report),
    }
    emit(outputs, renderers, settings)
    return ExitCode.FINDINGS if report.fails(Severity(fail_on)) else ExitCode.OK
