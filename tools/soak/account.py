"""The account of a soak: an emulator that somebody edits meanwhile, and a ledger of what must not get lost."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final
from unicodedata import normalize

from revox_sync.emulator.store import Store, StoredAssistant


@dataclass(slots=True)
class Presence:
    """A machine's process that is running.

    Attributes:
        process: its id; 0 until it is known.
        log: what it shows.
        reverts: whether it was told to overwrite edits, as soon as it has shown them.
        fields: what somebody may edit meanwhile.
        death: moment (`arrival`, `commit`) and how many of its kind come before it; None where it lives.
        git_pull: number of a request, and what it finds done in the machine's files when it arrives.
        edits: how many more edits are made while it runs.
    """

    process: int
    log: Path
    reverts: bool
    fields: tuple[str, ...]
    death: tuple[str, int] | None
    git_pull: tuple[int, Callable[[], None]] | None = None
    edits: int = 2
    moments: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A moment: seconds of the round, and a number for what happens in the same second."""

    seconds: float
    tick: int


NEVER: Final = When(-1.0, 0)


@dataclass(frozen=True, slots=True)
class Call:
    """A request under way.

    Attributes:
        agent: the machine and environment it comes from.
        presence: the process; it may have died when the server gets round to the request.
        arrived: when.
        read: what the machine saw when it last read the assistant that it writes, since it last wrote it; None: never.
    """

    agent: str
    presence: Presence | None
    method: str
    arrived: When
    read: When | None


NOBODY: Final = Call("", None, "", NEVER, None)
CALL: Final[ContextVar[Call]] = ContextVar("CALL", default=NOBODY)


@dataclass(slots=True)
class Edit:
    """A text somebody typed into the dashboard; no other field of any assistant has it.

    Attributes:
        given_up: somebody has seen it and had it overwritten, and the server has kept it all the same.
    """

    assistant_id: str
    field: str
    text: str
    at: When
    given_up: bool = False


@dataclass(slots=True)
class Ledger:
    """What happened to the account.

    Attributes:
        clock: seconds of the round.
        made: names as sent and the environment, by id, of what the program created.
        edits: edits nobody has overwritten.
        typed: how many edits there were.
        excused: how many edits fell between the last look and the write: the API has no conditional one.
        shown: how many edits were overwritten by somebody who had seen them.
        duplicates, lost: what must not happen, in words.
    """

    chance: Random
    clock: Callable[[], float]
    made: dict[str, tuple[str, str]] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    running: dict[str, Presence] = field(default_factory=dict)
    read: dict[tuple[str, str], When] = field(default_factory=dict)
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
        return Call(agent, self.running.get(agent), method, self.when(), read)

    def when(self) -> When:
        """This moment."""
        return When(self.clock(), next(self.ticks))

    def has_read(self, assistant_id: str, seconds_ago: float) -> None:
        """The server has looked an assistant up, as it was so many seconds ago."""
        call = CALL.get()
        if call.method == "GET":
            now = self.when()
            self.read[call.agent, assistant_id] = When(now.seconds - seconds_ago, 0) if seconds_ago else now

    def has_made(self, document: StoredAssistant, others: list[StoredAssistant]) -> None:
        """The server has created an assistant."""
        _, _, environment = CALL.get().agent.partition("/")
        self.made[document["id"]] = document["name"], environment
        namesakes = [stored["id"] for stored in others if plain(stored["name"]) == plain(document["name"])]
        twice = [each for each in namesakes if self.made[each][1] == environment]
        if twice:
            self.duplicates.append(f"{document['id']} is called {document['name']!r} like {', '.join(twice)}")

    def has_written(self, assistant_id: str, after: StoredAssistant | None) -> None:
        """The server has changed or deleted an assistant."""
        call = CALL.get()
        if call.method not in {"PATCH", "DELETE"}:
            return
        for edit in [edit for edit in self.edits if edit.assistant_id == assistant_id]:
            if after is not None and after.get(edit.field) == edit.text:
                edit.given_up |= call.presence is not None and call.presence.reverts and self._is_shown(edit, call)
                continue
            self.edits.remove(edit)
            self._overwritten(edit, call)

    def _overwritten(self, edit: Edit, call: Call) -> None:
        last_look = call.arrived if call.read is None else call.read
        presence, seen = call.presence, self._is_shown(edit, call)
        if edit.at > last_look:
            self.excused += 1
        elif edit.given_up or (presence is not None and seen and (presence.reverts or call.method == "DELETE")):
            self.shown += 1
        else:
            how = "after it was shown as something else" if seen else "unseen"
            self.lost.append(f"{call.agent} {call.method} {edit.assistant_id}: {edit.text!r} was overwritten {how}")

    def _is_shown(self, edit: Edit, call: Call) -> bool:
        return call.presence is not None and edit.text in call.presence.log.read_text("utf-8", "replace")


class Watched(Store):
    """A store in memory that tells a ledger what is done to it, at the moment it is done."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(None)
        self.ledger = ledger

    def find(self, assistant_id: str, *, seconds_ago: float = 0) -> StoredAssistant | None:
        """The assistant of that id, or None."""
        self.ledger.has_read(assistant_id, seconds_ago)
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
        number = next(self.ledger.numbers)
        # One word, so that no line is broken in it: it is looked for in what people are shown.
        change = {field_name: f"edit-{number:04}-of-the-dashboard", "updated_at": f"edit {number}"}
        before = CALL.set(NOBODY)
        done = super().change(assistant_id, lambda document: {**document, **change})
        CALL.reset(before)
        same_place = (assistant_id, field_name)
        self.ledger.edits = [edit for edit in self.ledger.edits if (edit.assistant_id, edit.field) != same_place]
        if done is not None:
            self.ledger.typed += 1
            self.ledger.edits.append(Edit(assistant_id, field_name, change[field_name], self.ledger.when()))

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
    if presence.git_pull is not None and (kind, number) == ("arrival", presence.git_pull[0]):
        presence.git_pull[1]()
    if presence.death == (kind, number) and presence.process:
        with suppress(ProcessLookupError):
            os.kill(presence.process, signal.SIGKILL)
    chance = store.ledger.chance
    there = store.now()
    if presence.edits and there and presence.fields and chance.random() < (0.15 if assistant_id in there else 0.03):
        presence.edits -= 1
        # What is being dealt with is what an edit may get lost of.
        store.edit(
            assistant_id if assistant_id in there else chance.choice(list(there)), chance.choice(presence.fields)
        )


def plain(name: Any) -> str:
    """What is left of a text in every form in which a server may keep it."""
    return normalize("NFC", " ".join(str(name).split())).casefold()
