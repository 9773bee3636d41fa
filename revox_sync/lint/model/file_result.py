"""What linting one file gives: all that a later run needs to report the same, or to compare assistants, without it."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from revox_sync.lint.model.finding import Finding, Severity
from revox_sync.values.loose_name import loose_name
from revox_sync.values.named_tuple import NamedTuple


class AssistantFact(NamedTuple):
    """What the rules that compare assistants need to know of one. An assistant without a readable name has no fact.

    Attributes:
        hidden: whether the API leaves it out when it lists assistants.
    """

    address: str
    path: str
    name: str
    hidden: bool

    @property
    def served_name(self) -> str:
        """The form of the name by which the API and plan tell assistants apart."""
        return loose_name(self.name)


class EnvironmentResult(NamedTuple):
    """What a file shows in one environment.

    Attributes:
        environment: its name; None where the file is the same in every environment.
        findings: findings of the rules that look at one file.
        fact: for the rules that compare assistants; None where the assistant has no readable name.
    """

    environment: str | None
    findings: tuple[Finding, ...]
    fact: AssistantFact | None


class UnreadLines(NamedTuple):
    """Lines of a file that no rule could read: a value is not known, or nothing of the file is.

    Attributes:
        first: the first of them, from 1.
    """

    path: str
    first: int = 1
    last: int = 1_000_000_000


class FileResult(NamedTuple):
    """What one file shows.

    Attributes:
        read: paths of the other files that were read for it; those that could not be read are missing.
        commented: those of them, and the file itself, that may hold comments addressed to us.
        unread: what no rule could read, in some environment.
        complete: whether the result depends on nothing but the file and `read`, so that it may be cached.
        inherits: whether revox-sync.yaml is in `read` for the defaults that the file takes, and for nothing else.
    """

    environments: tuple[EnvironmentResult, ...]
    read: frozenset[str]
    commented: frozenset[str]
    unread: tuple[UnreadLines, ...]
    complete: bool
    inherits: bool = False


class ProjectHit(NamedTuple):
    """What a rule found between assistants. It is reported where the name of the assistant to change is written.

    Attributes:
        also: another assistant whose name belongs to the finding.
        said: what the report says beside the name of that one.
        severity: None for the severity of the rule.
    """

    message: str
    label: str
    also: AssistantFact | None = None
    said: str = ""
    severity: Severity | None = None


class ProjectFacts:
    """The assistants of a project by address.

    Args:
        assistants: in any order.
        locks: reads the ids by address of each lock file, by its path; called at most once.
    """

    def __init__(
        self, assistants: Iterable[AssistantFact], locks: Callable[[], Mapping[str, Mapping[str, str]]]
    ) -> None:
        self.assistants = sorted(assistants, key=lambda fact: fact.address)
        self._read_locks = locks

    @cached_property
    def locked(self) -> frozenset[str]:
        """Addresses with an entry in the lock file of some environment."""
        return frozenset(address for ids in self._locks.values() for address in ids)

    def told_apart(self, addresses: Iterable[str]) -> bool:
        """Whether every lock has another id for each of the addresses. Without any lock nothing tells them apart."""
        wanted = list(addresses)
        found = [[ids.get(address) for address in wanted] for ids in self._shared_locks]
        return bool(found) and all(None not in ids and "" not in ids and len(set(ids)) == len(ids) for ids in found)

    @property
    def _shared_locks(self) -> list[Mapping[str, str]]:
        """The locks that are committed; only where there is none, those of APIs on this machine."""
        # Everybody who has the repository gets the same findings.
        shared = [ids for path, ids in self._locks.items() if path.count("/") == 1]
        return shared or list(self._locks.values())

    @cached_property
    def _locks(self) -> Mapping[str, Mapping[str, str]]:
        return self._read_locks()
