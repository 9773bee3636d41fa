"""The plan: what apply would do, as plain values; `planner` makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Literal, get_args

from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.address import is_named
from revox_sync.values.pointer import Pointer, Value
from revox_sync.version import __version__

Impact = Literal["speech", "routing", "data", "cosmetic"]
IMPACTS: Final[tuple[Impact, ...]] = get_args(Impact)
REFERENCE_KEY: Final = "$secret"
"""Key of the mapping that stands for a secret in saved plans and snapshots; its value names an environment variable."""


_DRIFT: Final = "edited outside the files"
_CONFLICT: Final = "edited both outside and in the file"


class Action(StrEnum):
    """What happens to one assistant."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REMOVE = "remove"  # its file is gone; only `diff` says so
    NOOP = "noop"


class OnDrift(StrEnum):
    """What to do about edits made outside the files."""

    FAIL = "fail"
    KEEP = "keep"
    REVERT = "revert"


@dataclass(frozen=True, slots=True)
class DriftRule:
    """What to do about edits made outside to the assistants whose address matches a glob."""

    pattern: str
    choice: OnDrift


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Planning options; a saved plan records them.

    Attributes:
        on_drift: fail leaves drifted assistants alone; keep leaves the drifted values; revert lets the file win.
        drift_rules: where `on_drift` does not hold; of several that match, the last one.
        recreate: create assistants again that someone deleted.
        resend_secrets: send secrets that cannot be compared.
        prune: delete the assistants of lock entries without a file.
        max_deletes: most assistants that may be deleted or created again; None: what the configuration says.
        even_if_used: addresses and globs of assistants that may be taken away although numbers or campaigns use them.
    """

    on_drift: OnDrift = OnDrift.FAIL
    recreate: bool = False
    resend_secrets: bool = False
    prune: bool = False
    max_deletes: int | None = None
    drift_rules: tuple[DriftRule, ...] = ()
    even_if_used: tuple[str, ...] = ()

    def drift_choice(self, address: str) -> OnDrift:
        """What to do about edits made outside to one assistant."""
        # As options of a command line: what is said last counts.
        matching = (rule.choice for rule in reversed(self.drift_rules) if is_named(address, rule.pattern))
        return next(matching, self.on_drift)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One difference.

    Attributes:
        path: the place, dotted.
        before: what was there; None for nothing, and for every secret.
        after: what is there now; None for nothing, and for every secret. Secrets inside an entry are masked.
        sensitive: the value is a secret.
        removed: the key or entry is not there any more; a null that is there is a change, not a removal.
        added: there was nothing (absent or null).
    """

    path: str
    before: Value
    after: Value
    sensitive: bool
    removed: bool = False
    added: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one assistant.

    Attributes:
        name: of a delete: the remote assistant's.
        id: None for a create.
        impact: kinds of effect, most audible first.
        reason: why, where the fields do not say it.
        fields: what differs, in the schema's order; of a delete: what is lost.
        declared: the file's value; empty for a delete.
        body: what would be sent, computed from the object the plan was made from.
        before: what the server has in the fields of `body`, of a delete what goes with it; secrets wrapped.
        keep: drifted leaves that stay as they are on the server.
        ignored: fields that are left to the dashboard once the assistant exists.
        fingerprint: digest of the remote object the plan was made from; None for a create.
        previous_address: the lock entry's address where the file has moved.
        entry: for a `noop`, what the lock should hold.
        completed: makes the change with the two of these that are left out; see `complete`.
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
    before: Mapping[str, Value] = field(default_factory=dict)
    keep: frozenset[Pointer] = frozenset()
    ignored: frozenset[Pointer] = frozenset()
    fingerprint: str | None = None
    token: str | None = None
    previous_address: str | None = None
    entry: LockEntry | None = None
    completed: Callable[[], Change] | None = field(default=None, compare=False, repr=False)

    @property
    def complete(self) -> Change:
        """The change with fingerprint and entry, which are only worked out for a `noop` when somebody asks.

        Most assistants of most plans are one, and whoever only looks at the plan reads neither.
        """
        return self if self.completed is None else self.completed()


@dataclass(frozen=True, slots=True)
class Blocked:
    """An assistant that was edited outside the files and is left alone.

    Attributes:
        fields: what was edited outside; before is the server's value, after the file's.
        updated_at: the server's time stamp, opaque.
        local: what was edited in the file only, and is not sent either as long as the assistant is left alone.
    """

    address: str
    name: str
    id: str
    fields: tuple[FieldChange, ...]
    updated_at: str | None
    local: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """An assistant nothing can be planned for, and why."""

    address: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Orphan:
    """A lock entry without a file: its assistant is left as it is."""

    address: str
    name: str
    id: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What apply would do to one environment.

    Attributes:
        changes: every planned assistant by address, `noop` included.
        drift: edited outside, the file unchanged.
        conflicts: edited outside and in the file.
        orphaned: lock entries without a file that stay as they are, by address.
        dropped: addresses of lock entries without a file whose assistant is gone too: apply takes them out of the lock.
        notes: what a reader should know; never a reason to stop.
        tool: version of revox-sync that made it.
        lock_digest: digest of the lock the plan was made on.
        lock_forgotten: the API has forgotten every assistant of that lock, so apply starts with an empty one.
        restored_from: time stamp of the snapshot that the plan brings back; None for a plan made from files.
        left_out: how many files of the project the command line did not mean, so that nobody looked at them.
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
    orphaned: tuple[Orphan, ...] = ()
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lock_forgotten: bool = False
    restored_from: str | None = None
    left_out: int = 0
    tool: str = __version__

    def count(self, action: Action) -> int:
        """How many assistants an action is planned for."""
        return sum(change.action is action for change in self.changes)

    @property
    def pending(self) -> tuple[Change, ...]:
        """Changes that apply would send."""
        return tuple(change for change in self.changes if change.action is not Action.NOOP)

    @property
    def complete(self) -> Plan:
        """The plan with all that is only worked out when somebody asks."""
        return replace(self, changes=tuple(change.complete for change in self.changes))

    @property
    def left_alone(self) -> tuple[tuple[str, str], ...]:
        """Address and reason of each assistant that is left alone although it may differ, sorted."""
        alone = [
            *((blocked.address, _DRIFT) for blocked in self.drift),
            *((blocked.address, _CONFLICT) for blocked in self.conflicts),
            *((refusal.address, refusal.reason) for refusal in self.refused),
        ]
        return tuple(sorted(alone))

    @property
    def blocked(self) -> int:
        """Assistants that are left alone although they may differ."""
        return len(self.left_alone)

    @property
    def in_sync(self) -> bool:
        """Whether the API matches the files that were looked at."""
        return not self.pending and not self.blocked
