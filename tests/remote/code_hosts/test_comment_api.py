"""The comments of a discussion, read and written on doubles of both hosts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from revox_sync.errors import RejectedError, UnreachableError
from revox_sync.remote.code_hosts import comment_api
from revox_sync.remote.code_hosts.comment_api import HostComments
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.retry_policy import RetryPolicy
from revox_sync.values.secret import Secret
from tests import code_hosts
from tests.code_hosts import BOT, JOB, MONA, PASSER_BY, PERSON, CodeHost

GITHUB = comment_api.github("acme/voice", 7)
GITLAB = comment_api.gitlab("42", 7)


def comments_of(host: CodeHost, discussion: comment_api.CommentApi, token: str) -> HostComments:
    settings = ClientSettings(timeout=5.0, policy=RetryPolicy(attempts=1))
    return HostComments(Endpoint(host.base_url, Secret(token)), discussion, settings)


@pytest.fixture(scope="module")
def github() -> Iterator[CodeHost]:
    with code_hosts.github() as host:
        yield host


def test_paths_are_quoted() -> None:
    assert comment_api.gitlab("group/voice agents", 3).comments == (
        "/projects/group%2Fvoice%20agents/merge_requests/3/notes"
    )
    assert comment_api.github("acme/vo ice?x", 3).comments == "/repos/acme/vo%20ice%3Fx/issues/3/comments"


@pytest.mark.parametrize(("token", "own"), [(PERSON, "by Mona"), (JOB, "by the job")])
def test_own_comments_are_those_of_the_account_of_the_token(github: CodeHost, token: str, own: str) -> None:
    github.reset()
    for text, author in (("by Mona", MONA), ("by the job", BOT), ("by somebody", PASSER_BY)):
        github.say(text, author)
    with comments_of(github, GITHUB, token) as comments:
        assert [comment.text for comment in comments.own()] == [own]


def test_the_oldest_comes_first_and_all_pages_are_read() -> None:
    with code_hosts.gitlab() as host:
        numbers = [host.say(f"{index}", MONA, key="author") for index in range(201)]
        with comments_of(host, GITLAB, PERSON) as comments:
            assert [comment.number for comment in comments.own()] == numbers
    pages = [page for method, path, page in host.requests if path.endswith("/notes")]
    assert pages == ["1", "2", "3", "4"]


def test_a_comment_is_created_and_replaced(github: CodeHost) -> None:
    github.reset()
    with comments_of(github, GITHUB, PERSON) as comments:
        comments.create("first")
        (comment,) = comments.own()
        comments.replace(comment.number, "second")
        with pytest.raises(RejectedError, match="404"):
            comments.replace(comment.number + 1, "third")
    assert github.texts == ["second"]


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ([{"id": "1", "body": "x"}], "`id` of a comment is not a number"),
        ([{"body": "x"}], "`id` of a comment is not a number"),
        (["x"], "a comment is not a mapping"),
    ],
)
def test_comments_of_another_shape(listed: list[dict[str, object]], words: str) -> None:
    with (
        code_hosts.github(comments=listed) as host,
        comments_of(host, GITHUB, PERSON) as comments,
        pytest.raises(UnreachableError, match=words),
    ):
        list(comments.own())
