"""What became of an apply that did not end: the lock and its journal put together, the API asked about the rest.

Only reads the API. What a journal says was done is taken as it is, unless the lock has a newer entry. An intent without
end:

- update: the server's object tells by digests; where it shows neither before nor after, the lock keeps its old entry,
  and the next plan shows drift or a conflict;
- delete: 404 means done;
- create: looked for by name among the ids that were not there before. One is taken into the lock with no digests, so
  that the next plan sends what differs. None, and the request is so old that no server is still at it: nothing was
  created. Several, or a kind that the list leaves out: unknown until the user says.

What stays unknown blocks its own address only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.sync.applying.create import HIDDEN, IN_A_WHILE, SEVERAL, next_steps
from revox_sync.sync.applying.write_outcome import Verdict, create_candidates, judge_write
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action, Plan, Refusal
from revox_sync.sync.remote_state.fetch import Unknown, remote_assistant
from revox_sync.sync.state.journal import Ending, Intent, Journal, entry_digest

MAY_STILL_COME: Final = sum(IN_A_WHILE)
"""Seconds after which a create that did not show up counts as never done (docs/design.md, "Recovery")."""
PAUSE: Final = MAY_STILL_COME / 3
INTERRUPTED: Final = "its create did not end well: {reason}"
ELSEWHERE: Final = (
    "a create of this name did not end well when the file was `{former}`: `revox-sync import {address} ID` "
    "if it exists; then, and if it does not, `revox-sync forget {former}`"
)
STRAY: Final = "an interrupted apply created {id} for `{address}`, but the lock has {other} there; one of them is stray"


@dataclass(frozen=True, slots=True)
class Replayed:
    """Lock and journal put together.

    Attributes:
        lock: the lock in force.
        changed: whether the one on disk is another.
        unsettled: intents of which nobody knows the end.
        unknown: the creates among them, by address.
        notes: what a reader should know.
    """

    lock: Lock
    changed: bool = False
    unsettled: tuple[Intent, ...] = ()
    unknown: Mapping[str, Unknown] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def replay(
    journal: Journal, lock: Lock, client: Client, *, now: Callable[[], float], wait: Callable[[float], bool]
) -> Replayed:
    """Find out what an apply did that did not end.

    Args:
        lock: as it is on disk.
        now: seconds of Unix time.
        wait: lets seconds pass and returns whether to give up; only called for a create younger than 30 s.

    Raises:
        RefusedError: the key belongs to another organisation than the journal.
        RemoteError: the API gave no usable answer; nothing can be said then.
    """
    return _Replay(journal, lock, client, now, wait).result()


def without_unknown(plan: Plan, unknown: Mapping[str, Unknown]) -> Plan:
    """The plan with everything refused of which nobody knows what the API has for it.

    That is what the addresses of unknown creates hold, and a create of the same name: the file may have moved since.
    """
    if not unknown:
        return plan
    names = {each.address: each.name for each in plan.changes}
    names |= {each.address: each.name for each in (*plan.drift, *plan.conflicts)}
    names |= {each.address: each.name for each in plan.refused}
    moved = dict(_moved(plan, unknown))
    reasons = {each: unknown[each].reason for each in unknown if each in names} | moved
    refused = [Refusal(each, names[each], reasons[each]) for each in sorted(reasons)]
    return replace(
        plan,
        changes=tuple(each for each in plan.changes if each.address not in reasons),
        drift=tuple(each for each in plan.drift if each.address not in unknown),
        conflicts=tuple(each for each in plan.conflicts if each.address not in unknown),
        refused=(*(each for each in plan.refused if each.address not in unknown), *refused),
    )


def _moved(plan: Plan, unknown: Mapping[str, Unknown]) -> Iterator[tuple[str, str]]:
    """Addresses, with the reason against it, of creates that may have happened already under another address."""
    former = {each.name: address for address, each in unknown.items()}
    for each in plan.changes:
        if each.action is Action.CREATE and each.name in former and each.address not in unknown:
            yield each.address, ELSEWHERE.format(former=former[each.name], address=each.address)


class _Replay:
    """One replay; each step changes the lock in force."""

    def __init__(
        self,
        journal: Journal,
        lock: Lock,
        client: Client,
        now: Callable[[], float],
        wait: Callable[[float], bool],
    ) -> None:
        self._journal = journal
        self._before = self._lock = lock
        self._client = client
        self._now = now
        self._wait = wait
        self._unknown: dict[str, Unknown] = {}
        self._notes: list[str] = []

    def result(self) -> Replayed:
        for intent, ending in _endings(self._journal):
            self._take(intent, ending)
        left = self._journal.open
        for intent in left.values():
            if intent.action is not Action.CREATE and self._is_former(intent):
                self._ask(intent)
        self._look([each for each in left.values() if each.action is Action.CREATE])
        return Replayed(
            self._lock,
            self._lock != self._before,
            tuple(each for each in left.values() if each.address in self._unknown),
            self._unknown,
            tuple(self._notes),
        )

    def _is_former(self, intent: Intent) -> bool:
        """Whether the lock still has the entry that the intent was to replace; else the lock is newer."""
        return entry_digest(self._lock.entries.get(intent.previous_address or intent.address)) == intent.former

    def _take(self, intent: Intent, ending: Ending) -> None:
        """Take over what the journal says was done."""
        if not ending.happened:
            return
        if self._is_former(intent):
            self._put(intent, ending.entry, ending.organization_id)
            return
        there = self._lock.entries.get(intent.address)
        if ending.entry is not None and there is not None and there.id != ending.entry.id:
            self._notes.append(STRAY.format(id=ending.entry.id, address=intent.address, other=there.id))

    def _put(self, intent: Intent, entry: LockEntry | None, organization_id: str | None) -> None:
        lock = self._lock.without(intent.previous_address or intent.address)
        if lock.organization_id is None and organization_id is not None:
            lock = replace(lock, organization_id=organization_id)
        self._lock = lock if entry is None else lock.with_entry(intent.address, entry)

    def _ask(self, intent: Intent) -> None:
        """Find out by id what became of an update or a delete."""
        answer = self._client.get_assistant(str(intent.id))
        if answer is not None:
            self._require_organization([answer])
        if intent.action is Action.DELETE:
            if answer is None:
                self._put(intent, None, None)
        elif (
            answer is not None
            and judge_write(intent.leaves, remote_assistant(answer, intent.entry).value) is Verdict.DONE
        ):
            self._put(intent, intent.entry, None)

    def _look(self, intents: Sequence[Intent]) -> None:
        """Find out by name what became of creates, waiting for those that may still come."""
        for intent in intents:
            if intent.hidden:
                self._leave(intent, HIDDEN.format(ways=next_steps(intent.address)))
        open_creates, waited = [each for each in intents if not each.hidden], 0.0
        while open_creates:
            listed = self._client.list_assistants()
            self._require_organization(listed)
            open_creates = [each for each in open_creates if not self._found(each, listed)]
            open_creates = [each for each in open_creates if self._may_still_come(each, waited)]
            waited += PAUSE
            if open_creates and self._wait(PAUSE):
                for each in open_creates:
                    self._leave(each, "try again")
                return

    def _may_still_come(self, intent: Intent, waited: float) -> bool:
        # A clock may have been set back since: our own waiting counts, too.
        return not intent.over and max(self._now() - intent.at, waited) < MAY_STILL_COME

    def _found(self, intent: Intent, listed: Sequence[Mapping[str, Any]]) -> bool:
        """Whether a list settles a create, or shows that only the user can."""
        if not self._is_former(intent):
            return True
        locked = {entry.id for entry in self._lock.entries.values()}
        ids = create_candidates(listed, intent.name, intent.known | locked)
        if len(ids) > 1:
            text = SEVERAL.format(ids=", ".join(ids), ways=next_steps(intent.address))
            self._leave(intent, text)
        elif ids:
            bare = LockEntry(ids[0], intent.name, {})
            entry = bare if intent.entry is None else replace(intent.entry, id=ids[0])
            self._put(intent, entry, _organization(listed, ids[0]))
        return bool(ids)

    def _leave(self, intent: Intent, reason: str) -> None:
        self._unknown[intent.address] = Unknown(intent.name, INTERRUPTED.format(reason=reason))

    def _require_organization(self, answers: Sequence[Mapping[str, Any]]) -> None:
        wanted = self._journal.header.organization_id
        for found in {each.get("organization_id") for each in answers} - {None}:
            if wanted not in {None, found}:
                raise RefusedError(
                    f"an apply that did not end was for organisation {wanted}, the key is for {found}",
                    hint="check the API key and the environment",
                )


def _organization(listed: Sequence[Mapping[str, Any]], assistant_id: str) -> str | None:
    found = next((each.get("organization_id") for each in listed if each["id"] == assistant_id), None)
    return str(found) if found else None


def _endings(journal: Journal) -> Iterator[tuple[Intent, Ending]]:
    """Intents with what came of them, in order of time."""
    begun: dict[str, Intent] = {}
    for step in journal.steps:
        if isinstance(step, Intent):
            begun[step.address] = step
        elif step.address in begun:
            yield begun.pop(step.address), step
