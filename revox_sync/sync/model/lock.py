"""What the lock remembers, as values (docs/design.md, "Lock"); `state.lock_file` reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, TypeAlias

from revox_sync.values.pointer import Pointer

MOST_SENT: Final = 4
"""Values sent and not seen that one leaf remembers. What was sent before counts as unknown, which means conflict."""
MOST_OLDER: Final = 8
"""Former tokens that an assistant remembers, to recognise a look at an older version."""


class Confirmed(NamedTuple):
    """The server was seen with what was applied.

    Attributes:
        declared: digest of the file's value last applied; None: the server ignored it, so it is still to be sent.
        server: digest of the server's value right after.
        previous: form digest of the server's value before our last write; None where there was no write.
    """

    declared: str | None
    server: str
    previous: str | None = None


class Sent(NamedTuple):
    """Something was sent, and nobody has seen it arrive.

    Attributes:
        digests: form digests of what was sent, the last one last; at most MOST_SENT.
        before: form digest of the server's value before, or `leaf_rules.UNSET`.
        token: the assistant's token before; None: it had none, or it says nothing about this leaf.
        answered: the server has answered the request, so that a value that is as before is no write still to come.
    """

    digests: tuple[str, ...]
    before: str
    token: str | None
    answered: bool


LeafRecord: TypeAlias = Confirmed | Sent


class Tokens(NamedTuple):
    """The version tokens (`updated_at`, compared only for equality) of an assistant that the lock remembers.

    Attributes:
        last: of the last look that was believed; None: it had none.
        older: former ones, the latest first; at most MOST_OLDER.
    """

    last: str | None = None
    older: tuple[str, ...] = ()

    def seen(self, token: str | None) -> Tokens:
        """The tokens after a look that is believed."""
        if token == self.last:
            return self
        if token in self.older:  # believed all the same: what was taken for older is not
            return Tokens(token)
        former = (self.last, *self.older) if self.last is not None else self.older
        return Tokens(token, former[:MOST_OLDER])

    def is_stale(self, token: str | None, intent: Tokens | None = None) -> bool:
        """Whether a look shows an older version than one that was seen already.

        Args:
            intent: where there is a request of which nobody knows the end: `last` is the token of the look that the
                request was based on.
        """
        if token is None:
            return False
        if token in self.older:
            return True
        return intent is not None and token == self.last != intent.last


NO_TOKENS: Final = Tokens()


@dataclass(frozen=True, slots=True)
class LockEntry:
    """What the lock knows about one assistant.

    Attributes:
        id: the remote assistant.
        name: its name when it was last applied; finds it again when its file moves.
        leaves: what is known of declared leaves, by pointer; None for a secret, which has no digest anywhere.
        outdated: the digests were of another version and are not here: compare as for an assistant new to the lock.
        appended: digests of the entries that the server had appended and that were sent again with their list, by the
            list's pointer. From then on the server says that people wrote them (see `comparing.server_appended`).
        secrets: places of secrets that `leaves` do not name, see `comparing.secrets.listed_secrets`.
        tokens: of the looks that the entry comes from.
        seals: of secrets that were sent and that the API only masks, by leaf, see `comparing.rotation`; where there is
            none, nobody knows whether the secret has changed since.
    """

    id: str
    name: str
    leaves: Mapping[Pointer, LeafRecord | None]
    outdated: bool = False
    appended: Mapping[Pointer, frozenset[str]] = field(default_factory=dict)
    secrets: frozenset[Pointer] = frozenset()
    tokens: Tokens = NO_TOKENS
    seals: Mapping[Pointer, str] = field(default_factory=dict)

    @property
    def secret_places(self) -> frozenset[Pointer]:
        """Every place that held a secret when it was last applied."""
        return self.secrets | {pointer for pointer, record in self.leaves.items() if record is None}

    @property
    def without_previous(self) -> LockEntry:
        """The entry without the values before our last write: what comes back to them is an edit like any other."""
        records = {
            pointer: record._replace(previous=None) if isinstance(record, Confirmed) else record
            for pointer, record in self.leaves.items()
        }
        return replace(self, leaves=records)

    @property
    def unseen(self) -> frozenset[Pointer]:
        """Leaves that were sent and have not been seen since."""
        return frozenset(pointer for pointer, record in self.leaves.items() if isinstance(record, Sent))


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of one environment.

    Attributes:
        environment: name of the environment.
        base_url: the API the ids belong to.
        organization_id: the organisation the ids belong to; None until a list named one.
        entries: lock entries by address.
    """

    environment: str
    base_url: str
    organization_id: str | None
    entries: Mapping[str, LockEntry]

    def with_entry(self, address: str, entry: LockEntry) -> Lock:
        """The lock with an entry added or replaced."""
        return replace(self, entries={**self.entries, address: entry})

    def without(self, address: str) -> Lock:
        """The lock without an entry, which need not exist."""
        return replace(self, entries={key: entry for key, entry in self.entries.items() if key != address})
