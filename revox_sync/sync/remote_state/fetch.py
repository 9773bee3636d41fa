"""What the API holds, as far as the selected files need to know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from queue import SimpleQueue
from typing import Any, Final, Protocol

from revox_sync.contract.fields import assistant_node, is_hidden
from revox_sync.errors import RefusedError
from revox_sync.remote.http.adaptive_limit import MOST_AT_ONCE
from revox_sync.remote.http.listing import AssistantList, UnreadableEntry
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.leaf_rules import token_of
from revox_sync.sync.comparing.secrets import wrap_schema_secrets
from revox_sync.sync.comparing.server_appended import mark_resent
from revox_sync.sync.comparing.three_way import missing_fields
from revox_sync.sync.model.lock import Lock, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.model.server_facts import NO_FACTS
from revox_sync.sync.remote_state.match import (
    NOTHING_EXCLUDED,
    ExcludedFiles,
    Match,
    Matches,
    match,
    needed_ids,
)
from revox_sync.sync.remote_state.unreadable import LenientReader, SingleReader, settled
from revox_sync.sync.state.lock_file import lock_digest
from revox_sync.values.address import as_arguments, is_titled
from revox_sync.values.loose_name import loose_name
from revox_sync.values.pointer import Value

OLDER: Final = (
    "the API shows an older version of it than was seen before, so nothing can be compared; "
    "`revox-sync apply` waits for a newer one, and after 30 s believes what it sees"
)
_OLDER_ORPHAN: Final = (
    "the API shows an older version of it than was seen before, so nobody can tell what would be deleted; "
    "run the command again later, or `revox-sync forget {alone}` lets go of it"
)
UNREADABLE: Final = "the API lists it but does not find it by its id, so it cannot be read; run the command again"


class Reader(SingleReader, Protocol):
    """What reading needs of a client; a snapshot can answer, too."""

    def listing(self) -> AssistantList:
        """All assistants but those the list call hides, and what of them cannot be read."""


@dataclass(frozen=True, slots=True)
class FetchScope:
    """What decides, besides the selected files and the lock, what is asked for and concluded.

    Attributes:
        others: files that are broken or not selected, which are never "gone", and what other environments hold.
        loopback: the API is on this machine and may have forgotten everything.
        prune: fetch orphans by id, so that all they hold is known.
        whole: fetch by id whatever lacks a field that the list leaves out, also one that no file declares.
        wait: lets seconds pass for a server that shows an older version of an assistant, and returns whether to give
            up; None: nobody waits.
        looks: seconds before each further look at such an assistant.
    """

    others: ExcludedFiles = NOTHING_EXCLUDED
    loopback: bool = False
    prune: bool = False
    whole: bool = False
    wait: Callable[[float], bool] | None = None
    looks: tuple[float, ...] = NO_FACTS.looks


@dataclass(frozen=True, slots=True)
class Unknown:
    """An assistant of which nobody knows enough to plan anything: what became of its create, or what it holds now.

    Attributes:
        name: of the assistant.
        reason: why, and what to do about it.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class State:
    """Files matched with the assistants of one organisation.

    Attributes:
        organization_id: None while the organisation has no assistant to tell it from.
        lock: the lock in force: empty where a loopback API has forgotten all of it.
        lock_digest: digest of the lock as it was read.
        forgotten: whether a loopback API has forgotten every assistant of it.
        orphans: remote assistants of the lock entries without a file, by address, as far as they exist.
        unread: addresses of files nobody could tell the name of; each may be where an orphan's file is now.
        unmanaged: listed assistants that no file means and no lock holds, in the server's order; empty while there are
            `unread` files, each of which may mean one.
        set_aside: those of them that the configuration leaves unmanaged; they are not in `unmanaged`.
        unreadable: entries of the list that cannot be read, and that no lock holds.
        unknown: assistants, by address, of which nobody knows what became of their create, or what they hold now.
    """

    organization_id: str | None
    matches: Matches
    lock: Lock
    lock_digest: str
    forgotten: bool = False
    orphans: Mapping[str, Remote] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    unmanaged: tuple[Remote, ...] = ()
    set_aside: tuple[Remote, ...] = ()
    unreadable: tuple[UnreadableEntry, ...] = ()
    unknown: Mapping[str, Unknown] = field(default_factory=dict)

    def without_unmanaged(self, patterns: Sequence[str]) -> State:
        """The state in which the assistants are set aside whose name or id a pattern, a name or a glob, fits."""
        if not patterns:
            return self
        aside = {remote.id for remote in self.unmanaged if _is_named(remote, patterns)}
        left = tuple(remote for remote in self.unmanaged if remote.id not in aside)
        return replace(self, unmanaged=left, set_aside=tuple(each for each in self.unmanaged if each.id in aside))


def _is_named(remote: Remote, patterns: Sequence[str]) -> bool:
    return any(is_titled(text, pattern) for pattern in patterns for text in (remote.id, remote.name))


def remote_assistant(answer: dict[str, Any], entry: LockEntry | None = None) -> Remote:
    """An assistant of an answer, its secrets wrapped, what its lock entry knows as server-appended marked as such."""
    value: dict[str, Any] = wrap_schema_secrets(answer, assistant_node())
    return with_resent_marked(Remote(str(answer["id"]), str(answer["name"]), value), entry)


def with_resent_marked(found: Remote, entry: LockEntry | None) -> Remote:
    """An assistant with what its lock entry knows as server-appended marked as such."""
    if entry is None or not entry.appended:
        return found
    return replace(found, value=mark_resent(found.value, entry.appended, assistant_node()))


def fetch_state(client: Reader, desired: Sequence[Desired], lock: Lock, scope: FetchScope) -> State:
    """List the assistants, fetch by id what the list lacks, and match files with them. Only reads.

    Raises:
        RefusedError: the key belongs to another organisation than the lock.
        RemoteError: the API gave no usable answer.
    """
    answers, unread = settled(client.listing(), partial(fetch_all, LenientReader(client)))
    listed = [remote_assistant(answer) for answer in answers]
    del answers  # here and below: of thousands of assistants only one version is kept
    files = {assistant.address: assistant.name for assistant in desired}
    unlisted = {assistant.address for assistant in desired if is_hidden(assistant.declared)}
    fetched = _fetch(client, [key for key in needed_ids(files, listed, lock, scope.others) if key not in unread.ids])
    known = [*listed, *(remote for remote in fetched.values() if remote)]
    if lock.entries and not _any_known(known, lock, unread.ids):
        # Before anything is concluded: hidden assistants of files that are not selected were not asked for.
        unasked = _fetch(client, {entry.id for entry in lock.entries.values()} - fetched.keys())
        known += [remote for remote in unasked.values() if remote]
    organization_id, digest = _organization(known), lock_digest(lock)
    locked_ids = scope.others.bound | {entry.id for entry in lock.entries.values()}
    forgotten = scope.loopback and bool(lock.entries) and not _any_known(known, lock, unread.ids)
    if forgotten:
        # An emulator that was started again holds nothing; a lock of it would only be in the way.
        lock = empty_lock(lock)
    _require_same_organization(lock, organization_id, known, unread.ids)
    matches = unread.marked(match(files, scope.others, known, lock, unlisted))
    unplannable = list(unread.reasons(matches, files, lock, scope.others.bound))
    unmanaged = tuple(_unmanaged(listed, matches, lock, scope.others))
    orphaned = {address: lock.entries[address] for address in matches.orphaned}
    bound = {entry.id for entry in orphaned.values()}
    known = [remote for remote in known if remote.id in bound]
    found, matches = {each.address: each for each in matches.matches}, replace(matches, matches=())
    listed_ids = frozenset(remote.id for remote in listed)
    del listed, fetched
    unknown = _complete(client, found, desired, scope)
    unknown |= {address: Unknown(name, reason) for address, name, reason in unplannable}
    orphans = _orphans(client, orphaned, known, scope)
    for address, entry in orphaned.items():
        remote = orphans.get(address)
        if remote is None and entry.id in listed_ids:
            unknown[address] = Unknown(entry.name, UNREADABLE)  # dropped from the lock, nobody would manage it any more
        elif remote is not None and entry.tokens.is_stale(token_of(remote.value)):
            # A plan would not name what is lost with it, and nobody waits for what is to be deleted.
            unknown[address] = Unknown(remote.name, _OLDER_ORPHAN.format(alone=as_arguments(address)))
    return State(
        organization_id=organization_id,
        matches=replace(matches, matches=tuple(found.values())),
        lock=lock,
        lock_digest=digest,
        forgotten=forgotten,
        orphans=orphans,
        unread=tuple(scope.others.unread(lock)),
        unmanaged=unmanaged,
        unreadable=tuple(entry for entry in unread.entries if entry.id not in locked_ids),
        unknown=unknown,
    )


def fetch_all(
    reader: SingleReader, ids: Iterable[str], *, parallelism: int = MOST_AT_ONCE
) -> dict[str, dict[str, Any] | None]:
    """Answers by id, in the order of the ids; None where there is no such assistant.

    The first error, or Ctrl-C, breaks off what is under way. Raises RemoteError where one cannot be read.

    Args:
        parallelism: requests at once, at most; the reader may allow less, and another number after each answer.
    """
    wanted = list(dict.fromkeys(ids))
    return dict.fromkeys(wanted) | dict(_as_they_come(reader, wanted, parallelism))


def _as_they_come(
    reader: SingleReader, wanted: Sequence[str], parallelism: int = MOST_AT_ONCE
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Ids and answers as for `fetch_all`, each as soon as it is there."""
    if not wanted:
        return
    reader.expect(len(wanted))
    left = iter(wanted)
    with ThreadPoolExecutor(min(parallelism, len(wanted))) as pool:
        try:
            running: dict[Future[dict[str, Any] | None], str] = {}
            done: SimpleQueue[Future[dict[str, Any] | None]] = SimpleQueue()
            while True:
                free = max(min(parallelism, reader.connections) - len(running), 0 if running else 1)
                for each in islice(left, free):
                    running[future := pool.submit(reader.get_assistant, each)] = each
                    future.add_done_callback(done.put)
                if not running:
                    return
                ended = done.get()
                yield running.pop(ended), ended.result()
        except BaseException:
            reader.abort()  # otherwise the threads would go on until they time out
            raise


def empty_lock(lock: Lock) -> Lock:
    """A lock of the same environment and API that starts anew."""
    return Lock(lock.environment, lock.base_url, None, {})


def _fetch(client: Reader, ids: Iterable[str]) -> dict[str, Remote | None]:
    wanted = list(dict.fromkeys(ids))
    # One at a time: thousands of answers as they came would take as much memory as what is made of them.
    made = {key: remote_assistant(answer) if answer else None for key, answer in _as_they_come(client, wanted)}
    return {key: made[key] for key in wanted}


def _orphans(
    client: Reader, entries: Mapping[str, LockEntry], known: Iterable[Remote], scope: FetchScope
) -> dict[str, Remote]:
    found: dict[str, Remote | None] = {remote.id: remote for remote in known}
    if scope.prune:
        # The list call leaves fields out, and a plan names everything that would be lost.
        found |= _fetch(client, (entry.id for entry in entries.values() if found.get(entry.id)))
    return {
        address: with_resent_marked(remote, entry)
        for address, entry in entries.items()
        if (remote := found.get(entry.id))
    }


def _unmanaged(listed: Iterable[Remote], matches: Matches, lock: Lock, others: ExcludedFiles) -> Iterable[Remote]:
    if others.unread(lock):
        return ()
    bound = {entry.id for entry in lock.entries.values()} | others.bound
    meant = {found.remote.id for found in matches.matches if found.remote}
    meant.update(*(found.candidates for found in matches.matches))
    spoken_for = bound | meant
    names = {loose_name(name) for name in others.files.values() if name is not None}
    return (remote for remote in listed if remote.id not in spoken_for and loose_name(remote.name) not in names)


def _organization(known: Iterable[Remote]) -> str | None:
    found = {str(remote.value["organization_id"]) for remote in known if remote.value.get("organization_id")}
    return found.pop() if len(found) == 1 else None


def _any_known(known: Iterable[Remote], lock: Lock, unread: AbstractSet[str]) -> bool:
    ids = {entry.id for entry in lock.entries.values()}
    return not ids.isdisjoint(unread) or any(remote.id in ids for remote in known)


def _require_same_organization(
    lock: Lock, organization_id: str | None, known: Sequence[Remote], unread: AbstractSet[str]
) -> None:
    """A lock made with another key says nothing about these assistants; going on would create all of them again."""
    hint = "check the API key and the environment; a lock belongs to one organisation"
    if lock.organization_id and organization_id and lock.organization_id != organization_id:
        raise RefusedError(
            f"the lock of `{lock.environment}` belongs to organisation {lock.organization_id}, "
            f"the key to {organization_id}",
            hint=hint,
        )
    if lock.entries and not _any_known(known, lock, unread):
        raise RefusedError(
            f"the API has not one of the {len(lock.entries)} assistants in the lock of `{lock.environment}`",
            hint=f"{hint}; if all of them were deleted, `revox-sync forget ADDRESS` lets go of them one by one",
        )


def _complete(
    client: Reader, matches: dict[str, Match], desired: Sequence[Desired], scope: FetchScope
) -> dict[str, Unknown]:
    """Put into the matches, by address, what the list leaves out; the assistants that cannot be read as they are now.

    The list leaves some fields out, and missing is not empty (docs/api.md, "Lists and answers"). It may also lag
    behind. So what lacks a declared field, or looks older than what was seen before, is fetched by id.
    """
    declared = {assistant.address: assistant.declared for assistant in desired}
    unknown: dict[str, Unknown] = {}
    for delay in (0.0, *scope.looks):
        asked = _to_ask(matches.values(), declared, again=delay > 0, whole=scope.whole)
        if not asked or (delay > 0 and (scope.wait is None or scope.wait(delay))):
            break
        for assistant_id, answer in _as_they_come(client, list(asked)):
            for address in asked[assistant_id]:
                matches[address] = _looked_at(matches[address], answer)
    else:
        # After so many seconds of one version that version is believed: what was taken for newer is gone.
        matches |= {address: found.believed for address, found in matches.items()}
    for address, found in matches.items():
        if found.remote is None:
            continue
        if found.is_stale:
            unknown[address] = Unknown(found.remote.name, OLDER)
        elif found.unread:
            # The list says it is there, its own address says it is not: nothing is known of what it holds.
            unknown[address] = Unknown(found.remote.name, UNREADABLE)
        matches[address] = replace(found, remote=with_resent_marked(found.remote, found.entry))
    return unknown


def _looked_at(found: Match, answer: dict[str, Any] | None) -> Match:
    """A match with what the assistant's own address answers."""
    if answer is None:
        return replace(found, unread=True)
    return replace(found, remote=remote_assistant(answer, found.entry), unread=False)


def _to_ask(
    matches: Iterable[Match], declared: Mapping[str, Mapping[str, Value]], *, again: bool, whole: bool
) -> dict[str, list[str]]:
    """Addresses by the ids of the assistants that have to be fetched for them."""
    asked: dict[str, list[str]] = {}
    for found in matches:
        if found.remote is not None and _needs_look(found, declared[found.address], again=again, whole=whole):
            asked.setdefault(found.remote.id, []).append(found.address)
    return asked


def _needs_look(found: Match, declared: Mapping[str, Value], *, again: bool, whole: bool) -> bool:
    if found.remote is None or found.unread:
        return False
    if found.is_stale:
        return True
    node = assistant_node()
    unlisted = [key for key, field in node.properties.items() if field.absent_from_list] if whole else ()
    return not again and bool(missing_fields({**declared, **dict.fromkeys(unlisted, True)}, found.remote.value, node))
