"""`revox-sync comment`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from revox_sync.cli.options.common import with_settings
from revox_sync.source.files.text_files import read_file
from revox_sync.usecases.project.settings import Settings
from revox_sync.usecases.review.code_host import post_comment


@click.command("comment")
@click.argument("report", type=click.Path(path_type=Path), metavar="FILE")
@with_settings
def command(settings: Settings, *, report: Path) -> None:
    """Show a Markdown report in the pull request of this CI job; the comment of an earlier run is replaced.

    FILE is what `plan` and `diff` write with `-o markdown:FILE`. Works in GitHub Actions, with GITHUB_TOKEN, and in
    GitLab CI, with GITLAB_TOKEN.
    """
    posted = post_comment(read_file(report), os.environ, settings)
    settings.tell(f"Comment {posted}.")
