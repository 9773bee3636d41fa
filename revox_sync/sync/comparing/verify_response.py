"""What became of a write: the server's answer compared with what was sent, and what the lock remembers of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.canonical import leaves, value_digest
from revox_sync.sync.comparing.forms import equal_loosely
from revox_sync.sync.comparing.leaf_rules import (
    ABSENT,
    Look,
    SentLeaf,
    Verdict,
    confirms,
    judge_answer,
    may_yet_arrive,
    record_after_answer,
    token_of,
)
from revox_sync.sync.comparing.rotation import Sealer
from revox_sync.sync.comparing.secrets import (
    SecretState,
    has_secret,
    listed_secrets,
    secret_pairs,
    secret_state,
    wrap_matching_secrets,
)
from revox_sync.sync.comparing.server_appended import Appended, keep_resent, mark_resent
from revox_sync.sync.comparing.three_way import leaf_looks, removed_look
from revox_sync.sync.model.lock import NO_TOKENS, Confirmed, LeafRecord, LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.values.pointer import Pointer, Value, value_at
from revox_sync.values.secret import Secret
from revox_sync.values.walk import parts


@dataclass(frozen=True, slots=True)
class SentWrite:
    """A request that the server has answered.

    Attributes:
        declared: what the request was made from, secrets wrapped.
        body: what was sent.
        before: the server's object right before the request; empty for a create.
        leaves: the leaves of the request, except secrets and lists that hold some; those that were left out of a
            mapping on purpose have ABSENT as what was sent.
        token: the assistant's version token right before the request.
        keep: leaves that were sent as the server had them.
        former: the lock entry that the write replaces.
        appended: entries the server had appended that were sent with it.
        sealer: seals secrets that the server masks; None where nothing is sealed.
    """

    declared: Mapping[str, Value]
    body: Mapping[str, Value]
    before: Mapping[str, Value]
    leaves: Mapping[Pointer, SentLeaf]
    token: str | None
    keep: frozenset[Pointer] = frozenset()
    former: LockEntry | None = None
    appended: Appended = field(default_factory=dict)
    sealer: Sealer | None = None


class VerifiedResponse(NamedTuple):
    """What the answer to a write says.

    Attributes:
        entry: the lock entry from now on.
        dropped: leaves that are absent, or unchanged from before: the server ignored them.
        replaced: leaves in which the server has put another value.
        not_unset: keys that were left out, and that the server has kept.
        respelled: leaves that the server keeps in another spelling of the same value.
        unread: leaves that nothing has shown after the request.
        lost: keys that the file does not declare, were sent as the server had them, and are gone.
    """

    entry: LockEntry
    dropped: tuple[Pointer, ...] = ()
    replaced: tuple[Pointer, ...] = ()
    not_unset: tuple[Pointer, ...] = ()
    respelled: tuple[Pointer, ...] = ()
    lost: tuple[Pointer, ...] = ()
    unread: tuple[Pointer, ...] = ()


def verify_response(
    write: SentWrite, answer: Remote, unread: AbstractSet[str] = frozenset(), looked_up: AbstractSet[str] = frozenset()
) -> VerifiedResponse:
    """Judge every leaf that was sent, and make the lock entry after it.

    Args:
        answer: the object after the request.
        unread: declared top-level fields that neither the answer nor another look has shown.
        looked_up: those that the answer left out and another look has shown.
    """
    return _Verification(write, answer, unread, looked_up).result()


class _Verification:
    def __init__(self, write: SentWrite, answer: Remote, unread: AbstractSet[str], looked_up: AbstractSet[str]) -> None:
        self._write = write
        self._answer = answer
        self._unread = unread
        self._looked_up = looked_up
        self._former = write.former.leaves if write.former is not None else {}
        self._found: dict[Verdict, list[Pointer]] = {verdict: [] for verdict in Verdict}
        self._respelled: list[Pointer] = []

    def result(self) -> VerifiedResponse:
        write, node = self._write, assistant_node()
        server = mark_resent(self._answer.value, write.appended, node)
        sent = {key: value for key, value in write.declared.items() if key in write.body}
        looks = leaf_looks(sent, server, write.former, node)
        # What was not sent is remembered as it was before: an edit that was made since must show as drift.
        unsent = {key: value for key, value in write.declared.items() if key not in write.body}
        looks |= leaf_looks(unsent, {**server, **write.before}, write.former, node)
        records: dict[Pointer, LeafRecord | None] = {}
        for pointer, look in looks.items():
            if pointer in write.keep:
                records.update(_kept(self._former, pointer))
            elif pointer[0] in write.body:
                records.update(self._sent(pointer, look, server))
            else:
                records[pointer] = self._unsent(pointer, look)
        left_out = dict(self._left_out(server))
        records.update(left_out)
        not_unset = tuple(pointer for pointer in left_out if pointer[0] not in self._unread)
        entry = LockEntry(
            self._answer.id,
            # What brings back a snapshot may leave the name as it is.
            str(write.declared.get("name", self._answer.name)),
            records,
            appended=keep_resent(write.declared, server, write.appended, node),
            secrets=frozenset((*listed_secrets(write.declared, node), *self._secrets_still_there())),
            tokens=(write.former.tokens if write.former else NO_TOKENS).seen(write.token).seen(token_of(server)),
            seals=dict(self._seals(server)),
        )
        return VerifiedResponse(
            entry,
            tuple(self._found[Verdict.DROPPED]),
            tuple(self._found[Verdict.REPLACED]),
            not_unset,
            tuple(self._respelled),
            tuple(self._lost(server)),
            tuple(self._found[Verdict.UNREAD]),
        )

    def _sent(self, pointer: Pointer, look: Look | None, server: Mapping[str, Value]) -> _Records:
        """What is known of a leaf that was sent."""
        sent, unread = self._write.leaves.get(pointer), pointer[0] in self._unread
        if sent is None or look is None:
            # A secret, or a list that holds one: no digest tells what was sent.
            if not unread and self._is_ignored_secret(pointer, server):
                self._found[Verdict.DROPPED].append(pointer)
                return _kept(self._former, pointer) if look is not None else {pointer: None}
            if unread and look is not None:
                return _kept(self._former, pointer)
            return {pointer: None if look is None else Confirmed(look.declared, look.value)}
        own, seen = pointer[0] not in self._looked_up, None if unread else look
        verdict = judge_answer(sent, seen)
        self._found[verdict].append(pointer)
        if seen is not None and verdict is Verdict.KEPT and seen.value != seen.declared:
            self._respelled.append(pointer)
        return {pointer: record_after_answer(sent, self._write.token, self._former.get(pointer), seen, own=own)}

    def _unsent(self, pointer: Pointer, look: Look | None) -> LeafRecord | None:
        record = self._former.get(pointer)
        return None if look is None else _confirmed(look, record)

    def _seals(self, server: Mapping[str, Value]) -> Iterator[tuple[Pointer, str]]:
        """Seals of secrets that the server masks: those that were sent now, and former ones of what was not sent."""
        write = self._write
        former = write.former.seals if write.former is not None else {}
        if not has_secret(write.declared):
            return
        shown = wrap_matching_secrets(write.declared, server, assistant_node())
        for pointer, value, node in leaves(write.declared, assistant_node()):
            if not has_secret(value):
                continue
            if pointer[0] not in write.body or pointer in write.keep:
                seal = former.get(pointer)
            elif pointer[0] in self._unread or pointer in self._found[Verdict.DROPPED] or write.sealer is None:
                seal = None
            else:
                states = {secret_state(*pair) for pair in secret_pairs(value, value_at(shown, pointer), node)}
                is_masked = SecretState.UNCOMPARABLE in states and SecretState.DIFFERENT not in states
                seal = write.sealer.seal(self._answer.id, pointer, value, node) if is_masked else None
            if seal is not None:
                yield pointer, seal

    def _is_ignored_secret(self, pointer: Pointer, server: Mapping[str, Value]) -> bool:
        """Whether a secret, or a list with secrets, differs from what was sent, and is as it was before."""
        declared = value_at(self._write.declared, pointer)
        now, was = (
            value_at(wrap_matching_secrets(self._write.declared, side, assistant_node()), pointer)
            for side in (server, self._write.before)
        )
        node = assistant_node().at(pointer, self._write.declared)
        if isinstance(declared, Secret):
            return secret_state(declared, now) is SecretState.DIFFERENT and bool(was == now)
        states = {secret_state(*pair) for pair in secret_pairs(declared, now, node)}
        if SecretState.DIFFERENT in states:
            return bool(was == now)
        return now is None or (
            value_digest(was, node) == value_digest(now, node) and not equal_loosely(declared, now, node)
        )

    def _left_out(self, server: Mapping[str, Value]) -> Iterator[tuple[Pointer, LeafRecord | None]]:
        """Leaves that were left out of a mapping, and that the server still has, or of which nothing is known."""
        write, former = self._write, self._write.former
        if former is None:
            return
        declared = {leaf.pointer for leaf in leaves(write.declared, assistant_node())}
        for pointer, sent in write.leaves.items():
            if sent.sent != ABSENT or pointer in declared:
                continue
            record = self._former.get(pointer)
            if pointer[0] in self._unread:
                yield pointer, record_after_answer(sent, write.token, record, None, own=False)
                continue
            place = assistant_node().at(pointer, server)
            look = removed_look(pointer, value_at(server, pointer), place, token_of(server))
            if look.form != ABSENT:
                still = judge_answer(sent, look) is Verdict.DROPPED and not may_yet_arrive(write.token, look)
                yield pointer, record if still else record_after_answer(sent, write.token, record, look, own=True)

    def _lost(self, server: Mapping[str, Value]) -> Iterator[Pointer]:
        """What the file does not declare, was carried over, and is not there any more."""
        declared = self._write.declared
        carried = {key: value for key, value in self._write.body.items() if value is not declared.get(key)}
        for pointer, value, _ in parts(carried):
            # A mapping is told by what is in it, a list as a whole; one that is empty holds nothing.
            if isinstance(value, dict) or value == [] or _in_list(pointer) or pointer[0] in self._unread:
                continue
            if value is not None and value_at(declared, pointer) is None and value_at(server, pointer) is None:
                yield pointer

    def _secrets_still_there(self) -> Iterator[Pointer]:
        """Former places of secrets where the server still has what it had: nothing was sent for them, or in vain."""
        unsettled = (*self._write.keep, *self._found[Verdict.DROPPED], *((key,) for key in self._unread))
        former = self._write.former
        for place in former.secret_places if former is not None else ():
            unsent = place[0] not in self._write.declared
            if unsent or any(place[: len(pointer)] == pointer for pointer in unsettled):
                yield place


_Records = dict[Pointer, LeafRecord | None]


def _confirmed(look: Look, record: LeafRecord | None) -> LeafRecord | None:
    """The record of a leaf that nothing was sent for: the same where nothing is new, so that locks stay as they are."""
    if isinstance(record, Confirmed) and record[:2] == (look.declared, look.value):
        return record
    return Confirmed(look.declared, look.value) if confirms(look, record) else record


def _in_list(pointer: Pointer) -> bool:
    return any(isinstance(key, int) for key in pointer)


def _kept(former: Mapping[Pointer, LeafRecord | None], pointer: Pointer) -> _Records:
    """The former record of a leaf, without the value before our last write: the server's is not that of our write."""
    if pointer not in former:
        return {}
    record = former[pointer]
    return {pointer: record._replace(previous=None) if isinstance(record, Confirmed) else record}


def entry_in_sync(
    declared: Mapping[str, Value],
    remote: Remote,
    former: LockEntry | None,
    keep: frozenset[Pointer] = frozenset(),
) -> LockEntry:
    """The lock entry of an assistant that needs no request.

    What was sent and not seen stays so, where the server still has what it had before: it may yet arrive.

    Args:
        keep: leaves that keep what the lock knows of them, so that the next plan shows them again.
    """
    node, known = assistant_node(), former.leaves if former is not None else {}
    appended = former.appended if former is not None else {}
    server = mark_resent(remote.value, appended, node)
    records: _Records = {}
    for pointer, look in leaf_looks(declared, server, former, node).items():
        record = known.get(pointer)
        if pointer in keep:
            records.update(_kept(known, pointer))
        else:
            records[pointer] = None if look is None else _confirmed(look, record)
    tokens = former.tokens if former is not None else NO_TOKENS
    entry = LockEntry(
        remote.id,
        str(declared["name"]),
        records,
        appended=keep_resent(declared, server, appended, node),
        secrets=frozenset((*listed_secrets(declared, node), *_unmanaged_secrets(declared, former, keep))),
        tokens=tokens,
        # Reading proves nothing about a mask: what was not sealed when it was sent is not sealed now.
        seals={
            pointer: seal
            for pointer, seal in (former.seals if former is not None else {}).items()
            if pointer in records
        },
    )
    # Reading alone never changes the lock: a token is written only with an entry that changes otherwise.
    return entry if entry == former else replace(entry, tokens=tokens.seen(token_of(remote.value)))


def _unmanaged_secrets(
    declared: Mapping[str, Value], former: LockEntry | None, keep: frozenset[Pointer]
) -> Iterator[Pointer]:
    for place in former.secret_places if former is not None else ():
        if place[0] not in declared or any(place[: len(pointer)] == pointer for pointer in keep):
            yield place
