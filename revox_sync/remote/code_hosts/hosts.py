"""Where a code host keeps the comments of a pull request: two REST APIs that differ in words."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class CommentApi:
    """The comments of one pull or merge request.

    Attributes:
        comments: path below the API's base URL that lists comments and creates one.
        oldest_first: what the list is asked with beside its page, so that it begins with the oldest.
        comment: path of one comment, without its number.
        replace: the method that gives a comment another text.
        author: key of the account in a comment.
        account: key of the account's name, there and in the answer about oneself.
        job: name that comments have whose token belongs to no account; None where such a token cannot comment.
        longest: characters a comment may have.
    """

    comments: str
    oldest_first: str
    comment: str
    replace: str
    author: str
    account: str
    job: str | None
    longest: int


def github(repository: str, number: int) -> CommentApi:
    """A pull request on GitHub; its comments are those of the issue with its number.

    https://docs.github.com/rest/issues/comments

    Args:
        repository: `owner/name`.
        number: of the pull request.
    """
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
    """A merge request on GitLab; its comments are called notes.

    https://docs.gitlab.com/api/notes/#merge-requests

    Args:
        project: number or full path of the project that is merged into.
        number: of the merge request in that project.
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
