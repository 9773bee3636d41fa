"""The journal: what an apply was about to write and what came of it, as values and as text (docs/design.md, "Journal").

One JSON document per line: a header, then in order of time `known` (ids the API listed before the creates that follow),
`intent` (written before a request that changes something) and `end` (written after it). There is no content and no
secret in it. An intent without end is a request of which nobody knows what became: `replay` asks the API.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TypeAlias

from revox_sync.errors import RefusedError
from revox_sync.source.files.tree import LARGEST_DOCUMENT, TreeError, read_regular
from revox_sync.sync.comparing.leaf_rules import SentLeaf
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.plan import Action
from revox_sync.sync.state.lock_file import entry_content, lock_digest, read_entry
from revox_sync.values.json_text import load_json
from revox_sync.values.pointer import Pointer, from_json_pointer, to_json_pointer

FORMAT: Final = "revox-sync/journal"
VERSION: Final = 2
_KNOWN_VERSIONS: Final = (1, VERSION)
_PLAIN_KEYS: Final = (
    *("address", "name", "at", "id", "previous_address", "former"),
    *("hidden", "token", "restores", "branch"),
)
_UNUSABLE: Final = (
    "it belongs to an apply that did not end; move {path} away and run `revox-sync plan`: "
    "what that apply created is then found by its name"
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a journal belongs to.

    Attributes:
        lock_digest: digest of the lock the apply began with.
    """

    environment: str
    base_url: str
    organization_id: str | None
    lock_digest: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A request that is about to change something.

    Attributes:
        address: the assistant.
        name: its name as declared.
        at: when, in seconds of Unix time.
        id: the remote assistant; None for a create.
        previous_address: where its lock entry is when its file has moved.
        former: digest of the lock entry it replaces, see `entry_digest`; None where there is none.
        known: create: ids that were there before.
        hidden: create: the list call leaves such assistants out.
        entry: the lock entry once it is done, as far as that is known without the answer; None for a create, but for
            one that brings back a snapshot: then all but the id.
        leaves: of create and update: form digests of what is sent, and of the server's value right before; without
            secrets, and without lists that hold some.
        token: update: the assistant's version token right before.
        secrets: create: places of secrets in what is sent.
        restores: it brings back a snapshot, so the lock goes on saying what the file said last.
        branch: the branch of git that was checked out; None where there was none.
    """

    address: str
    action: Action
    name: str
    at: float
    id: str | None = None
    previous_address: str | None = None
    former: str | None = None
    known: frozenset[str] = frozenset()
    hidden: bool = False
    entry: LockEntry | None = None
    leaves: Mapping[Pointer, SentLeaf] = field(default_factory=dict)
    token: str | None = None
    secrets: frozenset[Pointer] = frozenset()
    restores: bool = False
    branch: str | None = None

    @property
    def when(self) -> str:
        """`at` for people, who may look for what the dashboard shows of that time. Raises ValueError, OverflowError."""
        return f"{datetime.fromtimestamp(self.at, UTC):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class Ending:
    """What came of an intent.

    Attributes:
        happened: whether the server did it.
        entry: the lock entry from then on; None after a delete, and where nothing happened.
        organization_id: the organisation the answer named.
        branch: as that of the intent.
    """

    address: str
    happened: bool
    entry: LockEntry | None = None
    organization_id: str | None = None
    branch: str | None = None


JournalStep: TypeAlias = Intent | Ending


@dataclass(frozen=True, slots=True)
class Journal:
    """What one apply wrote down, in order."""

    header: Header
    steps: tuple[JournalStep, ...]

    def split(self) -> tuple[list[tuple[Intent, Ending]], dict[str, Intent]]:
        """Intents with what came of them, in order of time; and those without end, by address."""
        ended: list[tuple[Intent, Ending]] = []
        unended: dict[str, Intent] = {}
        for step in self.steps:
            if isinstance(step, Intent):
                unended[step.address] = step
            elif step.address in unended:
                ended.append((unended.pop(step.address), step))
        return ended, unended

    @property
    def open(self) -> Mapping[str, Intent]:
        """Intents without end, by address."""
        return self.split()[1]


def entry_digest(entry: LockEntry | None) -> str | None:
    """BLAKE2b-128, hexadecimal, of a lock entry; tells whether the lock is still the one an intent began with."""
    if entry is None:
        return None
    return blake2b(json.dumps(entry_content(entry)).encode("ascii"), digest_size=16).hexdigest()


def header_of(lock: Lock, organization_id: str | None = None) -> Header:
    """The header of a journal that goes with a lock; `organization_id` stands in while the lock knows none."""
    return Header(lock.environment, lock.base_url, lock.organization_id or organization_id, lock_digest(lock))


def header_line(header: Header) -> str:
    """The first line of a journal."""
    return json.dumps({"format": FORMAT, "version": VERSION, **asdict(header)}) + "\n"


def known_line(known: Iterable[str]) -> str:
    """The line before intents that share their known ids."""
    return json.dumps({"known": sorted(known)}) + "\n"


def step_line(step: JournalStep) -> str:
    """The line of a step; the known ids of an intent are on a line of their own before it."""
    return json.dumps(_intent(step) if isinstance(step, Intent) else _ending(step)) + "\n"


def load_journal(path: Path) -> Journal | None:
    """The journal at a path; None where there is none. Raises RefusedError where it cannot be used."""
    try:
        return read_journal(read_regular(os.fspath(path), LARGEST_DOCUMENT))
    except FileNotFoundError:
        return None
    except TreeError as error:
        raise RefusedError(f"{path} {error.reason}", hint=_UNUSABLE.format(path=path)) from None
    except OSError as error:
        raise RefusedError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise RefusedError(f"{path} is not usable: {error}", hint=_UNUSABLE.format(path=path)) from None


def require_same_lock(path: Path, journal: Journal, lock: Lock, *, any_url: bool = False) -> None:
    """Raises RefusedError where a journal belongs to another environment, URL or organisation than the lock.

    Args:
        any_url: the API is on this machine and changes its port as it likes.
    """
    found, hint = journal.header, _UNUSABLE.format(path=path)
    if found.environment != lock.environment or (found.base_url != lock.base_url and not any_url):
        raise RefusedError(f"{path} belongs to environment `{found.environment}` at {found.base_url}", hint=hint)
    if lock.organization_id and found.organization_id not in {None, lock.organization_id}:
        raise RefusedError(
            f"{path} belongs to organisation {found.organization_id}, the lock to {lock.organization_id}", hint=hint
        )


def read_journal(content: bytes) -> Journal:
    """The journal that bytes hold; a last line that was not written to its end is left out.

    A line counts once its line break is there: before that nobody has acted on it.

    Raises ValueError, which names the line, for anything that is no journal of a known version.
    """
    lines = content.split(b"\n")
    documents = [_document(line) for line in lines[:-1]]
    if len(documents) > 1 and documents[-1] is None:
        # A power cut can leave a file with its new length, but without all of its new bytes.
        documents.pop()
    if None in documents:
        raise ValueError(f"line {documents.index(None) + 1} is no JSON mapping")
    if not documents or documents[0].get("format") != FORMAT:
        raise ValueError("it is no journal of revox-sync")
    version = documents[0].get("version")
    if version not in _KNOWN_VERSIONS or type(version) is not int:  # in Python `True == 1 == 1.0`
        raise ValueError(f"its version {json.dumps(documents[0].get('version'))} is not known to this revox-sync")
    head = documents[0]
    header = Header(
        environment=_text(head, "environment"),
        base_url=_text(head, "base_url"),
        organization_id=_optional(head, "organization_id"),
        lock_digest=_text(head, "lock_digest"),
    )
    return Journal(header, tuple(_steps(documents[1:])))


def _document(line: bytes) -> Any:
    """The mapping on a line; None for anything else."""
    try:
        document = load_json(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _steps(documents: Iterable[Mapping[str, Any]]) -> Iterator[JournalStep]:
    known: frozenset[str] = frozenset()
    for number, content in enumerate(documents, start=2):
        try:
            # A line of known ids counts for all creates that follow, until the next such line.
            if "known" in content:
                known = frozenset(map(str, content["known"]))
            else:
                yield _read_intent(content, known) if "intent" in content else _read_ending(content)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise ValueError(f"line {number} is none of a journal's") from None


def _intent(intent: Intent) -> dict[str, Any]:
    return {
        "intent": intent.action,
        **{key: getattr(intent, key) for key in _PLAIN_KEYS},
        "entry": entry_content(intent.entry) if intent.entry else None,
        "leaves": {
            to_json_pointer(pointer): [leaf.before, leaf.sent, leaf.edited] for pointer, leaf in intent.leaves.items()
        },
        "secrets": sorted(map(to_json_pointer, intent.secrets)),
    }


def _read_intent(content: Mapping[str, Any], known: frozenset[str]) -> Intent:
    action = Action(content["intent"])
    address = _text(content, "address")
    intent = Intent(
        address=address,
        action=action,
        name=_text(content, "name"),
        at=float(content["at"]),
        id=None if action is Action.CREATE else _text(content, "id"),
        previous_address=_optional(content, "previous_address"),
        former=_optional(content, "former"),
        known=known if action is Action.CREATE else frozenset(),
        hidden=content["hidden"] is True,
        entry=_entry(address, content),
        leaves={
            from_json_pointer(pointer): SentLeaf(sent=str(sent), before=str(before), edited=edited == [True])
            for pointer, (before, sent, *edited) in content["leaves"].items()
        },
        # A journal of version 1 has neither: what is not known is no token, and its digests match nothing.
        token=_optional(content, "token"),
        restores=content.get("restores") is True,
        branch=_optional(content, "branch"),
        secrets=frozenset(from_json_pointer(_text({"place": place}, "place")) for place in content.get("secrets", ())),
    )
    _ = intent.when  # a number that is no time makes no intent
    return intent


def _ending(ending: Ending) -> dict[str, Any]:
    return {
        "end": "done" if ending.happened else "nothing",
        "address": ending.address,
        "entry": entry_content(ending.entry) if ending.entry else None,
        "organization_id": ending.organization_id,
        "branch": ending.branch,
    }


def _read_ending(content: Mapping[str, Any]) -> Ending:
    address, happened = _text(content, "address"), {"done": True, "nothing": False}[content["end"]]
    entry, organization_id = _entry(address, content), _optional(content, "organization_id")
    return Ending(address, happened, entry, organization_id, _optional(content, "branch"))


def _entry(address: str, content: Mapping[str, Any]) -> LockEntry | None:
    return None if content["entry"] is None else read_entry(address, content["entry"])


def _optional(content: Mapping[str, Any], key: str) -> str | None:
    return None if content.get(key) is None else _text(content, key)


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"a line has no `{key}`")
    return value
