"""What rules about the whole project need to know of each assistant: little enough to be kept in the cache."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple


class AssistantFact(NamedTuple):
    """One assistant with a readable name.

    Attributes:
        hidden: whether the list call leaves it out.
    """

    address: str
    path: str
    name: str
    hidden: bool

    @property
    def served_name(self) -> str:
        """The name as it may come back: a server may trim what it is sent."""
        return self.name.rstrip()


class ProjectHit(NamedTuple):
    """What a rule found between assistants; its place is where the name of the one it is about is written.

    Attributes:
        also: another assistant whose name belongs to the finding.
        said: what is said of that one.
    """

    message: str
    label: str
    also: AssistantFact | None = None
    said: str = ""


class ProjectFacts:
    """The assistants of a project by address.

    Args:
        assistants: in any order.
        locked: reads the addresses that some lock holds; asked at most once.
    """

    def __init__(self, assistants: Iterable[AssistantFact], locked: Callable[[], frozenset[str]]) -> None:
        self.assistants = sorted(assistants, key=lambda fact: fact.address)
        self._read_locked = locked

    @cached_property
    def locked(self) -> frozenset[str]:
        """Addresses with a lock entry in some environment."""
        return self._read_locked()
