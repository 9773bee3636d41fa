"""The account of a soak: an emulator that somebody edits meanwhile, and a ledger of what must not get lost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random
from typing import Any, Final

from starlette.applications import Starlette
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from revox_sync.emulator.app import create_app
from revox_sync.emulator.fault_effects import whole_body
from revox_sync.emulator.settings import EmulatorSettings
from revox_sync.emulator.store import Store, StoredAssistant

SCHEMAS: Final = Path(__file__).parent.parent.parent / "schemas"
NOTHING: Final = float("inf")


@dataclass(slots=True)
class Presence:
    """A machine's process that is running.

    Attributes:
        process: its id; 0 until it is known.
        log: what it shows.
        reverts: whether it was told to overwrite edits, as soon as it has shown them.
        targets: assistants and fields that somebody may edit meanwhile.
        death: moment (`arrival`, `commit`) and how many of its kind come before it; None where it lives.
        edits: how many more edits are made while it runs.
    """

    process: int
    log: Path
    reverts: bool
    targets: list[tuple[str, str]]
    death: tuple[str, int] | None
    edits: int = 2
    moments: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Call:
    """A request under way.

    Attributes:
        agent: the machine it comes from.
        presence: the process; it may have died when the server gets round to the request.
        arrived: tick of its arrival.
        read: tick of the last time the machine read the assistant it writes, since it last wrote it; None: never.
    """

    agent: str
    presence: Presence | None
    method: str
    arrived: int
    read: int | None


NOBODY: Final = Call("", None, "", 0, None)
CALL: Final[ContextVar[Call]] = ContextVar("CALL", default=NOBODY)


@dataclass(frozen=True, slots=True)
class Edit:
    """A text somebody typed into the dashboard; no other field of any assistant has it."""

    assistant_id: str
    field: str
    text: str
    tick: int


@dataclass(slots=True)
class Ledger:
    """What happened to the account.

    Attributes:
        made: names as sent, by id, of what the program created.
        edits: edits nobody has overwritten.
        typed: how many edits there were.
        excused: how many edits fell between the last look and the write: the API has no conditional one.
        shown: how many edits were overwritten by somebody who had seen them.
        duplicates, lost: what must not happen, in words.
    """

    chance: Random
    made: dict[str, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    running: dict[str, Presence] = field(default_factory=dict)
    read: dict[tuple[str, str], int] = field(default_factory=dict)
    ticks: count[int] = field(default_factory=lambda: count(1))
    numbers: count[int] = field(default_factory=lambda: count(1))
    typed: int = 0
    excused: int = 0
    shown: int = 0
    duplicates: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def arrived(self, agent: str, method: str, assistant_id: str) -> Call:
        """A request has come."""
        writes = method in {"PATCH", "DELETE"}
        read = self.read.pop((agent, assistant_id), None) if writes else None
        return Call(agent, self.running.get(agent), method, next(self.ticks), read)

    def has_read(self, assistant_id: str) -> None:
        """The server has looked an assistant up."""
        call = CALL.get()
        if call.method == "GET":
            self.read[call.agent, assistant_id] = next(self.ticks)

    def has_made(self, document: StoredAssistant, others: list[StoredAssistant]) -> None:
        """The server has created an assistant."""
        self.made[document["id"]] = document["name"]
        same_name = [stored["id"] for stored in others if plain(stored["name"]) == plain(document["name"])]
        if same_name:
            self.duplicates.append(f"{document['id']} is called {document['name']!r} like {', '.join(same_name)}")

    def has_written(self, assistant_id: str, after: StoredAssistant | None) -> None:
        """The server has changed or deleted an assistant."""
        call = CALL.get()
        if call.method not in {"PATCH", "DELETE"}:
            return
        for edit in [edit for edit in self.edits if edit.assistant_id == assistant_id]:
            if after is not None and after.get(edit.field) == edit.text:
                continue
            self.edits.remove(edit)
            self._overwritten(edit, call)

    def _overwritten(self, edit: Edit, call: Call) -> None:
        last_look = call.arrived if call.read is None else call.read
        presence = call.presence
        seen = presence is not None and edit.text in presence.log.read_text("utf-8", "replace")
        if edit.tick > last_look:
            self.excused += 1
        elif presence is not None and seen and (presence.reverts or call.method == "DELETE"):
            self.shown += 1
        else:
            how = "after it was shown as something else" if seen else "unseen"
            self.lost.append(f"{call.agent} {call.method} {edit.assistant_id}: {edit.text!r} was overwritten {how}")


class Watched(Store):
    """A store in memory that tells a ledger what is done to it, at the moment it is done."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(None)
        self.ledger = ledger

    def find(self, assistant_id: str, *, seconds_ago: float = 0) -> StoredAssistant | None:
        """The assistant of that id, or None."""
        self.ledger.has_read(assistant_id)
        return super().find(assistant_id, seconds_ago=seconds_ago)

    def add(self, document: StoredAssistant) -> None:
        """Keep a new assistant."""
        others = self.all()
        super().add(document)
        self.ledger.has_made(document, others)
        self._moment("commit", document["id"])

    def change(self, assistant_id: str, change: Callable[[StoredAssistant], StoredAssistant]) -> StoredAssistant | None:
        """Replace an assistant."""
        after = super().change(assistant_id, change)
        if after is not None:
            self.ledger.has_written(assistant_id, after)
            self._moment("commit", assistant_id)
        return after

    def remove(self, assistant_id: str) -> bool:
        """Forget an assistant."""
        gone = super().remove(assistant_id)
        if gone:
            self.ledger.has_written(assistant_id, None)
            self._moment("commit", assistant_id)
        return gone

    def edit(self, assistant_id: str, field_name: str) -> None:
        """Type a text into the dashboard."""
        text = f"edited in the dashboard, number {next(self.ledger.numbers)}"
        before = CALL.set(NOBODY)
        done = super().change(assistant_id, lambda document: {**document, field_name: text})
        CALL.reset(before)
        same_place = (assistant_id, field_name)
        self.ledger.edits = [edit for edit in self.ledger.edits if (edit.assistant_id, edit.field) != same_place]
        if done is not None:
            self.ledger.typed += 1
            self.ledger.edits.append(Edit(assistant_id, field_name, text, next(self.ledger.ticks)))

    def now(self) -> dict[str, StoredAssistant]:
        """What there is, by id; nobody has looked."""
        return {document["id"]: document for document in self.all()}

    def throw_away(self, assistant_id: str) -> None:
        """Delete an assistant in the dashboard."""
        super().remove(assistant_id)
        self.ledger.edits = [edit for edit in self.ledger.edits if edit.assistant_id != assistant_id]

    def _moment(self, kind: str, assistant_id: str) -> None:
        presence = CALL.get().presence
        if presence is not None:
            moment(self, presence, kind, assistant_id)


def moment(store: Watched, presence: Presence, kind: str, assistant_id: str) -> None:
    """Let happen what happens at a moment: the machine dies, somebody edits, most often what is being dealt with."""
    number = presence.moments[kind]
    presence.moments[kind] += 1
    if presence.death == (kind, number) and presence.process:
        with suppress(ProcessLookupError):
            os.kill(presence.process, signal.SIGKILL)
    chance = store.ledger.chance
    targets = [target for target in presence.targets if target[0] == assistant_id]
    if presence.edits and presence.targets and chance.random() < (0.15 if targets else 0.03):
        presence.edits -= 1
        store.edit(*chance.choice(targets or presence.targets))


class Switchboard:
    """Passes requests on to the application of the running round.

    Args:
        oldest: shared with machines: since when the oldest write is under way, by the monotonic clock.
    """

    def __init__(self, oldest: Synchronized[float]) -> None:
        self.app: ASGIApp = Starlette()
        self.store: Watched | None = None
        self.requests = 0
        self.faults: Counter[str] = Counter()
        self._oldest = oldest
        self._writes: dict[int, float] = {}

    def serve(self, store: Watched, settings: EmulatorSettings) -> None:
        """Answer from a store."""
        self.store = store
        self.app = create_app(SCHEMAS, store, replace(settings, on_fault=self._struck))

    def drain(self) -> None:
        """Wait until the server is through with every write."""
        while self._writes:
            time.sleep(0.005)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, unless the client goes away before it is whole."""
        body = await whole_body(receive)
        app, store = self.app, self.store
        if body is None or store is None:
            return
        agent = dict(scope["headers"]).get(b"user-agent", b"").decode()
        self.requests += 1
        target = scope["path"].rpartition("/")[2]
        call = store.ledger.arrived(agent, scope["method"], target)
        CALL.set(call)
        if (presence := call.presence) is not None:
            moment(store, presence, "arrival", target)
        if call.method != "GET":
            self._begin(call.arrived)
        try:
            await app(scope, _again(body), send)
        finally:
            self._end(call.arrived)

    def _struck(self, kind: str) -> None:
        self.faults[kind] += 1

    def _begin(self, number: int) -> None:
        self._writes[number] = time.monotonic()
        self._oldest.value = min(self._writes.values())

    def _end(self, number: int) -> None:
        self._writes.pop(number, None)
        self._oldest.value = min(self._writes.values(), default=NOTHING)


def _again(body: bytes) -> Receive:
    told = asyncio.Event()

    async def receive() -> Message:
        if told.is_set():
            await asyncio.Event().wait()
        told.set()
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def plain(name: Any) -> str:
    """A name as a server may keep it."""
    return " ".join(str(name).split())
