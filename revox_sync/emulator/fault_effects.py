"""What happens to a request that a fault hits, one function per effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from math import ceil
from typing import Final

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.emulator.faults import STATUSES
from revox_sync.emulator.server import hang_up

_LOGIN_PAGE: Final = "<!doctype html><title>Welcome</title><p>You are being redirected."


@dataclass(frozen=True, slots=True)
class FaultyRequest:
    """A request that a fault hits.

    Attributes:
        app: what would have answered.
        seconds: how long the fault takes.
        turn: how often this fault happened before; faults of several forms take them in turn.
        now: the time, with a time zone.
        sleep: lets seconds pass.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    seconds: float
    turn: int
    now: datetime
    sleep: Callable[[float], Awaitable[None]]

    async def answer(self, response: Response) -> None:
        """Give this answer."""
        await response(self.scope, self.receive, self.send)

    async def carried_out(self) -> list[Message]:
        """Carry the request out; its answer, which is not sent yet."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(self.scope, self.receive, keep)
        return messages


Effect = Callable[[FaultyRequest], Awaitable[None]]


async def _drop(request: FaultyRequest, *, after_commit: bool) -> None:
    if after_commit:
        await request.carried_out()
    # Every second time with a reset: clients see two different errors.
    await hang_up(request.scope, reset=request.turn % 2 == 1)


async def _fail(request: FaultyRequest, *, status: int, after_commit: bool) -> None:
    # Read the request even where it is not carried out: a client that is still sending might miss the answer.
    await (request.carried_out() if after_commit else whole_body(request.receive))
    await request.answer(JSONResponse({"error": f"injected fault {status}"}, status))


async def _limit(request: FaultyRequest) -> None:
    await whole_body(request.receive)
    await request.answer(too_many(request.seconds, request.turn, request.now))


async def _hang(request: FaultyRequest) -> None:
    await request.sleep(request.seconds)
    await hang_up(request.scope)


async def _late_commit(request: FaultyRequest) -> None:
    # Read before the wait: when it is over, the client may be gone, and its body with it.
    body = await whole_body(request.receive)
    if body is not None:
        await request.sleep(request.seconds)
        await request.app(request.scope, replayed(body), request.send)


async def _slow(request: FaultyRequest) -> None:
    messages = await request.carried_out()
    await request.sleep(request.seconds)
    for message in messages:
        await request.send(message)


async def _bad_json(request: FaultyRequest) -> None:
    content = _content(await request.carried_out())
    forms = (
        HTMLResponse(_LOGIN_PAGE),
        Response(content[: len(content) // 2], media_type="application/json"),
        Response(b"", media_type="application/json"),
    )
    await request.answer(forms[request.turn % len(forms)])


async def _truncate(request: FaultyRequest) -> None:
    """Half of the answer: by turns the connection ends there, or Content-Length says that this is all of it."""
    # The beginning of a JSON object is never JSON, so no client can take it for a shorter list.
    messages = await request.carried_out()
    content, status = _content(messages), messages[0]["status"]
    half = Response(content[: len(content) // 2], status, media_type="application/json")
    if request.turn % 2:
        return await request.answer(half)
    half.headers["Content-Length"] = str(len(content))
    await request.send({"type": "http.response.start", "status": status, "headers": half.raw_headers})
    await request.send({"type": "http.response.body", "body": half.body, "more_body": True})
    return await hang_up(request.scope)


# By kind of fault.
EFFECTS: Final[Mapping[str, Effect]] = {
    "drop-before": partial(_drop, after_commit=False),
    "drop-after-commit": partial(_drop, after_commit=True),
    "hang": _hang,
    "rate-limit": _limit,
    **{f"error-{status}": partial(_fail, status=status, after_commit=False) for status in STATUSES},
    **{f"error-{status}-after-commit": partial(_fail, status=status, after_commit=True) for status in STATUSES},
    "late-commit": _late_commit,
    "slow": _slow,
    "bad-json": _bad_json,
    "truncate-list": _truncate,
}


def too_many(seconds: float, turn: int, now: datetime) -> Response:
    """The 429 answer that asks to wait; by turns in seconds, in milliseconds and as a date.

    Whole seconds and dates are rounded up: who waits as long as asked must be let in.
    """
    date = (now + timedelta(seconds=seconds + 1)).replace(microsecond=0) if seconds else now
    forms = (
        {"Retry-After": str(ceil(seconds))},
        {"retry-after-ms": str(ceil(seconds * 1000))},
        {"Retry-After": format_datetime(date, usegmt=True)},
    )
    return JSONResponse({"error": "too many requests"}, 429, forms[turn % len(forms)])


def _content(messages: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


async def whole_body(receive: Receive) -> bytes | None:
    """The whole body of a request, None if the client hung up before its end."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def replayed(body: bytes) -> Receive:
    """A `receive` that gives a body which was already read."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
