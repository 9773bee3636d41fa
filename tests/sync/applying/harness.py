"""One apply without a command line, with a clock that nobody waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

from revox_sync.contract.fields import assistant_node
from revox_sync.remote.client import Client
from revox_sync.sync.applying.apply import apply_plan
from revox_sync.sync.applying.context import ApplyContext
from revox_sync.sync.applying.recovery import Recovery, Replayed
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.leaf_rules import LeafState
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.three_way import compare
from revox_sync.sync.comparing.verify_response import entry_in_sync
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.outcome import Applied, Outcome, Result
from revox_sync.sync.model.plan import Action, Change, Plan
from revox_sync.sync.model.server_facts import NO_FACTS, ServerFacts
from revox_sync.sync.planning.shown_change import deleted_value
from revox_sync.sync.remote_state.fetch import remote_assistant
from revox_sync.sync.state.journal import Journal, load_journal
from revox_sync.sync.state.journal_file import JournalFile, journal_path
from revox_sync.sync.state.lock_file import load_lock, save_lock
from revox_sync.sync.state.recorder import StateRecorder
from tests.account import Account, Fault
from tests.sync.situations import Situation, declared

NOW = 1_000_000.0
LONG = [0, 10, 20]
"""Seconds that are waited before each look for what a create without answer may have made."""
LEAF = ("first_sentence",)
FAILED, APPLIED, UNKNOWN, REFUSED = Result.FAILED, Result.APPLIED, Result.UNKNOWN, Result.REFUSED
WANTED = declared("a", first_sentence="Hi")
"""What the file `a` says when it has just been changed from Hello to Hi."""


def plan_of(*addresses: str, **fields: Any) -> Plan:
    """Creates, for whatever organisation the key belongs to."""
    made = Situation()
    for address in addresses:
        made.new(address, declared(address, **fields))
    return replace(made.plan(), organization_id=None)


def stored(account: Account, name: str, **fields: Any) -> dict[str, Any]:
    """An assistant of the account, as the API answers."""
    with account.client() as client:
        answer = client.create_assistant(declared(name, **fields))
    account.switchboard.sent.clear()
    return answer


def update_plan(found: dict[str, Any], address: str, **fields: Any) -> Plan:
    """An update of an assistant, as planned from what it is now, and what it is now is what was applied last."""
    made, applied = Situation(), {key: found[key] for key in fields if found.get(key) is not None}
    wanted, before = declared(found["name"], **fields), declared(found["name"], **applied)
    made.known(address, wanted, remote_assistant(found), before)
    return replace(made.plan(), organization_id=None)


def delete_plan(found: dict[str, Any], address: str = "a") -> Plan:
    """The delete of an assistant, as planned from what it is now."""
    remote = remote_assistant(found)
    digest = fingerprint(remote.value, {}, assistant_node())
    before = deleted_value(remote.value, LockEntry(remote.id, remote.name, {}))
    change = Change(address, remote.name, remote.id, Action.DELETE, before=before, fingerprint=digest)
    return replace(plan_of(), changes=(change,))


def entry_of(found: dict[str, Any], **applied: Any) -> LockEntry:
    """The lock entry after fields were applied and seen in an assistant as it is now."""
    value = declared(found["name"], **applied)
    return entry_in_sync(value, remote_assistant(found), None)


def no_hook(_: float) -> None:
    """Nothing happens while nobody waits."""


@dataclass(slots=True)
class Apply:
    """The files of an apply, and what it did.

    Attributes:
        waits: seconds it wanted to wait; nobody did.
        hook: called instead of each wait.
        reported: outcomes as they came.
        noticed: what was said about work that takes long.
    """

    account: Account
    waits: list[float] = field(default_factory=list)
    hook: Callable[[float], None] = no_hook
    reported: list[Outcome] = field(default_factory=list)
    noticed: list[str] = field(default_factory=list)
    stop: Event = field(default_factory=Event)
    now: float = NOW
    facts: ServerFacts = NO_FACTS
    sealer: Sealer | None = None

    @property
    def lock_path(self) -> Path:
        return self.account.root / ".revox" / "test.lock.json"

    @property
    def journal_path(self) -> Path:
        return journal_path(self.lock_path, "test")

    @property
    def journal(self) -> Journal | None:
        return load_journal(self.journal_path)

    def lock(self) -> Lock:
        return load_lock(self.lock_path, "test", self.account.base_url)

    def hold(self, entries: Mapping[str, LockEntry]) -> None:
        """Write a lock."""
        save_lock(self.lock_path, Lock("test", self.account.base_url, "org_emulator", entries))

    def save(self, lock: Lock) -> None:
        save_lock(self.lock_path, lock)

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        self.hook(seconds)
        return self.stop.is_set()

    def run(
        self, plan: Plan, recorder: StateRecorder | None = None, *, parallelism: int = 4, **options: Any
    ) -> Applied:
        """Apply; `options` are the client's."""
        lock = self.lock()
        with self.account.client(**options) as client:
            recorder = recorder or StateRecorder(lock, self.save, JournalFile(self.journal_path))
            return apply_plan(plan, self.context(client, recorder, parallelism=parallelism))

    def context(self, client: Client, recorder: StateRecorder, *, parallelism: int = 4) -> ApplyContext:
        return ApplyContext(
            client=client,
            recorder=recorder,
            stop=self.stop,
            wait=self.wait,
            now=lambda: self.now,
            parallelism=parallelism,
            report=self.reported.append,
            notice=self.noticed.append,
            facts=self.facts,
            sealer=self.sealer,
        )

    def recovery(self) -> Recovery:
        return Recovery(self.journal_path, self.lock, self.save, wait=self.wait)

    def settle(self) -> Replayed:
        """Replay the journal and write."""
        with self.account.client() as client:
            return self.recovery().settle(client)

    def posts(self) -> int:
        return sum(each.method == "POST" for each in self.account.switchboard.sent)

    def lists(self) -> int:
        return sum((each.method, each.path) == ("GET", "/assistants") for each in self.account.switchboard.sent)


def ids(account: Account) -> list[str]:
    """Ids of what the account holds."""
    return sorted(each["id"] for each in account.store.all())


def names(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted(each["name"] for each in entries)


def states(account: Account, value: Mapping[str, Any], entry: LockEntry) -> dict[str, LeafState]:
    """What the next plan says of each leaf that is not in sync."""
    leaves = compare(value, remote_assistant(account.remote("a"), entry).value, entry, assistant_node())
    return {leaf.path: leaf.state for leaf in leaves if leaf.state is not LeafState.IN_SYNC}


def edited_when(account: Account, method: str, *, status: int | None, **fields: Any) -> None:
    """Somebody edits the assistant while the first request of a method fails."""

    def matches(sent: Any) -> bool:
        if sent.method != method or any(each.method == method for each in account.switchboard.sent[:-1]):
            return False
        account.edit("a", **fields)
        return True

    account.switchboard.faults.append(Fault(matches, status=status))
