"""What the API holds, as far as the selected files need to know it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

from revox_sync.contract import assistant_node, is_hidden
from revox_sync.errors import RefusedError
from revox_sync.remote.client import Client
from revox_sync.sync.compare import missing_fields
from revox_sync.sync.desired import Desired
from revox_sync.sync.lock import Lock
from revox_sync.sync.match import Match, Matches, Remote, match, needed_ids
from revox_sync.sync.secrets import guard

FETCHERS: Final = 8


@dataclass(frozen=True, slots=True)
class State:
    """Files matched with the assistants of one organisation.

    Attributes:
        organization_id: None while the organisation has no assistant to tell it from.
        lock: the lock in force: empty where a loopback API has forgotten all of it.
        lock_digest: digest of the lock as it was read.
        forgotten: whether a loopback API has forgotten every assistant of it.
    """

    organization_id: str | None
    matches: Matches
    lock: Lock
    lock_digest: str
    forgotten: bool = False


def remote(answer: Mapping[str, Any]) -> Remote:
    """An assistant of an answer, its secrets wrapped."""
    value: dict[str, Any] = guard(dict(answer), assistant_node())
    return Remote(str(answer["id"]), str(answer["name"]), value)


def fetch_state(
    client: Client, desired: Sequence[Desired], unreadable: AbstractSet[str], lock: Lock, *, loopback: bool = False
) -> State:
    """List the assistants, fetch by id what the list lacks, and match files with them. Only reads.

    Args:
        unreadable: addresses with a file that is broken or not selected; they are never "gone".
        loopback: the API is on this machine and may have forgotten everything.

    Raises:
        RefusedError: the key belongs to another organisation than the lock.
        RemoteError: the API gave no usable answer.
    """
    listed = [remote(each) for each in client.list_assistants()]
    files = {each.address: each.name for each in desired}
    hidden = {each.address for each in desired if is_hidden(each.declared)}
    fetched = _fetch(client, needed_ids(files, listed, lock, unreadable))
    known = [*listed, *(each for each in fetched.values() if each)]
    if lock.entries and not _any_known(known, lock):
        # Before anything is concluded: hidden assistants of files that are not selected were not asked for.
        others = _fetch(client, {entry.id for entry in lock.entries.values()} - fetched.keys())
        known += [each for each in others.values() if each]
    organization_id, lock_digest = _organization(known), lock.digest
    forgotten = loopback and bool(lock.entries) and not _any_known(known, lock)
    if forgotten:
        lock = empty_lock(lock)
    _refuse_strangers(lock, organization_id, known)
    matches = match(files, unreadable, known, lock, hidden)
    return State(organization_id, _completed(client, matches, desired), lock, lock_digest, forgotten)


def empty_lock(lock: Lock) -> Lock:
    """A lock of the same environment and API that starts anew."""
    return Lock(lock.environment, lock.base_url, None, {})


def _fetch(client: Client, ids: Iterable[str]) -> dict[str, Remote | None]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    with ThreadPoolExecutor(FETCHERS) as pool:
        answers = pool.map(client.get_assistant, wanted)
        return {each: remote(answer) if answer else None for each, answer in zip(wanted, answers, strict=True)}


def _organization(known: Iterable[Remote]) -> str | None:
    found = {str(each.value["organization_id"]) for each in known if each.value.get("organization_id")}
    return found.pop() if len(found) == 1 else None


def _any_known(known: Iterable[Remote], lock: Lock) -> bool:
    ids = {entry.id for entry in lock.entries.values()}
    return any(each.id in ids for each in known)


def _refuse_strangers(lock: Lock, organization_id: str | None, known: Sequence[Remote]) -> None:
    """A lock made with another key says nothing about these assistants; going on would create all of them again."""
    hint = "check the API key and the environment; a lock belongs to one organisation"
    if lock.organization_id and organization_id and lock.organization_id != organization_id:
        raise RefusedError(
            f"the lock of `{lock.environment}` belongs to organisation {lock.organization_id}, "
            f"the key to {organization_id}",
            hint=hint,
        )
    if lock.entries and not _any_known(known, lock):
        raise RefusedError(
            f"the API has not one of the {len(lock.entries)} assistants in the lock of `{lock.environment}`", hint=hint
        )


def _completed(client: Client, matches: Matches, desired: Sequence[Desired]) -> Matches:
    """Fetch assistants whose list entry lacks a declared field: missing is not empty."""
    declared = {each.address: each.declared for each in desired}
    node = assistant_node()
    partial = [
        each.remote.id
        for each in matches.matches
        if each.remote and missing_fields(declared[each.address], each.remote.value, node)
    ]
    whole = _fetch(client, partial)
    return replace(matches, matches=tuple(_with_remote(each, whole) for each in matches.matches))


def _with_remote(found: Match, whole: Mapping[str, Remote | None]) -> Match:
    fetched = whole.get(found.remote.id) if found.remote else None
    return replace(found, remote=fetched) if fetched else found
