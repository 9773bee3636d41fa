from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from revox_sync.errors import ExitCode, NotAuthorisedError, RejectedError, RemoteError, UsageError
from revox_sync.remote.code_hosts import comment_api
from revox_sync.remote.code_hosts.comment_api import CommentApi, HostComments
from revox_sync.remote.code_hosts.upsert_comment import Posted, upsert_comment
from revox_sync.remote.http.client_settings import ClientSettings
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.retry_policy import RetryPolicy
from revox_sync.values.secret import Secret
from tests import code_hosts
from tests.code_hosts import BOT, JOB, MONA, PASSER_BY, PERSON, CodeHost
from tests.remote.traces import traces

MARKER = "<!-- revox-sync:plan:production -->"
TEXT = f"{MARKER}\n## Plan\n\n1 to update: café ☎\n"
CHANGED = TEXT.replace("1 to update", "2 to update")
OTHER = "<!-- revox-sync:plan:production:voice -->\n## Plan\n"


@dataclass(frozen=True, slots=True)
class Host:
    """A double, and how to reach its discussion."""

    double: CodeHost
    discussion: CommentApi
    key: str
    token: str
    me: dict[str, str]

    def say(self, text: str, author: dict[str, str]) -> int:
        return self.double.say(text, author, key=self.key)

    def post(self, text: str, token: str | None = None) -> Posted:
        endpoint = Endpoint(self.double.base_url, Secret(token or self.token))
        settings = ClientSettings(timeout=5.0, policy=RetryPolicy(base=0.001))
        with HostComments(endpoint, self.discussion, settings) as comments:
            return upsert_comment(comments, text)


def github_job() -> tuple[AbstractContextManager[CodeHost], Any]:
    return code_hosts.github(), (comment_api.github("acme/voice", 7), "user", JOB, BOT)


def github_person() -> tuple[AbstractContextManager[CodeHost], Any]:
    return code_hosts.github(), (comment_api.github("acme/voice", 7), "user", PERSON, MONA)


def gitlab() -> tuple[AbstractContextManager[CodeHost], Any]:
    return code_hosts.gitlab(), (comment_api.gitlab("42", 7), "author", PERSON, MONA)


@pytest.fixture(scope="module", params=[github_job, github_person, gitlab], ids=lambda account: account.__name__)
def served(request: pytest.FixtureRequest) -> Iterator[Host]:
    serving, rest = request.param()
    with serving as double:
        yield Host(double, *rest)


@pytest.fixture
def host(served: Host) -> Host:
    """A host with an empty discussion."""
    served.double.reset()
    return served


def test_the_first_run_creates_and_the_next_ones_update_in_place(host: Host) -> None:
    host.say("Looks good to me", PASSER_BY)
    assert host.post(TEXT) is Posted.CREATED
    assert host.post(CHANGED) is Posted.UPDATED
    assert host.double.texts == ["Looks good to me", CHANGED]


def test_nothing_is_sent_when_nothing_changed(host: Host) -> None:
    host.say(TEXT.rstrip(), host.me)
    assert host.post(TEXT) is Posted.UNCHANGED
    assert host.double.methods == []


def test_each_marker_has_a_comment_of_its_own(host: Host) -> None:
    assert host.post(OTHER) is Posted.CREATED
    assert host.post(TEXT) is Posted.CREATED
    assert host.post(CHANGED) is Posted.UPDATED
    assert host.double.texts == [OTHER, CHANGED]


def test_a_marker_that_somebody_else_wrote_or_quotes_is_left_alone(host: Host) -> None:
    for text, author in ((TEXT, PASSER_BY), (f"> {TEXT}", host.me), (f"Look:\n{TEXT}", host.me)):
        host.say(text, author)
    before = host.double.texts
    assert host.post(CHANGED) is Posted.CREATED
    assert host.double.texts == [*before, CHANGED]


def test_a_job_without_account_leaves_the_comments_of_other_bots_alone() -> None:
    with code_hosts.github() as double:
        host = Host(double, comment_api.github("acme/voice", 7), "user", JOB, BOT)
        host.say(TEXT, {"login": "relay[bot]", "type": "Bot"})
        assert host.post(TEXT) is Posted.CREATED
        assert host.post(CHANGED) is Posted.UPDATED
        assert double.texts == [TEXT, CHANGED]


def test_where_no_token_is_without_account_an_unknown_one_gets_a_comment_of_its_own() -> None:
    with code_hosts.gitlab() as double:
        host = Host(double, comment_api.gitlab("42", 7), "author", JOB, BOT)
        for author in (BOT, {"username": "project_42_bot", "type": "Bot"}, {}):
            host.say(TEXT, author)
        before = double.texts
        assert host.post(CHANGED) is Posted.CREATED
        assert double.texts == [*before, CHANGED]


@pytest.mark.parametrize("before", [99, 100, 250])
def test_it_is_found_behind_any_number_of_comments(host: Host, before: int) -> None:
    for number in range(before):
        host.say(f"comment {number}", PASSER_BY)
    host.say(TEXT, host.me)
    assert host.post(CHANGED) is Posted.UPDATED
    assert host.double.texts[-1] == CHANGED
    assert len(host.double.comments) == before + 1


def test_of_several_the_oldest_is_kept_up_to_date(host: Host) -> None:
    host.say(TEXT, host.me)
    host.say(TEXT, host.me)
    assert host.post(CHANGED) is Posted.UPDATED
    assert host.double.texts == [CHANGED, TEXT]


@pytest.mark.parametrize("status", [500, 502, 504, 408])
def test_an_unclear_creation_is_looked_for_before_it_is_repeated(host: Host, status: int) -> None:
    host.double.faults = [(status, True)]
    assert host.post(TEXT) is Posted.CREATED
    assert host.double.texts == [TEXT]
    assert host.double.methods == ["POST"]


def test_a_creation_that_did_nothing_is_repeated(host: Host) -> None:
    host.double.faults = [(502, False)]
    assert host.post(TEXT) is Posted.CREATED
    assert host.double.texts == [TEXT]
    assert host.double.methods == ["POST", "POST"]


def test_it_gives_up_after_two_creations(host: Host) -> None:
    host.double.faults = [(502, False)] * 9
    with pytest.raises(RejectedError, match="502"):
        host.post(TEXT)
    assert host.double.methods == ["POST", "POST"]


def test_a_token_that_may_only_read_is_told_so(host: Host) -> None:
    host.double.read_only = True
    for _ in range(2):
        with pytest.raises(NotAuthorisedError, match="Resource not accessible"):
            host.post(TEXT)
        host.say("before", host.me)
    assert TEXT not in host.double.texts


def test_a_comment_that_is_deleted_meanwhile_is_made_anew() -> None:
    with code_hosts.github() as double:
        host = Host(double, comment_api.github("acme/voice", 7), "user", JOB, BOT)
        number = host.say(TEXT, BOT)
        endpoint = Endpoint(double.base_url, Secret(JOB))

        class Deleting(HostComments):
            """Somebody deletes the comment between the look and the write."""

            def replace(self, number: int, text: str) -> None:
                double.comments.clear()
                super().replace(number, text)

        with Deleting(endpoint, host.discussion, ClientSettings(timeout=5.0)) as comments:
            assert upsert_comment(comments, CHANGED) is Posted.CREATED
        assert ("PATCH", f"/repos/acme/voice/issues/comments/{number}", "") in double.requests
        assert double.texts == [CHANGED]


@pytest.mark.parametrize("text", ["", "## Plan\n", "<!-- other -->\n", f" {TEXT}", "<!-- revox-sync: --><b> -->\n"])
def test_a_text_without_marker_is_refused(host: Host, text: str) -> None:
    with pytest.raises(UsageError, match="marker"):
        host.post(text)
    assert host.double.requests == []


def test_a_text_of_the_most_characters_passes_and_one_more_is_refused(host: Host) -> None:
    host.double.longest = host.discussion.longest
    longest = TEXT + "é" * (host.discussion.longest - len(TEXT))
    assert host.post(longest) is Posted.CREATED
    with pytest.raises(UsageError, match=r"--max-chars|can have") as refused:
        host.post(longest + "é")
    assert refused.value.hint == "make it shorter with --max-chars"
    assert len(host.double.comments) == 1


@pytest.mark.parametrize("found", [{}, [1], [{"id": "1", "body": "x"}], ["x"]])
def test_a_list_that_is_none_is_an_error(found: Any) -> None:
    with code_hosts.github(comments=found) as double:
        host = Host(double, comment_api.github("acme/voice", 7), "user", JOB, BOT)
        if isinstance(found, dict):
            double.comments = [{"id": None}]
        with pytest.raises(RemoteError) as raised:
            host.post(TEXT)
        assert raised.value.exit_code == ExitCode.UNREACHABLE
        assert double.methods == []


def test_comments_of_deleted_accounts_and_without_text_are_passed_over(host: Host) -> None:
    host.double.comments += [{"id": 1, "body": TEXT, host.key: None}, {"id": 2, "body": None, host.key: host.me}]
    assert host.post(TEXT) is Posted.CREATED


@pytest.mark.parametrize("token", ["wrong-token-canary", JOB])
def test_no_error_holds_the_token(host: Host, token: str) -> None:
    host.double.read_only = True
    with pytest.raises(RemoteError) as raised:
        host.post(TEXT, token)
    shown = traces(raised.value)
    assert token not in shown
    assert "café" not in shown
