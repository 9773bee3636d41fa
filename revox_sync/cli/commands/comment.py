"""`revox-sync comment`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from revox_sync.cli.options.command import helpful_command
from revox_sync.cli.options.common import OUTPUT_OPTIONS, settings_of
from revox_sync.errors import UsageError
from revox_sync.usecases.project.settings import Settings


@helpful_command(
    "comment",
    ("revox-sync comment plan.md", "Show a report in the pull request of this CI job."),
    ("revox-sync comment drift.md --issue 'Production has drifted'", "Show it in an issue of the repository."),
)
@click.argument("report", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--issue", metavar="TITLE", help="Show it in an issue of the repository; a new one gets this title.")
@click.option("--resolved", is_flag=True, help="With --issue: close the issue, and make none where there is none.")
@settings_of(*OUTPUT_OPTIONS, "timeout", "insecure_http")
def command(settings: Settings, *, report: Path, issue: str | None, resolved: bool) -> None:
    """Show a Markdown report in the pull request of this CI job; the comment of an earlier run is replaced.

    FILE is what `plan`, `diff` and `status` write with `-o markdown:FILE`. Works in GitHub Actions, with GITHUB_TOKEN,
    and in GitLab CI, with GITLAB_TOKEN.
    """
    from revox_sync.source.files.text_files import read_file
    from revox_sync.usecases.review.code_host import post_comment, post_issue

    if resolved and not issue:
        raise UsageError("--resolved is about an issue", hint="--issue TITLE --resolved")
    text = read_file(report)
    if issue:
        settings.tell(f"Issue {post_issue(text, issue, os.environ, settings, resolved=resolved)}.")
    else:
        settings.tell(f"Comment {post_comment(text, os.environ, settings)}.")
