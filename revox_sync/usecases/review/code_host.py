"""Comments on the pull or merge request that a CI job runs for, and issues: GitHub Actions and GitLab CI."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from revox_sync.errors import NotAuthorisedError, RemoteError, UsageError
from revox_sync.remote.code_hosts.comment_api import (
    CommentApi,
    HostComments,
    github,
    github_issues,
    gitlab,
    gitlab_issues,
)
from revox_sync.remote.code_hosts.upsert_comment import Posted, close_issues, upsert_comment
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint, resolve_endpoint
from revox_sync.usecases.project.settings import Settings
from revox_sync.values.secret import Secret
from revox_sync.version import __version__

_GITLAB_RIGHTS: Final = (
    "GITLAB_TOKEN holds an access token of the project with the scope `api`; CI_JOB_TOKEN may not comment"
)


@dataclass(frozen=True, slots=True)
class CodeHost:
    """Where to write, and as whom.

    Attributes:
        rights: what a token needs to write there.
    """

    endpoint: Endpoint
    discussion: CommentApi
    rights: str


def post_comment(text: str, environ: Mapping[str, str], settings: Settings) -> Posted:
    """Show a report in this job's pull request, in place of that of an earlier run; what became of the comment.

    Raises what `pull_request` raises, and RemoteError.
    """
    return _write(pull_request(environ, insecure_http=settings.insecure_http), settings, upsert_comment, text)


def post_issue(text: str, title: str, environ: Mapping[str, str], settings: Settings, *, resolved: bool) -> Posted:
    """Show a report in an issue of this job's repository, in place of that of an earlier run; what became of it.

    Args:
        resolved: whether there is nothing to do any more: an open issue gets the text and is closed, and none is made.

    Raises what `issues` raises, and RemoteError.
    """
    host = issues(environ, title, insecure_http=settings.insecure_http)
    return _write(host, settings, close_issues if resolved else upsert_comment, text)


def _write(host: CodeHost, settings: Settings, write: Callable[[HostComments, str], Posted], text: str) -> Posted:
    client_settings = ClientSettings(timeout=settings.timeout, agent=f"revox-sync/{__version__}")
    try:
        with HostComments(host.endpoint, host.discussion, client_settings) as comments:
            return write(comments, text)
    except RemoteError as error:
        # The hint of the HTTP layer is about REVOX_API_KEY, not about this token.
        error.hint = host.rights if isinstance(error, NotAuthorisedError) else None
        raise


def pull_request(environ: Mapping[str, str], *, insecure_http: bool = False) -> CodeHost:
    """The pull or merge request of this job.

    Raises:
        UsageError: this is no job of GitHub Actions or GitLab CI, it runs for no pull request, or there is no token.
    """
    if _is_github(environ):
        rights = "the job needs `permissions: pull-requests: write`; pull requests from forks never get it"
        discussion = github(_required(environ, "GITHUB_REPOSITORY"), _pull_request(environ))
    else:
        rights = _GITLAB_RIGHTS
        discussion = _merge_request(environ)
    return CodeHost(_endpoint(environ, rights, insecure_http=insecure_http), discussion, rights)


def issues(environ: Mapping[str, str], title: str, *, insecure_http: bool = False) -> CodeHost:
    """The issues of this job's repository.

    Raises:
        UsageError: this is no job of GitHub Actions or GitLab CI, or there is no token.
    """
    if _is_github(environ):
        rights = "the job needs `permissions: issues: write`"
        discussion = github_issues(_required(environ, "GITHUB_REPOSITORY"), title)
    else:
        rights = _GITLAB_RIGHTS
        discussion = gitlab_issues(_required(environ, "CI_PROJECT_ID"), title)
    return CodeHost(_endpoint(environ, rights, insecure_http=insecure_http), discussion, rights)


def _is_github(environ: Mapping[str, str]) -> bool:
    """Whether this is a job of GitHub Actions; of GitLab CI otherwise. Raises UsageError for anything else."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return True
    if environ.get("GITLAB_CI") == "true":
        return False
    raise UsageError("comments are made in jobs of GitHub Actions and GitLab CI, and this is none")


def _endpoint(environ: Mapping[str, str], rights: str, *, insecure_http: bool) -> Endpoint:
    if _is_github(environ):
        token, url = "GITHUB_TOKEN", environ.get("GITHUB_API_URL") or "https://api.github.com"
    else:
        token, url = "GITLAB_TOKEN", _required(environ, "CI_API_V4_URL")
    key = environ.get(token, "").strip()
    if not key:
        raise UsageError(f"the environment variable {token} is not set, or empty", hint=rights)
    return resolve_endpoint(url, Secret(key, token), environ, insecure_http=insecure_http)


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
