"""What a write that failed tells: whether the server may have done it, whether it did, and whether to send it again."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum, auto
from typing import Any, Final

from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RejectedError, RemoteError
from revox_sync.remote.http.retry_policy import RetryPolicy, Uniform, changed_nothing, is_rate_limit, is_unclear
from revox_sync.sync.comparing.canonical import sorted_leaves, value_digest
from revox_sync.sync.comparing.secrets import has_secret
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.model.lock import LockEntry
from revox_sync.values.pointer import Pointer, Value, value_at

_FINISHED: Final = frozenset({500, 503})
"""Answers after which the server is through with a request, whether or not it did what it was asked."""
_POLICY: Final = RetryPolicy()


class Verdict(Enum):
    """What became of an update, as far as the server's object shows."""

    DONE = auto()
    NOT_DONE = auto()
    UNCLEAR = auto()


def is_finished(error: RemoteError) -> bool:
    """Whether an unclear end was an answer after which nothing follows any more."""
    return isinstance(error, RejectedError) and error.status in _FINISHED


class Attempts:
    """The attempts of one update or delete.

    The client repeats reads by itself, but no write: between two attempts, up to a minute apart, somebody may have
    edited the assistant in the dashboard. So each attempt looks again right before it (docs/design.md, "Fresh or not
    at all").

    Args:
        wait: lets seconds pass and returns whether the run was stopped meanwhile.
        uniform: a random number between two others.
    """

    def __init__(self, wait: Callable[[float], bool], uniform: Uniform) -> None:
        self._wait = wait
        self._uniform = uniform
        self._failed = 0
        self._limited = 0

    def another(self, error: RemoteError) -> bool:
        """Whether to look again, and to send again if nothing has changed; lets the time pass that lies between."""
        if not is_unclear(error) and not changed_nothing(error):
            return False
        limited = is_rate_limit(error)
        self._limited += limited
        self._failed += not limited
        if _POLICY.exhausted(self._failed, self._limited):
            return False
        # After a 429 the client holds back every request that comes next, so nobody waits for it here.
        return limited or not self._wait(_POLICY.backoff(self._failed - 1, self._uniform))


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
    places = _places(declared, entry, before, fields)
    pairs = {pointer: (_digest(before, pointer), _digest(after, pointer)) for pointer in places}
    return {pointer: pair for pointer, pair in pairs.items() if pair[0] != pair[1]}


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
    new = {str(assistant["id"]): str(assistant["name"]) for assistant in listed if assistant["id"] not in known}
    exact = [assistant_id for assistant_id, found in new.items() if found == name]
    similar = [assistant_id for assistant_id, found in new.items() if _normalised(found) == _normalised(name)]
    return sorted(exact or similar)


def _normalised(name: str) -> str:
    # A server may trim a name, and compose letters that were typed as a base and an accent.
    return " ".join(unicodedata.normalize("NFC", name).split())


def _places(
    declared: Mapping[str, Value], entry: LockEntry | None, before: Mapping[str, Value], fields: Collection[str]
) -> Iterator[Pointer]:
    mine = {leaf.pointer: leaf.value for leaf in sorted_leaves(declared, assistant_node())}
    hidden = entry.secrets if entry is not None else ()
    for pointer, value in mine.items():
        held_secret = any(place[: len(pointer)] == pointer for place in hidden)
        if pointer[0] in fields and not held_secret and not has_secret(value):
            yield pointer
    former = entry.leaves if entry is not None else {}
    for pointer, digests in former.items():
        # Of a list that is gone from the file nobody knows any more what in it was a secret.
        if digests and pointer[0] in fields and pointer not in mine and not isinstance(value_at(before, pointer), list):
            yield pointer


def _digest(value: Mapping[str, Value], pointer: Pointer) -> str:
    node = assistant_node().at(pointer, value)
    # Recovery does not know what the file declares, so entries the server appended are left out on both sides.
    return value_digest(without_server_entries(None, value_at(value, pointer), node), node)
