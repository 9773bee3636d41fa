"""What rules about the whole project need to know of each assistant: little enough to be kept in the cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from revox_sync.lint.finding import Region, RelatedRegion


@dataclass(frozen=True, slots=True)
class AssistantFact:
    """One assistant with a readable name.

    Attributes:
        hidden: whether the list call leaves it out.
        region: where its name is written.
        excerpt: the line of `region`.
    """

    address: str
    path: str
    name: str
    hidden: bool
    region: Region
    excerpt: str


@dataclass(frozen=True, slots=True)
class ProjectHit:
    """What a rule found between assistants; its place is the fact's region."""

    message: str
    label: str
    related: tuple[RelatedRegion, ...] = ()


class ProjectFacts:
    """The assistants of a project by address.

    Args:
        assistants: in any order.
        locked: reads the addresses that some lock holds; asked at most once.
    """

    def __init__(self, assistants: Sequence[AssistantFact], locked: Callable[[], frozenset[str]]) -> None:
        self.assistants = sorted(assistants, key=lambda each: each.address)
        self._read_locked = locked

    @cached_property
    def locked(self) -> frozenset[str]:
        """Addresses with a lock entry in some environment."""
        return self._read_locked()
