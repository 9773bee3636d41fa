"""Comments of one pull or merge request, and issues: the REST APIs of GitHub and GitLab, which differ only in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self
from urllib.parse import quote

from revox_sync.errors import NotAuthorisedError
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.request_body import encode
from revox_sync.remote.http.request_loop import RequestLoop
from revox_sync.remote.http.response import mapping, unreadable

# The most that both hosts give.
_PER_PAGE: Final = 100
# Far more than either host allows a discussion to have; a list that never ends must not keep a job busy.
_MOST_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class CommentApi:
    """Where a code host keeps the comments of one pull or merge request, and what its API calls things.

    The issues of a repository are read and written like the comments of a discussion, but for a title.

    Attributes:
        comments: path below the API's base URL that lists comments and creates one.
        oldest_first: query parameters that make the list begin with the oldest, each after an `&`; of issues it then
            holds the open ones alone.
        comment: path of one comment, without its number.
        replace: the method that gives a comment another text.
        author: key of the account in a comment.
        account: key of the account's name, there and in the answer about oneself.
        job: author of comments whose token belongs to no account; None where such a token cannot comment.
        longest: characters a comment may have.
        number: key of the number that names a comment in paths.
        text: key of the text.
        title: title of a new issue; None for comments, which have none.
        closing: what closes an issue, beside its text; empty for comments.
    """

    comments: str
    oldest_first: str
    comment: str
    replace: str
    author: str
    account: str
    job: str | None
    longest: int
    number: str = "id"
    text: str = "body"
    title: str | None = None
    closing: Mapping[str, str] = field(default_factory=dict)


def github(repository: str, number: int) -> CommentApi:
    """Pull request `number` of the GitHub repository `owner/name`.

    https://docs.github.com/rest/issues/comments
    """
    # A pull request is also an issue, and its comments are those of the issue.
    issues = f"/repos/{quote(repository)}/issues"
    return CommentApi(
        comments=f"{issues}/{number}/comments",
        oldest_first="",
        comment=f"{issues}/comments",
        replace="PATCH",
        author="user",
        account="login",
        # The API does not tell a job who it is. No person has this name: brackets are not allowed in theirs.
        job="github-actions[bot]",
        longest=65_536,
    )


def gitlab(project: str, number: int) -> CommentApi:
    """Merge request `number` of the GitLab project with this id or full path; GitLab calls comments notes.

    https://docs.gitlab.com/api/notes/#merge-requests
    """
    notes = f"/projects/{quote(project, safe='')}/merge_requests/{number}/notes"
    return CommentApi(
        comments=notes,
        oldest_first="&sort=asc&order_by=created_at",
        comment=notes,
        replace="PUT",
        author="author",
        account="username",
        job=None,
        longest=1_000_000,
    )


def github_issues(repository: str, title: str) -> CommentApi:
    """The open issues of the GitHub repository `owner/name`; a new one gets the title.

    https://docs.github.com/rest/issues/issues
    """
    issues = f"/repos/{quote(repository)}/issues"
    return replace(
        github(repository, 0),
        comments=issues,
        oldest_first="&state=open&sort=created&direction=asc",
        comment=issues,
        number="number",
        title=title,
        closing={"state": "closed"},
    )


def gitlab_issues(project: str, title: str) -> CommentApi:
    """The open issues of the GitLab project with this id or full path; a new one gets the title.

    https://docs.gitlab.com/api/issues/
    """
    issues = f"/projects/{quote(project, safe='')}/issues"
    return replace(
        gitlab(project, 0),
        comments=issues,
        oldest_first="&state=opened&sort=asc&order_by=created_at",
        comment=issues,
        number="iid",
        text="description",
        title=title,
        closing={"state_event": "close"},
    )


@dataclass(frozen=True, slots=True)
class HostComment:
    """A comment as the host has it: its number, which names it in requests, its text, and its author's name."""

    number: int
    text: str
    author: str | None


class HostComments:
    """The comments of a discussion; requests are repeated as those to Revox are, and raise the same errors.

    Args:
        endpoint: the host's API, and a token for it.
        settings: of the connection; GitHub refuses requests without an `agent`.
    """

    def __init__(self, endpoint: Endpoint, discussion: CommentApi, settings: ClientSettings) -> None:
        self.discussion: Final = discussion
        self._requests = RequestLoop(endpoint, replace(settings, connections=1))

    def own(self) -> Iterator[HostComment]:
        """Comments of the token's own account, the oldest first; none where that account cannot be known."""
        # A comment of any bot will not do: one that quotes or relays what others write would be overwritten.
        name = self._own_name() or self.discussion.job
        for comment in self._all():
            if name is not None and comment.author == name:
                yield comment

    def create(self, text: str) -> None:
        """Add a comment. Not idempotent: after an error other than a refusal it may be there nevertheless."""
        title = {} if self.discussion.title is None else {"title": self.discussion.title}
        body = encode({**title, self.discussion.text: text})
        self._requests.call("POST", self.discussion.comments, self._read, body)

    def replace(self, number: int, text: str) -> None:
        """Give a comment another text."""
        self._write(number, {self.discussion.text: text})

    def close(self, number: int, text: str) -> None:
        """Give an issue another text, and close it."""
        self._write(number, {self.discussion.text: text, **self.discussion.closing})

    def _write(self, number: int, changed: Mapping[str, str]) -> None:
        path = f"{self.discussion.comment}/{number}"
        self._requests.call(self.discussion.replace, path, self._read, encode(dict(changed)))

    def _own_name(self) -> str | None:
        def read(call: str, answer: Any) -> str | None:
            return self._name(mapping(call, answer, (self.discussion.account,), "the account"))

        try:
            return self._requests.call("GET", "/user", read)
        # Both hosts refuse this call to the token of a job.
        except NotAuthorisedError:
            return None

    def _name(self, account: Mapping[str, Any]) -> str | None:
        name = account.get(self.discussion.account)
        return name if isinstance(name, str) else None

    def _all(self) -> Iterator[HostComment]:
        for page in range(1, _MOST_PAGES + 1):
            query = f"per_page={_PER_PAGE}&page={page}{self.discussion.oldest_first}"
            found = self._requests.call("GET", f"{self.discussion.comments}?{query}", self._read_page)
            yield from found
            # A short page is not the last one: a host may leave out of it what the reader must not see.
            if not found:
                return

    def _read_page(self, call: str, answer: Any) -> list[HostComment]:
        if not isinstance(answer, list):
            raise unreadable(call, "a list of comments")
        return [self._read(call, comment) for comment in answer]

    def _read(self, call: str, answer: Any) -> HostComment:
        found = mapping(call, answer, (), "a comment")
        api = self.discussion
        number, text, author = found.get(api.number), found.get(api.text), found.get(api.author)
        if not isinstance(number, int):
            raise unreadable(call, f"as documented: `{api.number}` of a comment is not a number")
        # A deleted account leaves comments without author. GitHub lists pull requests among the issues; one that begins
        # like our report is somebody's work, not ours.
        name = self._name(author) if isinstance(author, dict) and "pull_request" not in found else None
        return HostComment(number, text if isinstance(text, str) else "", name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._requests.close()
