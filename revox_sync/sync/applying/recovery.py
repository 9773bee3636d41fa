"""Recovers from an apply that did not end: its journal and the lock become one lock, in memory or on disk.

What the journal says was done is taken as it is, unless the lock has a newer entry. About an intent without end the API
is asked; it is only read:

- update: the server's object tells by digests what arrived; everything else that was sent is remembered as sent and
  not seen. Where the object cannot be read, or is an older version, the intent stays open;
- delete: 404 means done;
- create: looked for by name among the ids that were not there before. If there is one, it is taken into the lock with
  all of its leaves sent and not seen. If two looks at least 30 s apart, by our own elapsed time, show none, nothing was
  created. If there are several, or the list leaves such assistants out, it stays unknown until the user says.

What stays unknown blocks its own address only. Steps of another branch are left alone (`other_checkouts`), and so are
those of an address that has another id by now: the journal keeps both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any, Final

from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.remote.http.listing import AssistantList
from revox_sync.sync.applying.create import SEVERAL_FOUND, UNLISTED, next_steps
from revox_sync.sync.applying.other_checkouts import NO_CHECKOUT, Checkout, divided, notes_of, unknown_here
from revox_sync.sync.applying.write_outcome import (
    adopted_entry,
    create_candidates,
    entry_after_end,
    is_stale,
    judge_intent,
)
from revox_sync.sync.comparing.leaf_rules import WriteEnd
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action, Plan, Refusal
from revox_sync.sync.model.server_facts import NO_FACTS
from revox_sync.sync.remote_state.fetch import Unknown, remote_assistant
from revox_sync.sync.remote_state.unreadable import may_be
from revox_sync.sync.state.environments import NO_OTHERS, OtherEnvironments
from revox_sync.sync.state.journal import (
    Ending,
    Intent,
    Journal,
    JournalStep,
    entry_digest,
    header_of,
    load_journal,
    require_same_lock,
)
from revox_sync.sync.state.journal_file import JournalFile
from revox_sync.sync.state.lock_draft import LockDraft
from revox_sync.values.address import as_arguments
from revox_sync.values.loose_name import loose_name

_STALE: Final = (
    "its update did not end, and the API still shows an older version of it; "
    "`revox-sync apply` waits for a newer one, and after 30 s believes what it sees"
)
_NOT_SEEN: Final = "no assistant of this name has appeared so far; `revox-sync apply` looks for it for 30 s"
_NOT_ENDED: Final = "its create at {at} did not end well: {reason}"
_DOUBTFUL: Final = "an entry of the API's list cannot be read ({problem}) and may be it: {ways}"
_MOVED: Final = (
    "a create of this name did not end well when the file was {former}: `revox-sync import {arguments}` "
    "if it exists; then, and if it does not, `revox-sync forget {forgotten}`"
)
_TWO_IDS: Final = (
    "an interrupted apply {did} {id} for `{address}`, but the lock has {other} there; delete the one that is not "
    "needed, then `revox-sync import {with_id}` with the other ends this note"
)
_NOT_THERE: Final = (
    "an interrupted apply created {id} for `{address}`, and the lock has nothing there any more; "
    "`revox-sync import {with_it}` binds it, `revox-sync forget {alone}` ends this note"
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """Lock and journal put together.

    Attributes:
        lock: the lock in force.
        changed: whether the one on disk is another.
        unsettled: intents of which nobody knows the end.
        unknown: the creates among them, and those of other branches, by address.
        notes: what a reader should know.
        kept: steps that do not belong to this lock; they stay in the journal.
    """

    lock: Lock
    changed: bool = False
    unsettled: tuple[Intent, ...] = ()
    unknown: Mapping[str, Unknown] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    kept: tuple[JournalStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovery:
    """Where lock and journal of an environment are, and how they are put together.

    Attributes:
        path: of the journal.
        load: reads the lock.
        save: replaces the lock.
        any_url: the API is on this machine and changes its port as it likes.
        wait: lets seconds pass and returns whether to give up.
        checkout: what git has checked out; only asked for where there is a journal.
        others: what other environments hold, or may have created.
        looks: seconds before each further look at what may still come (docs/design.md, "Recovery").
    """

    path: Path
    load: Callable[[], Lock]
    save: Callable[[Lock], None]
    any_url: bool = False
    wait: Callable[[float], bool] = field(default_factory=lambda: Event().wait)
    checkout: Callable[[], Checkout] = lambda: NO_CHECKOUT
    others: Callable[[], OtherEnvironments] = lambda: NO_OTHERS
    looks: tuple[float, ...] = NO_FACTS.looks

    def recall(self, client: Client) -> Replayed:
        """The lock in force. Only reads, and never waits. Raises what `Replay.result` and `load_journal` raise."""
        return self._replayed(client, wait=None)[1]

    def settle(self, client: Client) -> Replayed:
        """The lock in force, written; the journal keeps what is still unknown. No other apply may run meanwhile.

        Raises what `recall` raises, and RefusedError when the disk refuses.
        """
        journal, found = self._replayed(client, self.wait)
        if journal is None:
            return found
        try:
            if found.changed:
                self.save(found.lock)
            JournalFile(self.path, kept=found.kept).rewrite(header_of(found.lock), found.unsettled)
        except OSError as error:
            raise RefusedError(f"the lock cannot be written: {error.strerror}; nothing was sent") from None
        return found

    def drop(self, address: str, *, everywhere: bool = False) -> bool:
        """Take an address out of the journal, because the user has said what holds; whether it was there.

        Call it within `alone()`, after the lock was written. Raises OSError when the disk refuses.

        Args:
            everywhere: for every branch, and not only for the one that is checked out.
        """
        journal = load_journal(self.path)
        if journal is None:
            return False
        checkout = self.checkout()
        left = [step for step in journal.steps if step.address != address or not (everywhere or checkout.owns(step))]
        if len(left) == len(journal.steps):
            return False
        JournalFile(self.path, kept=left).rewrite(journal.header, ())
        return True

    def _replayed(self, client: Client, wait: Callable[[float], bool] | None) -> tuple[Journal | None, Replayed]:
        # The journal first: an apply that ends right now writes its lock, then removes its journal. Read the other way
        # round, an old lock could be found together with no journal.
        journal, lock = load_journal(self.path), self.load()
        if journal is None:
            return None, Replayed(lock)
        require_same_lock(self.path, journal, lock, any_url=self.any_url)
        own, others = divided(journal, self.checkout())
        found = Replay(own, lock, client, wait, self.others(), looks=self.looks).result()
        return journal, replace(
            found,
            unknown={**unknown_here(others, found.lock), **found.unknown},
            notes=(*found.notes, *notes_of(others)),
            kept=(*others.steps, *found.kept),
        )


def without_unknown(plan: Plan, unknown: Mapping[str, Unknown]) -> Plan:
    """The plan in which everything is refused that an unknown create may have made already.

    That is whatever has the address of an unknown create, and a create of its name: the file may have moved since.
    """
    if not unknown:
        return plan
    names: dict[str, str] = {}
    for planned in (plan.changes, plan.drift, plan.conflicts, plan.refused):
        names |= {assistant.address: assistant.name for assistant in planned}
    reasons = {address: create.reason for address, create in unknown.items() if address in names}
    # What has no file any more must be named all the same: nobody would ever settle it.
    notes = tuple(f"{address}: {create.reason}" for address, create in unknown.items() if address not in names)
    former = {loose_name(create.name): address for address, create in unknown.items()}
    for change in plan.changes:
        if change.action is Action.CREATE and loose_name(change.name) in former and change.address not in unknown:
            moved_from = former[loose_name(change.name)]
            reasons[change.address] = _MOVED.format(
                former=moved_from, arguments=as_arguments(change.address, "ID"), forgotten=as_arguments(moved_from)
            )
    return replace(
        plan,
        notes=(*plan.notes, *notes),
        changes=tuple(change for change in plan.changes if change.address not in reasons),
        drift=tuple(blocked for blocked in plan.drift if blocked.address not in unknown),
        conflicts=tuple(blocked for blocked in plan.conflicts if blocked.address not in unknown),
        refused=(
            *(refusal for refusal in plan.refused if refusal.address not in unknown),
            *(Refusal(address, names[address], reasons[address]) for address in sorted(reasons)),
        ),
    )


class Replay:
    """One replay of a journal; each step changes the lock in force.

    Args:
        lock: as it is on disk.
        wait: lets seconds pass and returns whether to give up; None: nobody waits for what does not show up at once.
        looks: as in `Recovery`.
    """

    def __init__(  # noqa: PLR0913 - what a replay depends on
        self,
        journal: Journal,
        lock: Lock,
        client: Client,
        wait: Callable[[float], bool] | None,
        others: OtherEnvironments = NO_OTHERS,
        *,
        looks: tuple[float, ...] = NO_FACTS.looks,
    ) -> None:
        self._journal = journal
        self._before = lock
        self._draft = LockDraft(lock)
        self._client = client
        self._wait = wait
        self._others = others
        self._looks = looks
        self._unknown: dict[str, Unknown] = {}
        self._notes: list[str] = []
        self._kept: list[JournalStep] = []

    def result(self) -> Replayed:
        """Find out what the apply did.

        Raises:
            RefusedError: the key belongs to another organisation than the journal.
            RemoteError: the API gave no usable answer; nothing can be said then.
        """
        ended, unended = self._journal.split()
        for intent, ending in ended:
            self._take(intent, ending)
        for intent in unended.values():
            if intent.action is Action.CREATE:
                continue
            if self._is_former(intent):
                self._ask(intent)
            elif self._is_stray(intent, str(intent.id)):
                self._kept.append(intent)
        self._look([intent for intent in unended.values() if intent.action is Action.CREATE])
        lock = self._draft.lock()
        return Replayed(
            lock,
            lock != self._before,
            tuple(intent for intent in unended.values() if intent.address in self._unknown),
            self._unknown,
            tuple(self._notes),
            tuple(self._kept),
        )

    def _is_former(self, intent: Intent) -> bool:
        """Whether the lock still has the entry that the intent was to replace; if not, the lock is newer."""
        return entry_digest(self._draft.entry(intent.previous_address or intent.address)) == intent.former

    def _take(self, intent: Intent, ending: Ending) -> None:
        """Take over what the journal says was done."""
        if not ending.happened:
            return
        if self._is_former(intent):
            self._put(intent, ending.entry, ending.organization_id)
            return
        if ending.entry is not None and self._is_stray(intent, ending.entry.id):
            self._kept += [intent, ending]

    def _is_stray(self, intent: Intent, assistant_id: str) -> bool:
        """Whether an assistant that a step is about has no place in the lock; that is told."""
        locked = self._draft.entry(intent.address)
        names = {
            "id": assistant_id,
            "address": intent.address,
            "with_id": as_arguments(intent.address, "ID"),
            "with_it": as_arguments(intent.address, assistant_id),
            "alone": as_arguments(intent.address),
        }
        if self._draft.holds(assistant_id):
            return False
        if locked is not None:
            did = "created" if intent.action is Action.CREATE else "changed"
            self._notes.append(_TWO_IDS.format(did=did, other=locked.id, **names))
        elif intent.action is Action.CREATE:
            self._notes.append(_NOT_THERE.format(**names))
        return locked is not None or intent.action is Action.CREATE

    def _put(self, intent: Intent, entry: LockEntry | None, organization_id: str | None) -> None:
        place = intent.previous_address or intent.address
        if entry is not None and self._draft.holds(entry.id, beside=place):
            return  # git has brought the id at another address
        if entry is None:
            self._draft.remove(place)
        else:
            self._draft.put(intent.address, entry, organization_id, intent.previous_address)

    def _ask(self, intent: Intent) -> None:
        """Find out by id what became of an update or a delete."""
        former = self._draft.entry(intent.previous_address or intent.address)
        for pause in (*self._looks, None):
            answer = self._client.get_assistant(str(intent.id))
            if answer is not None:
                self._require_organization([answer])
            if intent.action is Action.DELETE:
                if answer is None:
                    self._put(intent, None, None)
                return
            if answer is None:
                # Nothing of it is seen: if it comes back, it may come back with what was sent.
                self._put(intent, entry_after_end(intent, former, None, WriteEnd.UNCLEAR), None)
                return
            found = remote_assistant(answer, intent.entry)
            # A server that shows one version for so long shows the current one: what was taken for newer is gone.
            if pause is None or not is_stale(intent, former, found):
                self._put(intent, entry_after_end(intent, former, found, judge_intent(intent, found)), None)
                return
            if self._wait is None or self._wait(pause):
                self._unknown[intent.address] = Unknown(intent.name, _STALE)
                return

    def _look(self, creates: Sequence[Intent]) -> None:
        """Find out by name what became of creates, waiting for those that may still come."""
        for intent in creates:
            if intent.hidden:
                self._leave(intent, UNLISTED.format(ways=next_steps(intent.address)))
        unsettled = [intent for intent in creates if not intent.hidden]
        for pause in (*self._looks, None):
            if not unsettled:
                return
            listing = self._client.listing()
            self._require_organization(listing.assistants)
            unsettled = [intent for intent in unsettled if not self._is_settled(intent, listing)]
            # Only our own waiting counts: the clock may have been set, and a list may lag behind for a while.
            if pause is None:
                return
            if unsettled and (self._wait is None or self._wait(pause)):
                for intent in unsettled:
                    self._leave(intent, _NOT_SEEN)
                return

    def _is_settled(self, intent: Intent, listing: AssistantList) -> bool:
        """Whether a list settles a create, or shows that only the user can."""
        listed, known = listing.assistants, intent.known | self._others.holders.keys() | self._draft.ids
        ids = create_candidates(listed, intent.name, known)
        if not self._is_former(intent):
            if [found for found in ids if self._is_stray(intent, found)]:
                self._kept.append(intent)
            return True
        doubtful = next((entry for entry in listing.unreadable if may_be(entry, intent.name, known)), None)
        if doubtful is not None:
            self._leave(intent, _DOUBTFUL.format(problem=doubtful.problem, ways=next_steps(intent.address)))
            return True
        theirs = self._others.doubt(ids, intent.name)
        if theirs is not None:
            self._leave(intent, theirs)
        elif len(ids) > 1:
            self._leave(intent, SEVERAL_FOUND.format(ids=", ".join(ids), ways=next_steps(intent.address)))
        elif ids:
            found = next(assistant for assistant in listed if assistant["id"] == ids[0])
            self._put(intent, adopted_entry(intent, ids[0]), found.get("organization_id"))
        return bool(ids)

    def _leave(self, intent: Intent, reason: str) -> None:
        self._unknown[intent.address] = Unknown(intent.name, _NOT_ENDED.format(at=intent.when, reason=reason))

    def _require_organization(self, answers: Sequence[Mapping[str, Any]]) -> None:
        expected = self._journal.header.organization_id
        for organization_id in {answer.get("organization_id") for answer in answers} - {None}:
            if expected not in {None, organization_id}:
                raise RefusedError(
                    f"an apply that did not end was for organisation {expected}, but the key belongs to "
                    f"{organization_id}",
                    hint="check the API key and the environment",
                )
