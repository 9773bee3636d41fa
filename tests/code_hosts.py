"""Doubles of the two REST APIs a review is posted with, on a real socket: comments on GitHub, notes on GitLab.

What they do is what the hosts document: https://docs.github.com/rest/issues/comments, https://docs.gitlab.com/api/notes
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from revox_sync.emulator.server import running

JOB: Final = "ghs_job-token-canary"
PERSON: Final = "pat-canary-of-mona"
BOT: Final = {"login": "github-actions[bot]", "type": "Bot"}
MONA: Final = {"login": "mona", "username": "mona", "type": "User"}
PASSER_BY: Final = {"login": "stranger", "username": "stranger", "type": "User"}
FORBIDDEN: Final = {"message": "Resource not accessible by integration"}


@dataclass(slots=True)
class CodeHost:
    """A host with one discussion.

    Attributes:
        base_url: of its API.
        comments: what people see, oldest first.
        requests: method, path and page of each request.
        longest: characters a comment can have.
        read_only: whether no token may write, as in a pull request from a fork.
        faults: how creations end in turn: status, and whether the comment is there all the same.
    """

    base_url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    longest: int = 65_536
    read_only: bool = False
    faults: list[tuple[int, bool]] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything; nothing is disturbed any more."""
        self.comments, self.requests, self.faults = [], [], []
        self.longest, self.read_only = 65_536, False

    def say(self, text: str, author: dict[str, str], *, key: str = "user") -> int:
        """Add a comment; its number."""
        number = 1000 + len(self.comments)
        self.comments.append({"id": number, "body": text.replace("\n", "\r\n"), key: author})
        return number

    @property
    def texts(self) -> list[str]:
        """The comments as a reader sees them."""
        return [comment["body"].replace("\r\n", "\n") for comment in self.comments]

    @property
    def methods(self) -> list[str]:
        """The methods of the requests that would change something."""
        return [method for method, _, _ in self.requests if method != "GET"]


@contextmanager
def github(**options: Any) -> Iterator[CodeHost]:
    """A GitHub with pull request 7 of acme/voice."""
    issues = "/repos/acme/voice/issues"
    with _serving(CodeHost(**options), f"{issues}/7/comments", f"{issues}/comments/{{number:int}}", "user") as host:
        yield host


@contextmanager
def gitlab(**options: Any) -> Iterator[CodeHost]:
    """A GitLab with merge request 7 of project 42."""
    notes = "/projects/42/merge_requests/7/notes"
    with _serving(CodeHost(**options), notes, f"{notes}/{{number:int}}", "author") as host:
        yield host


@contextmanager
def _serving(host: CodeHost, comments: str, comment: str, key: str) -> Iterator[CodeHost]:
    account = _Account(host, key)
    routes = [
        Route("/user", account.user),
        Route(comments, account.page, methods=["GET"]),
        Route(comments, account.create, methods=["POST"]),
        Route(comment, account.replace, methods=["PATCH" if key == "user" else "PUT"]),
    ]
    with running(Starlette(routes=[Mount("/api", routes=routes)])) as host.base_url:
        yield host


class _Account:
    """Answers of a host."""

    def __init__(self, host: CodeHost, key: str) -> None:
        self._host = host
        self._key = key

    async def user(self, request: Request) -> Response:
        me = self._me(request)
        if me is BOT:
            return JSONResponse(FORBIDDEN, 403)
        return JSONResponse(me) if me else _unknown()

    async def page(self, request: Request) -> Response:
        if self._me(request) is None:
            return _unknown()
        size, page = (int(request.query_params[name]) for name in ("per_page", "page"))
        found = self._host.comments
        if self._key == "author" and request.query_params.get("sort") != "asc":
            found = found[::-1]
        return JSONResponse(found[size * (page - 1) : size * page])

    async def create(self, request: Request) -> Response:
        status, kept = self._host.faults.pop(0) if self._host.faults else (201, True)

        def write(text: str, me: dict[str, str]) -> Response:
            if kept:
                self._host.say(text, me, key=self._key)
            return JSONResponse(self._host.comments[-1] if status == 201 else {"message": "Bad gateway"}, status)

        return await self._written(request, write)

    async def replace(self, request: Request) -> Response:
        number = request.path_params["number"]
        comment = next((comment for comment in self._host.comments if comment["id"] == number), None)

        def write(text: str, me: dict[str, str]) -> Response:
            if comment is None:
                return JSONResponse({"message": "Not Found"}, 404)
            if comment[self._key] != me:
                return JSONResponse(FORBIDDEN, 403)
            comment["body"] = text
            return JSONResponse(comment)

        return await self._written(request, write)

    async def _written(self, request: Request, write: Callable[[str, dict[str, str]], Response]) -> Response:
        me = self._me(request)
        if me is None:
            return _unknown()
        if self._host.read_only:
            return JSONResponse(FORBIDDEN, 403)
        text = json.loads(await request.body())["body"]
        if len(text) > self._host.longest:
            return JSONResponse({"message": "Validation Failed"}, 422)
        return write(text, me)

    def _me(self, request: Request) -> dict[str, str] | None:
        """The account of the token; None for one that the host does not know."""
        page = request.query_params.get("page", "")
        self._host.requests.append((request.method, request.url.path.removeprefix("/api"), page))
        assert request.headers["user-agent"]
        known = {f"Bearer {JOB}": BOT, f"Bearer {PERSON}": MONA}
        return known.get(request.headers.get("authorization", ""))


def _unknown() -> Response:
    return JSONResponse({"message": "Bad credentials"}, 401)
