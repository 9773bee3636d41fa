"""What became of a write: the server's answer compared with what was sent, and what the lock remembers of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from revox_sync.contract.fields import Node, assistant_node
from revox_sync.sync.comparing.canonical import equal, equal_loosely, leaves
from revox_sync.sync.comparing.secrets import has_secret, listed_secrets, wrap_matching_secrets
from revox_sync.sync.comparing.server_appended import Appended, keep_resent, mark_resent
from revox_sync.sync.comparing.three_way import LeafComparison, LeafState, compare, leaf_digests
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.remote import Remote
from revox_sync.values.pointer import Pointer, Value, value_at


class VerifiedResponse(NamedTuple):
    """The leaves that did not come back as they were sent.

    Attributes:
        dropped: absent, or unchanged from before: the server ignored them.
        normalised: changed by the server; the lock accepts its form. Also where it had that form before: a value is
            not ignored whose form it is.
    """

    dropped: tuple[Pointer, ...]
    normalised: tuple[Pointer, ...]


def verify_response(
    declared: Mapping[str, Value],
    before: Mapping[str, Value],
    answer: Mapping[str, Value],
    sent: Iterable[str],
    keep: frozenset[Pointer],
) -> VerifiedResponse:
    """Judge every sent leaf by its value in the answer.

    Args:
        before: the server's object before the write, empty for a create.
        answer: the object after it, with every sent field in it, secrets wrapped.
        sent: top-level fields of the request.
        keep: leaves that were sent as the server had them.
    """
    node, mine = assistant_node(), {key: declared[key] for key in sent if key in declared}
    # Every leaf known, none with digests: a difference is an update, a masked secret says nothing.
    settled = LockEntry("", "", dict.fromkeys(leaf.pointer for leaf in leaves(mine, node)))
    differing = [
        leaf
        for leaf in compare(mine, answer, settled, node)
        if leaf.state is LeafState.UPDATE and leaf.pointer not in keep
    ]
    known = wrap_matching_secrets(mine, before, node)
    dropped = [leaf.pointer for leaf in differing if _is_dropped(leaf, known, node)]
    return VerifiedResponse(tuple(dropped), tuple(leaf.pointer for leaf in differing if leaf.pointer not in dropped))


def unproven(declared: Mapping[str, Value], sent: Iterable[str], entry: LockEntry) -> set[str]:
    """Sent fields of which a lock entry's digests do not prove already that they came back as they were sent.

    The digests are made from the same two values that `verify_response` compares, so it need not look at the others.
    Of secrets they prove nothing: canonically all secrets are one.

    Args:
        sent: top-level fields of the request that the answer has.
        entry: the lock entry after the write, see `new_entry`.
    """
    differing = {pointer[0] for pointer, pair in entry.leaves.items() if pair is None or pair.declared != pair.server}
    return {key for key in sent if key in differing or has_secret(declared.get(key))}


def _is_dropped(leaf: LeafComparison, before: Mapping[str, Value], node: Node) -> bool:
    if leaf.server is None:
        return True
    # A server that answers what it had before has ignored the request, unless that is its form of what was sent.
    was, place = value_at(before, leaf.pointer), node.at(leaf.pointer, before)
    if has_secret(leaf.declared):
        return bool(was == leaf.server)  # canonically all secrets are one
    return equal(was, leaf.server, place) and not equal_loosely(leaf.declared, leaf.server, place)


def new_entry(
    declared: Mapping[str, Value],
    answer: Remote,
    previous: LockEntry | None,
    unsettled: frozenset[Pointer],
    appended: Appended | None = None,
) -> LockEntry:
    """The lock entry after a write, or for an assistant that needed none.

    Args:
        unsettled: dropped and kept leaves; they keep their former digests, so that the next plan shows them again.
        appended: server-appended entries to recognise; by default those of the previous entry.
    """
    node, former = assistant_node(), previous.leaves if previous is not None else {}
    known = appended if appended is not None else previous.appended if previous is not None else {}
    server = mark_resent(answer.value, known, node)
    digests_of = {
        pointer: former.get(pointer) if pointer in unsettled else digests
        for pointer, digests in leaf_digests(declared, server, node).items()
        if pointer not in unsettled or pointer in former
    }
    return LockEntry(
        answer.id,
        str(declared["name"]),
        digests_of,
        appended=keep_resent(declared, server, known, node),
        secrets=frozenset((*listed_secrets(declared, node), *_still_there(declared, previous, unsettled))),
    )


def _still_there(
    declared: Mapping[str, Value], previous: LockEntry | None, unsettled: frozenset[Pointer]
) -> Iterator[Pointer]:
    """Former places of secrets where the server still has what it had: nothing was sent for them, or it was ignored."""
    for place in previous.secret_places if previous is not None else ():
        if place[0] not in declared or any(place[: len(pointer)] == pointer for pointer in unsettled):
            yield place
