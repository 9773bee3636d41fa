"""`revox-sync comment`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from revox_sync.cli.options.common import with_settings
from revox_sync.errors import ExitCode, NotAuthorisedError, RemoteError
from revox_sync.remote.code_hosts.comments import HostComments
from revox_sync.remote.code_hosts.upsert_comment import upsert_comment
from revox_sync.source.files.text_file import read_file
from revox_sync.usecases.project.settings import Settings, say
from revox_sync.usecases.review.code_host import pull_request
from revox_sync.version import __version__


@click.command("comment")
@click.argument("report", type=click.Path(path_type=Path), metavar="FILE")
@with_settings
def command(settings: Settings, *, report: Path) -> ExitCode:
    """Show a Markdown report in the pull request of this CI job; the comment of an earlier run is replaced.

    FILE is what `plan` and `diff` write with `-o markdown:FILE`. Works in GitHub Actions, with GITHUB_TOKEN, and in
    GitLab CI, with GITLAB_TOKEN.
    """
    text = read_file(report)
    host = pull_request(os.environ, insecure_http=settings.insecure_http)
    agent = f"revox-sync/{__version__}"
    try:
        with HostComments(host.endpoint, host.discussion, timeout=settings.timeout, agent=agent) as comments:
            posted = upsert_comment(comments, text)
    except RemoteError as error:
        # What is said about REVOX_API_KEY is not about this token.
        error.hint = host.rights if isinstance(error, NotAuthorisedError) else None
        raise
    if settings.verbosity >= 0:
        say(f"Comment {posted}.")
    return ExitCode.OK
