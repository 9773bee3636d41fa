"""Doubles of the REST APIs that reports are posted with, on a real socket: comments of GitHub, notes of GitLab, issues.

What they do is what the hosts document: https://docs.github.com/rest/issues/comments, https://docs.gitlab.com/api/notes,
https://docs.github.com/rest/issues/issues, https://docs.gitlab.com/api/issues
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
    """A host with one discussion, and the issues of one repository.

    Attributes:
        base_url: of its API.
        comments: what people see, oldest first.
        issues: as the API has them, oldest first.
        requests: method, path and page of each request.
        longest: characters a comment can have.
        read_only: whether no token may write, as in a pull request from a fork.
        faults: how creations end in turn: status, and whether the comment is there all the same.
    """

    base_url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    longest: int = 65_536
    read_only: bool = False
    faults: list[tuple[int, bool]] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything; nothing is disturbed any more."""
        self.comments, self.issues, self.requests, self.faults = [], [], [], []
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
    """A GitHub with acme/voice and its pull request 7."""
    issues = "/repos/acme/voice/issues"
    account = _Account(CodeHost(**options), "user", "PATCH")
    routes = account.discussion(f"{issues}/7/comments", f"{issues}/comments")
    with _serving(account, [*routes, *account.repository(issues)]) as host:
        yield host


@contextmanager
def gitlab(**options: Any) -> Iterator[CodeHost]:
    """A GitLab with merge request 7 of project 42, and the fork it comes from, project 43."""
    notes = "/projects/42/merge_requests/7/notes"
    account = _Account(CodeHost(**options), "author", "PUT")
    with _serving(account, [*account.discussion(notes, notes), *account.repository("/projects/43/issues")]) as host:
        yield host


@contextmanager
def _serving(account: _Account, routes: list[Route]) -> Iterator[CodeHost]:
    mounted = [Mount("/api", routes=[Route("/user", account.user), *routes])]
    with running(Starlette(routes=mounted)) as account.host.base_url:
        yield account.host


class _Account:
    """Answers of a host."""

    def __init__(self, host: CodeHost, key: str, replacing: str) -> None:
        self.host = host
        self._key = key
        self._replacing = replacing
        # What the two hosts call the same things of an issue.
        self._number, self._text = ("number", "body") if key == "user" else ("iid", "description")
        self._open, self._closing = (
            ("open", ("state", "closed")) if key == "user" else ("opened", ("state_event", "close"))
        )

    def discussion(self, comments: str, comment: str) -> list[Route]:
        """Where comments are."""
        return [
            Route(comments, self.page, methods=["GET"]),
            Route(comments, self.create, methods=["POST"]),
            Route(f"{comment}/{{number:int}}", self.replace, methods=[self._replacing]),
        ]

    def repository(self, issues: str) -> list[Route]:
        """Where issues are."""
        return [
            Route(issues, self.issues, methods=["GET"]),
            Route(issues, self.open, methods=["POST"]),
            Route(f"{issues}/{{number:int}}", self.change, methods=[self._replacing]),
        ]

    async def issues(self, request: Request) -> Response:
        if self._me(request) is None:
            return _unknown()
        size, page = (int(request.query_params[name]) for name in ("per_page", "page"))
        assert request.query_params["state"] == self._open
        found = [issue for issue in self.host.issues if issue["state"] == self._open]
        return JSONResponse(found[size * (page - 1) : size * page])

    async def open(self, request: Request) -> Response:
        sent = json.loads(await request.body())

        def write(text: str, me: dict[str, str]) -> Response:
            number = 1 + len(self.host.issues)
            issue = {"id": 9000 + number, self._number: number, "title": sent["title"], self._text: text}
            self.host.issues.append(issue | {self._key: me, "state": self._open})
            return JSONResponse(self.host.issues[-1], 201)

        return await self._written(request, write, self._text)

    async def change(self, request: Request) -> Response:
        sent = json.loads(await request.body())
        issue = next(each for each in self.host.issues if each[self._number] == request.path_params["number"])

        def write(text: str, _: dict[str, str]) -> Response:
            issue[self._text] = text
            if self._closing in sent.items():
                issue["state"] = "closed"
            return JSONResponse(issue)

        return await self._written(request, write, self._text)

    async def user(self, request: Request) -> Response:
        me = self._me(request)
        if me is BOT:
            return JSONResponse(FORBIDDEN, 403)
        return JSONResponse(me) if me else _unknown()

    async def page(self, request: Request) -> Response:
        if self._me(request) is None:
            return _unknown()
        size, page = (int(request.query_params[name]) for name in ("per_page", "page"))
        found = self.host.comments
        if self._key == "author" and request.query_params.get("sort") != "asc":
            found = found[::-1]
        return JSONResponse(found[size * (page - 1) : size * page])

    async def create(self, request: Request) -> Response:
        status, kept = self.host.faults.pop(0) if self.host.faults else (201, True)

        def write(text: str, me: dict[str, str]) -> Response:
            if kept:
                self.host.say(text, me, key=self._key)
            return JSONResponse(self.host.comments[-1] if status == 201 else {"message": "Bad gateway"}, status)

        return await self._written(request, write)

    async def replace(self, request: Request) -> Response:
        number = request.path_params["number"]
        comment = next((comment for comment in self.host.comments if comment["id"] == number), None)

        def write(text: str, me: dict[str, str]) -> Response:
            if comment is None:
                return JSONResponse({"message": "Not Found"}, 404)
            if comment[self._key] != me:
                return JSONResponse(FORBIDDEN, 403)
            comment["body"] = text
            return JSONResponse(comment)

        return await self._written(request, write)

    async def _written(
        self, request: Request, write: Callable[[str, dict[str, str]], Response], key: str = "body"
    ) -> Response:
        me = self._me(request)
        if me is None:
            return _unknown()
        if self.host.read_only:
            return JSONResponse(FORBIDDEN, 403)
        text = json.loads(await request.body())[key]
        if len(text) > self.host.longest:
            return JSONResponse({"message": "Validation Failed"}, 422)
        return write(text, me)

    def _me(self, request: Request) -> dict[str, str] | None:
        """The account of the token; None for one that the host does not know."""
        page = request.query_params.get("page", "")
        self.host.requests.append((request.method, request.url.path.removeprefix("/api"), page))
        assert request.headers["user-agent"]
        known = {f"Bearer {JOB}": BOT, f"Bearer {PERSON}": MONA}
        return known.get(request.headers.get("authorization", ""))


def _unknown() -> Response:
    return JSONResponse({"message": "Bad credentials"}, 401)
