"""What tells whether a request was carried out whose answer was lost, or was never waited for."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum, auto
from typing import Any, Final

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RejectedError, RemoteError
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.leaves import leaves
from revox_sync.sync.comparing.secrets import has_secret
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Pointer, Value, value_at

COMPLETE: Final = frozenset({500, 503})
"""Answers after which the server is through with a request, whether or not it did what it was asked."""


class Verdict(Enum):
    """What became of an update, as far as the server's object shows."""

    DONE = auto()
    NOT_DONE = auto()
    UNCLEAR = auto()


def is_complete(error: RemoteError) -> bool:
    """Whether an unclear end was an answer after which nothing follows any more."""
    return isinstance(error, RejectedError) and error.status in COMPLETE


def changed_leaves(
    declared: Mapping[str, Value],
    entry: LockEntry | None,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    fields: Collection[str],
) -> dict[Pointer, tuple[str, str]]:
    """Digests of the leaves that a request changes: of the server's value before it, and as it should be after it.

    Secrets, and lists that hold some, have no digest anywhere and are left out.

    Args:
        before: the server's object.
        after: the same with the fields of the request.
        fields: top-level fields of the request.
    """
    pairs = ((each, (_digest(before, each), _digest(after, each))) for each in _places(declared, entry, before, fields))
    return {pointer: pair for pointer, pair in pairs if pair[0] != pair[1]}


def judge_write(changed: Mapping[Pointer, tuple[str, str]], server: Mapping[str, Value]) -> Verdict:
    """What became of an update that changes these leaves, by the server's object now."""
    now = {pointer: _digest(server, pointer) for pointer in changed}
    if changed and all(now[pointer] == after for pointer, (_, after) in changed.items()):
        return Verdict.DONE
    if changed and all(now[pointer] == before for pointer, (before, _) in changed.items()):
        return Verdict.NOT_DONE
    return Verdict.UNCLEAR


def create_candidates(listed: Iterable[Mapping[str, Any]], name: str, known: AbstractSet[str]) -> list[str]:
    """Ids, sorted, of the assistants that a create with this name may have made: those that were not there before.

    A server may have changed white space in the name; the exact name goes first.
    """
    new = [each for each in listed if each["id"] not in known]
    exact = [str(each["id"]) for each in new if each["name"] == name]
    return sorted(exact or [str(each["id"]) for each in new if _loosely(str(each["name"])) == _loosely(name)])


def _loosely(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _places(
    declared: Mapping[str, Value], entry: LockEntry | None, before: Mapping[str, Value], fields: Collection[str]
) -> Iterator[Pointer]:
    mine = leaves(declared, assistant_node())
    hidden = entry.secrets if entry is not None else ()
    for pointer, value in mine.items():
        held_secret = any(place[: len(pointer)] == pointer for place in hidden)
        if pointer[0] in fields and not held_secret and not has_secret(value):
            yield pointer
    former = entry.leaves if entry is not None else {}
    gone = (each for each, pair in former.items() if pair and each[0] in fields and each not in mine)
    # Of a list that is gone from the file nobody knows any more what in it was a secret.
    yield from (each for each in gone if not isinstance(value_at(before, each), list))


def _digest(value: Mapping[str, Value], pointer: Pointer) -> str:
    node = assistant_node().at(pointer, value)
    # Nobody knows here what the file declares: all that the server has grown is left out, on both sides.
    return value_digest(without_server_entries(None, value_at(value, pointer), node), node)
