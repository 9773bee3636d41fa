"""What a write that failed tells: whether the server may have done it, whether it did, and whether to send it again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any, Final

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.errors import RemoteError
from revox_sync.remote.http.retry_policy import RetryPolicy, Uniform, changed_nothing, is_rate_limit, is_unclear
from revox_sync.sync.comparing.canonical import leaves, value_digest
from revox_sync.sync.comparing.leaf_rules import (
    ABSENT,
    UNSET,
    LeafLook,
    SentLeaf,
    WriteEnd,
    judge_end,
    record_after_end,
    sent_record,
    token_of,
)
from revox_sync.sync.comparing.secrets import has_secret, listed_secrets
from revox_sync.sync.comparing.server_appended import without_server_entries
from revox_sync.sync.comparing.three_way import is_unset, place_form, telling_token
from revox_sync.sync.model.lock import NO_TOKENS, Confirmed, LeafRecord, LockEntry, Tokens
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.state.journal import Intent
from revox_sync.values.loose_name import loose_name
from revox_sync.values.pointer import Pointer, Value, value_at
from revox_sync.values.secret import Secret

_POLICY: Final = RetryPolicy()


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


def sent_leaves(
    declared: Mapping[str, Value],
    entry: LockEntry | None,
    before: Mapping[str, Value],
    after: Mapping[str, Value],
    fields: Collection[str],
) -> dict[Pointer, SentLeaf]:
    """The leaves of a request: what is sent, and what the server has right before.

    Secrets, and lists that hold some, have no digest anywhere and are left out.

    Args:
        before: the server's object; empty for a create.
        after: the same with the fields of the request.
        fields: top-level fields of the request.
    """
    return {pointer: _sent_leaf(before, after, pointer) for pointer in _places(declared, entry, before, fields)}


def _sent_leaf(before: Mapping[str, Value], after: Mapping[str, Value], pointer: Pointer) -> SentLeaf:
    old, place = value_at(before, pointer), assistant_node().at(pointer, before)
    sent = place_form(value_at(after, pointer), assistant_node().at(pointer, after))
    was = place_form(old, place)
    return SentLeaf(sent, UNSET if was != sent and is_unset(old, place) else was)


def judge_intent(intent: Intent, found: Remote) -> WriteEnd:
    """What became of an update that got no answer, by the assistant as it is now."""
    return judge_end(intent.leaves, looks_after(intent, found), intent.token)


def looks_after(intent: Intent, found: Remote) -> dict[Pointer, LeafLook]:
    """The leaves of an intent in the assistant as it is now; fields that an answer may leave out need not be in it."""
    looks: dict[Pointer, LeafLook] = {}
    token = token_of(found.value)
    for pointer in intent.leaves:
        field = assistant_node().child(str(pointer[0]))
        if pointer[0] not in found.value and field is not None and field.absent_from_list:
            continue
        place = assistant_node().at(pointer, found.value)
        # Recovery does not know what the file declares, so entries the server appended are left out on both sides.
        value = without_server_entries(None, value_at(found.value, pointer), place)
        planned = intent.entry.leaves.get(pointer) if intent.entry is not None else None
        looks[pointer] = LeafLook(
            equal=False,
            alike=False,
            declared=(planned.declared if isinstance(planned, Confirmed) else None) or ABSENT,
            value=value_digest(value, place),
            remembered=frozenset(),
            form=place_form(value, place),
            unset=is_unset(value, place),
            token=telling_token(pointer, token),
            moved=True,
        )
    return looks


def entry_after_end(intent: Intent, former: LockEntry | None, found: Remote | None, end: WriteEnd) -> LockEntry:
    """The lock entry after an update whose answer was lost, by the assistant as it is now; None: it cannot be found.

    What arrived is confirmed; everything else that was sent is remembered as sent and not seen.
    """
    looks, planned = looks_after(intent, found) if found is not None else {}, intent.entry
    base = former if former is not None else LockEntry(str(intent.id), intent.name, {}, outdated=True)
    done = planned if end is WriteEnd.DONE else None
    tokens = base.tokens.seen(intent.token)
    tokens = tokens.seen(token_of(found.value)) if found is not None else tokens
    if intent.restores:
        return replace(base.without_previous, id=str(intent.id), tokens=tokens, appended=(done or base).appended)
    records = dict((done or base).leaves)
    for pointer, sent in intent.leaves.items():
        record = record_after_end(end, sent, intent.token, base.leaves.get(pointer), looks.get(pointer))
        declared = planned is not None and pointer in planned.leaves
        if sent.sent == ABSENT and isinstance(record, Confirmed) and not declared:
            continue  # the key is gone on the server, too
        records[pointer] = record
    return replace(
        base,
        id=str(intent.id),
        name=(done or base).name,
        leaves=records,
        outdated=base.outdated and done is None,
        appended=(done or base).appended,
        # After a lost answer a secret may be at its old place or at its new one.
        secrets=base.secrets | (planned.secret_places if planned is not None else frozenset()),
        tokens=tokens,
        # Nobody knows which of two secrets the server has.
        seals={},
    )


def adopted_entry(intent: Intent, assistant_id: str) -> LockEntry:
    """The lock entry of what a create made whose answer was lost: all of it was sent, and nothing of it was seen."""
    if intent.entry is not None:  # it brings back a snapshot: the lock still says what the file said last
        return replace(intent.entry.without_previous, id=assistant_id)
    records: dict[Pointer, LeafRecord | None] = {
        pointer: sent_record(sent, None, None, answered=False) for pointer, sent in intent.leaves.items()
    }
    listed = frozenset(place for place in intent.secrets if _is_in_list(place))
    return LockEntry(assistant_id, intent.name, {**records, **dict.fromkeys(intent.secrets - listed)}, secrets=listed)


def _is_in_list(pointer: Pointer) -> bool:
    node: Node | None = assistant_node()
    for key in pointer:
        if node is None or node.element is not None:
            return node is not None
        node = node.child(str(key))
    return False


def secret_places(declared: Mapping[str, Value]) -> frozenset[Pointer]:
    """Every place of a secret in what a file declares, inside lists and outside."""
    node = assistant_node()
    fields = (leaf.pointer for leaf in leaves(declared, node) if isinstance(leaf.value, Secret))
    return frozenset((*fields, *listed_secrets(declared, node)))


def is_stale(intent: Intent, former: LockEntry | None, found: Remote) -> bool:
    """Whether a look after a request shows an older version than one that was seen before."""
    tokens = former.tokens if former is not None else NO_TOKENS
    return tokens.is_stale(token_of(found.value), Tokens(intent.token))


def create_candidates(listed: Iterable[Mapping[str, Any]], name: str, known: AbstractSet[str]) -> list[str]:
    """Ids, sorted, of the assistants that a create with this name may have made: those that were not there before.

    A server may have changed the spelling of the name, so the exact name is no better proof than another spelling.
    """
    new = {str(assistant["id"]): str(assistant["name"]) for assistant in listed if assistant["id"] not in known}
    return sorted(assistant_id for assistant_id, found in new.items() if loose_name(found) == loose_name(name))


def _places(
    declared: Mapping[str, Value], entry: LockEntry | None, before: Mapping[str, Value], fields: Collection[str]
) -> Iterator[Pointer]:
    mine = {leaf.pointer: leaf.value for leaf in leaves(declared, assistant_node())}
    hidden = entry.secrets if entry is not None else ()
    for pointer, value in mine.items():
        held_secret = any(place[: len(pointer)] == pointer for place in hidden)
        if pointer[0] in fields and not held_secret and not has_secret(value):
            yield pointer
    former = entry.leaves if entry is not None else {}
    for pointer, record in former.items():
        # Of a list that is gone from the file nobody knows any more what in it was a secret.
        left_out = record is not None and pointer[0] in fields and pointer not in mine
        if left_out and not isinstance(value_at(before, pointer), list) and value_at(before, pointer) is not None:
            yield pointer
