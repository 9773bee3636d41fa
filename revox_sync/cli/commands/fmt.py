"""`revox-sync fmt`."""

from __future__ import annotations

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, settings_of
from revox_sync.errors import ExitCode
from revox_sync.usecases.format.request import FormatRequest
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "fmt",
    ("revox-sync fmt", "Format all assistants and the fragments beside them."),
    ("revox-sync fmt --diff assistants/sales", "Show what would change in one folder."),
)
@click.argument("paths", nargs=-1, type=click.Path(allow_dash=True), metavar="[PATH]...")
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change, and exit with 1.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change, and exit with 1.")
@click.option(
    "--stdin-filename",
    type=click.Path(),
    metavar="FILE",
    help="Format the text on stdin as that file, and write it to stdout.",
)
@settings_of("project", *OUTPUT_OPTIONS)
def command(
    settings: Settings, *, paths: tuple[str, ...], check: bool, diff: bool, stdin_filename: str | None
) -> ExitCode:
    """Format assistant files: one order, one layout, the same values. Without PATH, all are formatted; `-` is stdin."""
    from revox_sync.cli.run_fmt import format_paths

    return format_paths(settings, paths, FormatRequest(check=check, diff=diff, stdin_filename=stdin_filename))
