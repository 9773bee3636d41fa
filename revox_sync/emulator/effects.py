"""What a request that a fault strikes goes through, one function per effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from math import ceil
from typing import Final

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.emulator.connection import hang_up
from revox_sync.emulator.faults import STATUSES

PAGE: Final = "<!doctype html><title>Welcome</title><p>You are being redirected."


@dataclass(frozen=True, slots=True)
class Struck:
    """A request that a fault strikes.

    Attributes:
        app: what would have answered.
        seconds: how long the fault takes.
        turn: how often this fault struck before; faults of several forms take them in turn.
        now: the time, with a time zone.
    """

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send
    seconds: float
    turn: int
    now: datetime


Effect = Callable[[Struck], Awaitable[None]]


async def _drop_before(struck: Struck) -> None:
    await hang_up(struck.scope, reset=struck.turn % 2 == 1)


async def _drop_after(struck: Struck) -> None:
    await _carried_out(struck)
    await hang_up(struck.scope, reset=struck.turn % 2 == 1)


async def _hang(struck: Struck) -> None:
    await asyncio.sleep(struck.seconds)
    await hang_up(struck.scope)


async def _fail_before(struck: Struck, *, status: int) -> None:
    await _read(struck.receive)
    await _failure(status)(struck.scope, struck.receive, struck.send)


async def _fail_after(struck: Struck, *, status: int) -> None:
    await _carried_out(struck)
    await _failure(status)(struck.scope, struck.receive, struck.send)


async def _limit(struck: Struck) -> None:
    await _read(struck.receive)
    await too_many(struck.seconds, struck.turn, struck.now)(struck.scope, struck.receive, struck.send)


async def _late_commit(struck: Struck) -> None:
    # Nobody may be left to ask for the body when the time has come.
    body = await _read(struck.receive)
    if body is not None:
        await asyncio.sleep(struck.seconds)
        await struck.app(struck.scope, _again(body), struck.send)


async def _slow(struck: Struck) -> None:
    messages = await _carried_out(struck)
    await asyncio.sleep(struck.seconds)
    for message in messages:
        await struck.send(message)


async def _bad_json(struck: Struck) -> None:
    content = _content(await _carried_out(struck))
    forms = (
        HTMLResponse(PAGE),
        Response(content[: len(content) // 2], media_type="application/json"),
        Response(b"", media_type="application/json"),
    )
    await forms[struck.turn % len(forms)](struck.scope, struck.receive, struck.send)


async def _truncate(struck: Struck) -> None:
    """Half of the answer: by turns the connection ends there, or Content-Length says that this is all of it.

    The beginning of a JSON object is never JSON, so no client can take it for a shorter list.
    """
    messages = await _carried_out(struck)
    content, status = _content(messages), messages[0]["status"]
    half = Response(content[: len(content) // 2], status, media_type="application/json")
    if struck.turn % 2:
        return await half(struck.scope, struck.receive, struck.send)
    half.headers["Content-Length"] = str(len(content))
    await struck.send({"type": "http.response.start", "status": status, "headers": half.raw_headers})
    await struck.send({"type": "http.response.body", "body": half.body, "more_body": True})
    return await hang_up(struck.scope)


EFFECTS: Final[Mapping[str, Effect]] = {
    "drop-before": _drop_before,
    "drop-after-commit": _drop_after,
    "hang": _hang,
    "rate-limit": _limit,
    **{f"error-{status}": partial(_fail_before, status=status) for status in STATUSES},
    **{f"error-{status}-after-commit": partial(_fail_after, status=status) for status in STATUSES},
    "late-commit": _late_commit,
    "slow": _slow,
    "bad-json": _bad_json,
    "truncate-list": _truncate,
}
"""By kind of fault."""


def too_many(seconds: float, turn: int, now: datetime) -> Response:
    """The 429 answer that asks to wait; by turns in seconds, in milliseconds and as a date.

    Whole seconds and dates are rounded up.
    """
    date = (now + timedelta(seconds=seconds + 1)).replace(microsecond=0) if seconds else now
    forms = (
        {"Retry-After": str(ceil(seconds))},
        {"retry-after-ms": str(ceil(seconds * 1000))},
        {"Retry-After": format_datetime(date, usegmt=True)},
    )
    return JSONResponse({"error": "too many requests"}, 429, forms[turn % len(forms)])


def _failure(status: int) -> Response:
    return JSONResponse({"error": f"injected fault {status}"}, status)


async def _carried_out(struck: Struck) -> list[Message]:
    """The answer nobody has seen yet."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await struck.app(struck.scope, struck.receive, keep)
    return messages


def _content(messages: list[Message]) -> bytes:
    return b"".join(message.get("body", b"") for message in messages)


async def _read(receive: Receive) -> bytes | None:
    """The whole body, None if the client hung up. A client that is still sending might miss an answer."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
