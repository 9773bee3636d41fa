"""The comments of one pull or merge request on GitHub or GitLab, one method per call."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Any, Final, Self

from revox_sync.errors import NotAuthorisedError
from revox_sync.remote.code_hosts.hosts import CommentApi
from revox_sync.remote.http.connection import ConnectionPool
from revox_sync.remote.http.endpoint import Endpoint
from revox_sync.remote.http.request_body import encode
from revox_sync.remote.http.request_loop import ClientEnvironment, RequestLoop
from revox_sync.remote.http.response import mapping, unreadable
from revox_sync.remote.http.retry_policy import RetryPolicy

PER_PAGE: Final = 100
# Far more than either host lets a discussion have; a list that never ends must not keep a job busy.
MOST_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class HostComment:
    """A comment as the host has it.

    Attributes:
        number: names it in requests.
        author: the account it is from, as the host describes it.
    """

    number: int
    text: str
    author: Mapping[str, Any]


class HostComments:
    """The comments of a discussion; requests are repeated as those to Revox are, and raise the same errors.

    Args:
        endpoint: the host's API, and a token for it.
        discussion: which comments, and how that API calls things.
        timeout: seconds one call may take, with all its requests and waits.
        agent: the User-Agent header; GitHub wants one.
        policy: how often something is tried again, and how fast.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        discussion: CommentApi,
        *,
        timeout: float,
        agent: str = "revox-sync",
        policy: RetryPolicy = RetryPolicy(),  # noqa: B008 - frozen
    ) -> None:
        self.discussion: Final = discussion
        self._connections = ConnectionPool(endpoint, connections=1, transport=None, agent=agent)
        today, wait = partial(datetime.now, UTC), threading.Event().wait
        world = ClientEnvironment(time.monotonic, today, random.uniform, wait, None)
        self._calls = RequestLoop(self._connections, endpoint.key, timeout=timeout, policy=policy, world=world)

    def own(self) -> Iterator[HostComment]:
        """Comments of the token's own account, the oldest first; none where that account cannot be known."""
        # Not any bot: one that quotes or relays what others write would have its comments overwritten.
        name = self._account() or self.discussion.job
        for comment in self._all():
            if name is not None and self._name(comment.author) == name:
                yield comment

    def create(self, text: str) -> None:
        """Add a comment. Not idempotent: after an error other than a refusal it may be there all the same."""
        self._calls.call("POST", self.discussion.comments, self._read, encode({"body": text}))

    def replace(self, number: int, text: str) -> None:
        """Give a comment another text."""
        path = f"{self.discussion.comment}/{number}"
        self._calls.call(self.discussion.replace, path, self._read, encode({"body": text}))

    def _account(self) -> str | None:
        def read(call: str, answer: Any) -> str | None:
            return self._name(mapping(call, answer, (self.discussion.account,), "the account"))

        try:
            return self._calls.call("GET", "/user", read)
        except NotAuthorisedError:
            return None

    def _name(self, account: Mapping[str, Any]) -> str | None:
        name = account.get(self.discussion.account)
        return name if isinstance(name, str) else None

    def _all(self) -> Iterator[HostComment]:
        for page in range(1, MOST_PAGES + 1):
            query = f"per_page={PER_PAGE}&page={page}{self.discussion.oldest_first}"
            found = self._calls.call("GET", f"{self.discussion.comments}?{query}", self._read_page)
            yield from found
            # Not before an empty page: a host may leave out of a page what the reader must not see.
            if not found:
                return

    def _read_page(self, call: str, answer: Any) -> list[HostComment]:
        if not isinstance(answer, list):
            raise unreadable(call, "a list of comments")
        return [self._read(call, each) for each in answer]

    def _read(self, call: str, answer: Any) -> HostComment:
        found = mapping(call, answer, (), "a comment")
        number, text, author = found.get("id"), found.get("body"), found.get(self.discussion.author)
        if not isinstance(number, int):
            raise unreadable(call, "as documented: `id` of a comment is no number")
        # A deleted account leaves comments without author.
        return HostComment(number, text if isinstance(text, str) else "", author if isinstance(author, dict) else {})

    def close(self) -> None:
        """Close the connection."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
