"""The result of `diff`, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from revox_sync.sync.model.plan import IMPACTS, Action, Change
from revox_sync.values.pointer import Value

TRUST: Final = "trust"
"""The impact of a change of configuration, comments that suppress findings, and locks."""
DIFF_IMPACTS: Final = (TRUST, *IMPACTS)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that a version has and that cannot be compared.

    Attributes:
        version: which one, in words: `HEAD`, `the work tree`, `staging`.
        path: the file.
        errors: how many errors it has; 0: the reason is another one.
        reason: what else is in the way; empty where errors are.
    """

    version: str
    path: str
    errors: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConfigurationChange:
    """Something that decides where the key goes, what is checked, what may be deleted, or whose id is whose.

    Attributes:
        path: dotted: `environments.production.base_url`, `suppressions["assistants/a.yaml"]`,
            `locks.production.base_url`.
        before: plain JSON, without secrets; None: it was not there.
        after: the same afterwards.
    """

    path: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of the files, compared by meaning.

    Attributes:
        title: what is compared, in words.
        environment: whose variables the files were read with.
        changes: every assistant of either version, `noop` included.
        unread: files that could not be compared, for each version in which something is in the way.
        configuration: what decides trust and differs.
    """

    title: str
    environment: str
    changes: tuple[Change, ...]
    unread: tuple[Unread, ...] = ()
    configuration: tuple[ConfigurationChange, ...] = ()

    @property
    def pending(self) -> tuple[Change, ...]:
        """Changes that are some."""
        return tuple(change for change in self.changes if change.action is not Action.NOOP)

    @property
    def not_compared(self) -> int:
        """How many files could not be compared; one that is in the way in both versions is one file."""
        return len({file.path for file in self.unread})

    def count(self, action: Action) -> int:
        """How many assistants an action happened to."""
        return sum(change.action is action for change in self.changes)
