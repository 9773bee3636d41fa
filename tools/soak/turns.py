"""Time that passes when nobody has anything left to do, and whose turn it is: the same in every play of a round.

Machines run in processes of their own. Whatever one of them does to the world is a request or a wait, and then it
stands still until it may go on. Only when all of them stand still something happens: what is due, in an order that a
seed decides; where nothing is due, time jumps to what comes next. So the speed of this computer changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from ctypes import c_double
from dataclasses import dataclass
from enum import Enum
from itertools import count
from random import Random
from typing import Final

SERVER: Final = "~"
"""Sorts after every machine: where a machine gives up at the moment its answer would come, it has given up."""


class Kind(Enum):
    """What happens."""

    TURN = "a machine's request is dealt with"
    LIMIT = "a machine gives up its request"
    WAKE = "a machine has waited long enough"
    WORK = "the server goes on with a request that takes long"


@dataclass(frozen=True, slots=True, eq=False)
class _Event:
    due: float
    kind: Kind
    who: str
    number: int
    happens: asyncio.Future[None]

    @property
    def key(self) -> tuple[float, str, int]:
        """The order of what is to come; it does not depend on who was faster."""
        return self.due, self.who, self.number


class Turns:
    """Whose turn it is. All methods belong to the thread of the server.

    Args:
        clock: seconds; machines read it.
        chance: decides between machines.
    """

    def __init__(self, clock: c_double, chance: Random) -> None:
        self._clock = clock
        self._chance = chance
        self._machines: set[str] = set()
        self._standing: dict[str, int] = {}
        self._events: list[_Event] = []
        self._alone: set[asyncio.Future[None]] = set()
        self._active = 0
        self._numbers = count(1)

    @property
    def now(self) -> float:
        """Seconds."""
        return self._clock.value

    def join(self, machine: str) -> None:
        """From now on nothing happens unless this machine stands still."""
        self._machines.add(machine)

    def leave(self, machine: str) -> None:
        """A machine has ended."""
        self._machines.discard(machine)
        self._standing.pop(machine, None)
        self._go_on()

    async def pause(self, machine: str, seconds: float) -> None:
        """A machine stands still for so long."""
        await self._stand(Kind.WAKE, machine, seconds)

    async def sleep(self, seconds: float) -> None:
        """The server lets a request lie for so long."""
        if seconds <= 0:
            return
        event = self._event(Kind.WORK, SERVER, seconds, next(self._numbers))
        self._active -= 1
        self._go_on()
        await event.happens

    async def serve(self, machine: str, seconds: float, work: Callable[[], Awaitable[None]]) -> bool:
        """Do a machine's request when it is its turn; False if the machine gives up, and the work goes on alone.

        Args:
            seconds: how long the machine waits for it.
        """
        number = await self._stand(Kind.TURN, machine, 0)
        limit = self._event(Kind.LIMIT, machine, seconds, number)
        task = asyncio.ensure_future(self._done(machine, number, work))
        await asyncio.wait({task, limit.happens}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
            return True
        self._alone.add(task)
        task.add_done_callback(self._alone.discard)
        return False

    async def _done(self, machine: str, number: int, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        finally:
            self._active -= 1
            if self._standing.get(machine) == number:
                del self._standing[machine]
            self._go_on()

    async def _stand(self, kind: Kind, machine: str, seconds: float) -> int:
        number = next(self._numbers)
        self._standing[machine] = number
        event = self._event(kind, machine, seconds, number)
        self._go_on()
        await event.happens
        return number

    def _event(self, kind: Kind, who: str, seconds: float, number: int) -> _Event:
        happens: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        event = _Event(self.now + seconds, kind, who, number, happens)
        self._events.append(event)
        return event

    def _go_on(self) -> None:
        """Let the next thing happen, where nothing else is happening."""
        if self._active or not self._machines or not self._machines <= self._standing.keys():
            return
        self._events = [each for each in self._events if each.who == SERVER or each.number in self._standing.values()]
        due = sorted((each for each in self._events if each.due <= self.now), key=lambda each: each.key)
        given_up = [each for each in due if each.kind is Kind.LIMIT]
        if given_up or not due:
            event = min(given_up or self._events, key=lambda each: each.key)
        else:
            event = self._chance.choice(due)
        self._clock.value = max(self.now, event.due)
        self._events.remove(event)
        self._active += event.kind in {Kind.TURN, Kind.WORK}
        if event.kind in {Kind.LIMIT, Kind.WAKE}:
            del self._standing[event.who]
        event.happens.set_result(None)
