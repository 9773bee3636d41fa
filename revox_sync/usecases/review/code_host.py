"""Comments on the pull or merge request that a CI job runs for: GitHub Actions and GitLab CI."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from revox_sync.errors import NotAuthorisedError, RemoteError, UsageError
from revox_sync.remote.code_hosts.comment_api import CommentApi, HostComments, github, gitlab
from revox_sync.remote.code_hosts.upsert_comment import Posted, upsert_comment
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint, resolve_endpoint
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.secret import Secret
from revox_sync.version import __version__


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Where to comment, and as whom.

    Attributes:
        rights: what a token needs to comment.
    """

    endpoint: Endpoint
    discussion: CommentApi
    rights: str


def post_comment(text: str, environ: Mapping[str, str], settings: Settings) -> Posted:
    """Show a report in this job's pull request, in place of that of an earlier run; what became of the comment.

    Raises what `pull_request` raises, and RemoteError.
    """
    host = pull_request(environ, insecure_http=settings.insecure_http)
    client_settings = ClientSettings(timeout=settings.timeout, agent=f"revox-sync/{__version__}")
    try:
        with HostComments(host.endpoint, host.discussion, client_settings) as comments:
            return upsert_comment(comments, text)
    except RemoteError as error:
        # The hint of the HTTP layer is about REVOX_API_KEY, not about this token.
        error.hint = host.rights if isinstance(error, NotAuthorisedError) else None
        raise


def pull_request(environ: Mapping[str, str], *, insecure_http: bool = False) -> PullRequest:
    """The pull or merge request of this job.

    Raises:
        UsageError: this is no job of GitHub Actions or GitLab CI, it runs for no pull request, or there is no token.
    """
    if environ.get("GITHUB_ACTIONS") == "true":
        token, url = "GITHUB_TOKEN", environ.get("GITHUB_API_URL") or "https://api.github.com"
        rights = "the job needs `permissions: pull-requests: write`; pull requests from forks never get it"
        discussion = github(_required(environ, "GITHUB_REPOSITORY"), _pull_request(environ))
    elif environ.get("GITLAB_CI") == "true":
        token, url = "GITLAB_TOKEN", _required(environ, "CI_API_V4_URL")
        rights = "GITLAB_TOKEN holds an access token of the project with the scope `api`; CI_JOB_TOKEN may not comment"
        discussion = _merge_request(environ)
    else:
        raise UsageError("comments are made in jobs of GitHub Actions and GitLab CI, and this is none")
    key = environ.get(token, "").strip()
    if not key:
        raise UsageError(f"the environment variable {token} is not set, or empty", hint=rights)
    endpoint = resolve_endpoint(url, Secret(key, token), environ, insecure_http=insecure_http)
    return PullRequest(endpoint, discussion, rights)


def _pull_request(environ: Mapping[str, str]) -> int:
    """The number of the pull request. GitHub sets no variable for it: it is in the event that started the job."""
    path = _required(environ, "GITHUB_EVENT_PATH")
    try:
        event = json.loads(Path(path).read_bytes())
        number = event["pull_request"]["number"]
    except (OSError, ValueError, LookupError, TypeError):
        number = None
    if not isinstance(number, int):
        raise UsageError("this job runs for no pull request, so there is nowhere to comment")
    return number


def _merge_request(environ: Mapping[str, str]) -> CommentApi:
    number = environ.get("CI_MERGE_REQUEST_IID", "")
    if not number.isdecimal():
        raise UsageError("this job runs for no merge request, so there is nowhere to comment")
    return gitlab(_required(environ, "CI_MERGE_REQUEST_PROJECT_ID"), int(number))


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name)
    if not value:
        raise UsageError(f"the environment variable {name}, which the CI sets, is not there")
    return value
