"""The server of a soak: the emulator, one request at a time, each in its turn."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Coroutine
from ctypes import c_double
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.emulator.app import create_app
from revox_sync.emulator.fault_effects import replayed, whole_body
from revox_sync.emulator.server import hang_up
from revox_sync.emulator.settings import EmulatorSettings
from tools.soak.account import CALL, Watched, moment
from tools.soak.machine import EPOCH, LIMIT, PAUSE
from tools.soak.turns import Turns

SCHEMAS: Final = Path(__file__).parent.parent.parent / "schemas"
LONGEST: Final = 300.0
"""Seconds of this computer after which a round that does not move is given up."""
HELLO: Final = "/hello"
PEOPLE: Final = "people"
START: Final = "start"
_T = TypeVar("_T")


class Board:
    """Passes requests on to the application of the running round, in turns.

    Somebody has to say hello first, so that it knows the thread of the server.

    Attributes:
        trace: what has happened, a line each.
        turns: whose turn it is.
    """

    def __init__(self, clock: c_double) -> None:
        self.trace: list[str] = []
        self.requests = 0
        self.faults: Counter[str] = Counter()
        self._clock = clock
        self._app: ASGIApp = Starlette()
        self._loop: asyncio.AbstractEventLoop
        self._store: Watched
        self.turns: Turns
        self._ids = count(1)

    # Called by the thread of the round.

    def begin(self, store: Watched, chance: Random) -> None:
        """A new round: time begins anew."""
        self._clock.value = 0.0
        self.trace, self.requests, self.faults, self._ids = [], 0, Counter(), count(1)
        self._store, self.turns = store, Turns(self._clock, chance)

    def serve(self, settings: EmulatorSettings) -> None:
        """Answer with other habits and faults from now on."""
        in_turns = replace(
            settings, on_fault=self._struck, clock=self.date, sleep=self.turns.sleep, new_id=self._new_id
        )
        self._app = create_app(SCHEMAS, self._store, in_turns)

    @property
    def now(self) -> float:
        """Seconds since the round began."""
        return self._clock.value

    def date(self) -> datetime:
        """The time of the round as a date."""
        return datetime.fromtimestamp(EPOCH + self._clock.value, UTC)

    def pass_time(self, seconds: float) -> None:
        """Let seconds pass while no machine runs; what the server is still busy with is done meanwhile."""

        async def pass_() -> None:
            self.turns.join(PEOPLE)
            await self.turns.pause(PEOPLE, seconds)
            self.turns.leave(PEOPLE)

        self._in_loop(pass_())

    def call(self, function: Callable[..., object], *arguments: Any) -> None:
        """Call a function in the thread of the server."""

        async def call() -> None:
            function(*arguments)

        self._in_loop(call())

    def _in_loop(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONGEST)

    # Called by the thread of the server.

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Deal with a request when it is its turn."""
        self._loop = asyncio.get_running_loop()
        body = await whole_body(receive)
        headers = dict(scope["headers"])
        agent = headers.get(b"user-agent", b"").decode()
        if scope["path"] == HELLO:
            await Response(status_code=204)(scope, receive, send)
            return
        if body is None:  # the machine has died in the middle
            return
        if scope["path"].startswith(PAUSE):
            seconds = float(scope["path"].rpartition("/")[2])
            await self.turns.pause(agent, seconds)
            self._note(f"{agent} waited {seconds:.3f}")
            await Response(status_code=204)(scope, receive, send)
            return
        exchange = Exchange(self, self._store, self._app, scope, body, send, agent)
        if not await self.turns.serve(agent, float(headers[LIMIT.encode()]), exchange.answer):
            exchange.given_up = True
            self._note(f"{exchange.name} given up")
            await hang_up(scope)

    def note_request(self, text: str) -> None:
        """Write down what became of a request."""
        self.requests += 1
        self._note(text)

    def _note(self, text: str) -> None:
        self.trace.append(f"{self.now:.3f} {text}")

    def _struck(self, kind: str) -> None:
        self.faults[kind] += 1
        self._note(f"fault {kind}")

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._ids):06}"


class Exchange:
    """One request and its answer.

    Attributes:
        given_up: the machine does not wait for the answer any more.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - a request, and everything around it
        self, board: Board, store: Watched, app: ASGIApp, scope: Scope, body: bytes, send: Send, agent: str
    ) -> None:
        self.given_up = False
        digest = hashlib.blake2b(body, digest_size=4).hexdigest() if body else "-"
        self.name = f"{agent} {scope['method']} {scope['path']} {digest}"
        self._board = board
        self._store = store
        self._app = app
        self._scope = scope
        self._body = body
        self._send = send
        self._agent = agent
        self._status = "no answer"

    async def answer(self) -> None:
        """Carry the request out."""
        target = self._scope["path"].rpartition("/")[2]
        call = self._store.ledger.arrived(self._agent, self._scope["method"], target)
        CALL.set(call)
        if call.presence is not None:
            moment(self._store, call.presence, "arrival", target)
        try:
            await self._app(self._scope, replayed(self._body), self._pass_on)
        finally:
            self._board.note_request(f"{self.name} {self._status}")

    async def _pass_on(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = str(message["status"])
        if not self.given_up:
            await self._send(message)
