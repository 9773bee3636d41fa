"""What became of a write: the server's answer compared with what was sent, and what the lock remembers of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from revox_sync.contract import Node, assistant_node
from revox_sync.pointer import Pointer, Value, value_at
from revox_sync.sync.canonical import same
from revox_sync.sync.compare import LeafState, compare, leaf_digests
from revox_sync.sync.leaves import leaves
from revox_sync.sync.lock import LockEntry
from revox_sync.sync.match import Remote


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The leaves that did not come back as they were sent.

    Attributes:
        dropped: absent, or unchanged from before: the server ignored them.
        normalised: changed by the server; the lock accepts its form.
    """

    dropped: tuple[Pointer, ...]
    normalised: tuple[Pointer, ...]


def read_back(
    declared: Mapping[str, Value],
    before: Mapping[str, Value],
    answer: Mapping[str, Value],
    sent: Iterable[str],
    keep: frozenset[Pointer],
) -> ReadBack:
    """Judge every sent leaf by its value in the answer.

    Args:
        before: the server's object before the write, empty for a create.
        answer: the object after it, with every sent field in it, guarded.
        sent: top-level fields of the request.
        keep: leaves that were sent as the server had them.
    """
    fields, node = set(sent), assistant_node()
    # Every leaf known, none with digests: a difference is an update, a masked secret says nothing.
    settled = LockEntry("", "", dict.fromkeys(leaves(declared, node)))
    differing = [
        each
        for each in compare(declared, answer, settled, node)
        if each.state is LeafState.UPDATE and each.pointer[0] in fields and each.pointer not in keep
    ]
    dropped = [each.pointer for each in differing if _is_dropped(each.pointer, before, each.server, node)]
    return ReadBack(tuple(dropped), tuple(each.pointer for each in differing if each.pointer not in dropped))


def _is_dropped(pointer: Pointer, before: Mapping[str, Value], after: Value, node: Node) -> bool:
    return after is None or same(value_at(before, pointer), after, node.at(pointer, before))


def new_entry(
    declared: Mapping[str, Value], answer: Remote, previous: LockEntry | None, unsettled: frozenset[Pointer]
) -> LockEntry:
    """The lock entry after a write, or for an assistant that needed none.

    Args:
        unsettled: dropped and kept leaves; they keep their former digests, so that the next plan shows them again.
    """
    former = previous.leaves if previous is not None else {}
    leaves = {
        pointer: former.get(pointer) if pointer in unsettled else digests
        for pointer, digests in leaf_digests(declared, answer.value, assistant_node()).items()
        if pointer not in unsettled or pointer in former
    }
    return LockEntry(answer.id, str(declared["name"]), leaves)
