"""The plan: what apply would do, as plain values; `planner` makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from revox_sync.pointer import Pointer, Value
from revox_sync.sync.diff import FieldChange
from revox_sync.sync.lock import LockEntry
from revox_sync.version import __version__

IMPACTS: Final = ("speech", "routing", "data", "cosmetic")


class Action(StrEnum):
    """What happens to one assistant."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    NOOP = "noop"


class OnDrift(StrEnum):
    """What to do about edits made outside the files."""

    FAIL = "fail"
    KEEP = "keep"
    REVERT = "revert"


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Planning options; a saved plan records them.

    Attributes:
        on_drift: fail leaves drifted assistants alone; keep leaves the drifted values; revert lets the file win.
        recreate: create assistants again that someone deleted.
        resend_secrets: send secrets that cannot be compared.
        prune: delete the assistants of lock entries without a file.
        max_deletes: most assistants that may be deleted or created again; None: what the configuration says.
    """

    on_drift: OnDrift = OnDrift.FAIL
    recreate: bool = False
    resend_secrets: bool = False
    prune: bool = False
    max_deletes: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one assistant.

    Attributes:
        id: None for a create.
        impact: kinds of effect, most audible first.
        reason: why, where the fields do not say it.
        fields: what differs, in the schema's order.
        declared: the file's value.
        body: what would be sent, computed from the object the plan was made from.
        keep: drifted leaves that stay as they are on the server.
        fingerprint: digest of the remote object the plan was made from; None for a create.
        previous_address: the lock entry's address where the file has moved.
        entry: for a `noop`, what the lock should hold.
    """

    address: str
    name: str
    id: str | None
    action: Action
    impact: tuple[str, ...] = ()
    reason: str | None = None
    fields: tuple[FieldChange, ...] = ()
    declared: Mapping[str, Value] = field(default_factory=dict)
    body: Mapping[str, Value] = field(default_factory=dict)
    keep: frozenset[Pointer] = frozenset()
    fingerprint: str | None = None
    previous_address: str | None = None
    entry: LockEntry | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    """An assistant that was edited outside the files and is left alone.

    Attributes:
        fields: before is the server's value, after the file's.
        updated_at: the server's time stamp, opaque.
    """

    address: str
    name: str
    id: str
    fields: tuple[FieldChange, ...]
    updated_at: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An assistant nothing can be planned for, and why."""

    address: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply would do to one environment.

    Attributes:
        changes: every planned assistant by address, `noop` included.
        drift: edited outside, the file unchanged.
        conflicts: edited outside and in the file.
        orphaned: addresses of lock entries without a file.
        notes: what a reader should know; never a reason to stop.
        tool: version of revox-sync that made it.
        lock_digest: digest of the lock the plan was made on.
        lock_forgotten: the API has forgotten every assistant of that lock, so apply starts with an empty one.
    """

    environment: str
    base_url: str
    organization_id: str | None
    options: PlanOptions
    lock_digest: str
    changes: tuple[Change, ...]
    drift: tuple[Blocked, ...] = ()
    conflicts: tuple[Blocked, ...] = ()
    refused: tuple[Refusal, ...] = ()
    orphaned: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lock_forgotten: bool = False
    tool: str = __version__

    def count(self, action: Action) -> int:
        """How many assistants an action is planned for."""
        return sum(each.action is action for each in self.changes)

    @property
    def pending(self) -> tuple[Change, ...]:
        """Changes that apply would send."""
        return tuple(each for each in self.changes if each.action is not Action.NOOP)

    @property
    def blocked(self) -> int:
        """Assistants that are left alone although they differ."""
        return len(self.drift) + len(self.conflicts) + len(self.refused)

    @property
    def in_sync(self) -> bool:
        """Whether the API matches the files."""
        return not self.pending and not self.blocked
