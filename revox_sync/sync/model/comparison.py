"""The result of `diff`, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from revox_sync.sync.model.plan import Action, Change


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that a version has and that is too broken to compare.

    Attributes:
        version: which one, in words: `HEAD`, `the work tree`.
        path: the file.
        errors: how many errors it has.
    """

    version: str
    path: str
    errors: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of the files, compared by meaning.

    Attributes:
        title: what is compared, in words.
        environment: whose variables the files were read with.
        changes: every assistant of either version, `noop` included.
        unread: files that could not be compared.
    """

    title: str
    environment: str
    changes: tuple[Change, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def pending(self) -> tuple[Change, ...]:
        """Changes that are some."""
        return tuple(change for change in self.changes if change.action is not Action.NOOP)

    def count(self, action: Action) -> int:
        """How many assistants an action happened to."""
        return sum(change.action is action for change in self.changes)
