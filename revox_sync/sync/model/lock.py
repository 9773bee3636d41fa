"""What the lock remembers, as values (docs/design.md, "Lock"); `state.lock_file` reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from revox_sync.values.pointer import Pointer


class LeafDigests(NamedTuple):
    """Digests of one leaf: of the declared value last applied, and of the server's value right after."""

    declared: str
    server: str


@dataclass(frozen=True, slots=True)
class LockEntry:
    """What the lock knows about one assistant.

    Attributes:
        id: the remote assistant.
        name: its name when it was last applied; finds it again when its file moves.
        leaves: declared leaves by pointer; None for a leaf that is a secret, which has no digest anywhere.
        outdated: the digests were of another version and are not here: compare as for an assistant new to the lock.
        appended: digests of the entries that the server had appended and that were sent again with their list, by the
            list's pointer. From then on the server says that people wrote them (see `comparing.server_appended`).
        secrets: places of secrets that `leaves` do not name, see `comparing.secrets.listed_secrets`.
    """

    id: str
    name: str
    leaves: Mapping[Pointer, LeafDigests | None]
    outdated: bool = False
    appended: Mapping[Pointer, frozenset[str]] = field(default_factory=dict)
    secrets: frozenset[Pointer] = frozenset()

    @property
    def secret_places(self) -> frozenset[Pointer]:
        """Every place that held a secret when it was last applied."""
        return self.secrets | {pointer for pointer, digests in self.leaves.items() if digests is None}


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
