"""What the other environments of a project hold of the same API, or may have created there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from revox_sync.errors import RefusedError
from revox_sync.source.files.tree import LARGEST_DOCUMENT, TreeError, read_regular
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.journal import Ending, Intent, Journal, load_journal
from revox_sync.sync.state.journal_file import JOURNAL
from revox_sync.values.address import as_arguments
from revox_sync.values.json_text import load_json
from revox_sync.values.loose_name import loose_name

LOCK_SUFFIX: Final = ".lock.json"
_NO_ENVIRONMENT: Final = (
    "revox-sync.yaml has no environment `{name}`: put it back, or, if it is over, remove `{name}.lock.json` and "
    "`{name}.journal.jsonl` from .revox"
)


@dataclass(frozen=True, slots=True)
class OpenCreate:
    """A create of another environment that did not end."""

    environment: str
    intent: Intent

    def may_have_made(self, assistant_id: str, name: str) -> bool:
        """Whether an assistant may come from it."""
        return assistant_id not in self.intent.known and loose_name(name) == loose_name(self.intent.name)


@dataclass(frozen=True, slots=True)
class OtherEnvironments:
    """What is theirs.

    Attributes:
        holders: environment and address by the ids that they hold, or are known to have created.
        creates: those of which nobody knows the end.
        unknown: environments that revox-sync.yaml does not have: no command can be about them.
    """

    holders: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    creates: tuple[OpenCreate, ...] = ()
    unknown: frozenset[str] = frozenset()

    def doubt(self, assistant_ids: Iterable[str], name: str) -> str | None:
        """Why none of the assistants of a name can be told to be ours; None where none may be another environment's."""
        refusals = (self.refusal(assistant_id, name) for assistant_id in assistant_ids)
        refusal = next((refusal for refusal in refusals if refusal is not None), None)
        return None if refusal is None else f"{refusal.message}; {refusal.hint}"

    def refusal(self, assistant_id: str, name: str) -> RefusedError | None:
        """Why an assistant cannot be this environment's, and what to do about it; None where it can be.

        Two environments that manage one assistant would undo each other's changes for ever.
        """
        if assistant_id in self.holders:
            environment, address = self.holders[assistant_id]
            forget = f"`revox-sync forget {as_arguments(address, options=f'-e {environment}')}` lets go of it"
            return RefusedError(
                f"{assistant_id} is bound to `{address}` in environment `{environment}`",
                hint=_NO_ENVIRONMENT.format(name=environment) if environment in self.unknown else forget,
            )
        create = next((create for create in self.creates if create.may_have_made(assistant_id, name)), None)
        if create is None:
            return None
        environment, address = create.environment, create.intent.address
        # Two environments may be in doubt about each other's, or the API may not list it: then only people can tell.
        return RefusedError(
            f"an apply to `{environment}` did not end and may have created {assistant_id} for `{address}`",
            hint=_NO_ENVIRONMENT.format(name=environment)
            if environment in self.unknown
            else (
                f"`revox-sync apply -e {environment}` finds out; where it cannot, "
                f"`revox-sync forget {as_arguments(address, options=f'-e {environment}')}` lets go of it there, "
                "and `import` binds each id where it belongs"
            ),
        )


NO_OTHERS: Final = OtherEnvironments()


def other_environments(
    folders: Iterable[Path], own_lock: Path, is_same: Callable[[str], bool], configured: Collection[str]
) -> OtherEnvironments:
    """Read the locks and journals in some folders but those of one's own environment.

    One that cannot be read is passed over: it must not stop this environment.

    Args:
        own_lock: path of one's own lock; journals are beside their locks.
        is_same: whether a base URL is that of one's own API; what belongs to another one is passed over.
        configured: names of the environments that commands can be about.
    """
    holders: dict[str, tuple[str, str]] = {}
    creates: list[OpenCreate] = []
    for folder in folders:
        for path in sorted(folder.glob(f"*{LOCK_SUFFIX}")):
            if path != own_lock:
                holders |= _held(path, is_same)
        for path in sorted(folder.glob(f"*{JOURNAL}")):
            environment = path.name.removesuffix(JOURNAL)
            if path.with_name(environment + LOCK_SUFFIX) == own_lock:
                continue
            with suppress(RefusedError):
                journal = load_journal(path)
                if journal is not None and is_same(journal.header.base_url):
                    holders |= {entry_id: (environment, address) for entry_id, address in _made(journal)}
                    creates += [OpenCreate(environment, intent) for intent in _open_creates(journal)]
    names = {environment for environment, _ in holders.values()} | {create.environment for create in creates}
    return OtherEnvironments(holders, tuple(creates), frozenset(names.difference(configured)))


def _held(path: Path, is_same: Callable[[str], bool]) -> dict[str, tuple[str, str]]:
    # Not with `load_lock`, which refuses: a broken lock of another environment must not stop this one.
    with suppress(OSError, TreeError, ValueError, AttributeError, KeyError, TypeError, RecursionError):
        document = load_json(read_regular(str(path), LARGEST_DOCUMENT))
        if is_same(document["base_url"]):
            environment = path.name.removesuffix(LOCK_SUFFIX)
            return {entry["id"]: (environment, address) for address, entry in document["assistants"].items() if address}
    return {}


def _made(journal: Journal) -> Iterator[tuple[str, str]]:
    """Ids that a journal says were created or changed, with their addresses."""
    for step in journal.steps:
        if isinstance(step, Ending) and step.entry is not None:
            yield step.entry.id, step.address


def _open_creates(journal: Journal) -> Iterator[Intent]:
    yield from (intent for intent in journal.open.values() if intent.action is Action.CREATE)
