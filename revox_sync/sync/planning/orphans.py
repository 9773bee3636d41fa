"""Lock entries without a file: what becomes of them and of their assistants (docs/design.md, "Deletes")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Final

from revox_sync.config import SafetyOptions
from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.canonical import value_digest
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.field_diff import lost_changes
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.model.plan import Action, Change, Orphan, PlanOptions, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.remote_state.fetch import State
from revox_sync.values.address import is_named, naming
from revox_sync.values.pointer import Pointer

PROMPT: Final[Pointer] = ("prompt",)
MOST_NAMED: Final = 8
"""Assistants a message about too many of them names."""


@dataclass(frozen=True, slots=True)
class Prune:
    """What is planned for the lock entries without a file.

    Attributes:
        left: entries that stay as they are.
        dropped: addresses of entries whose assistant is gone, too; they leave the lock.
    """

    deletes: tuple[Change, ...] = ()
    refused: tuple[Refusal, ...] = ()
    left: tuple[Orphan, ...] = ()
    dropped: tuple[str, ...] = ()


def plan_orphans(state: State, options: PlanOptions, safety: SafetyOptions, addresses: Sequence[str]) -> Prune:
    """What is to become of every lock entry without a file.

    Args:
        addresses: the command line's addresses and globs; without any, every entry is meant.
    """
    orphans = [_orphan(address, state) for address in state.matches.orphaned]
    meant = [each for each in orphans if options.prune and _is_meant(each.address, addresses)]
    gone = {each.address for each in meant if each.address not in state.orphans}
    reasons = {each.address: _why_not(each.address, state, safety) for each in meant if each.address not in gone}
    deletes = [_delete(each, state.orphans[each.address], state) for each in meant if reasons.get(each.address) == ""]
    return Prune(
        deletes=tuple(deletes),
        refused=tuple(Refusal(each.address, each.name, why) for each in meant if (why := reasons.get(each.address))),
        left=tuple(each for each in orphans if each not in meant),
        dropped=tuple(sorted(gone)),
    )


def _orphan(address: str, state: State) -> Orphan:
    entry, remote = state.lock.entries[address], state.orphans.get(address)
    return Orphan(address, remote.name if remote else entry.name, entry.id)


def _is_meant(address: str, addresses: Sequence[str]) -> bool:
    return not addresses or any(is_named(address, each) for each in addresses)


def _why_not(address: str, state: State, safety: SafetyOptions) -> str:
    """Why an assistant must not be deleted; empty where it may be."""
    pattern = naming(address, safety.protect)
    if pattern is not None:
        return (
            f"its file is gone, but `safety.protect` in revox-sync.yaml keeps it from being deleted (`{pattern}`); "
            f"bring the file back, change that list, or `revox-sync forget {quote(address)}`"
        )
    if state.unread:
        files = ", ".join(f"`{each}`" for each in state.unread[:MOST_NAMED])
        return f"its file is gone, or it is one of those whose name cannot be read ({files}); mend them first"
    return ""


def _delete(orphan: Orphan, remote: Remote, state: State) -> Change:
    node = assistant_node()
    return Change(
        address=orphan.address,
        name=orphan.name,
        id=orphan.id,
        action=Action.DELETE,
        reason="its file is gone",
        fields=tuple(lost_changes(remote.value, state.lock.entries[orphan.address], node)),
        fingerprint=fingerprint(remote.value, {}, node),
    )


def require_allowed(deletes: Sequence[str], recreated: Sequence[str], limit: int) -> None:
    """Raise RefusedError where a plan deletes more assistants, or creates more again, than it may.

    Args:
        deletes: addresses of the assistants that would be deleted.
        recreated: addresses of those that would be created again.
        limit: most of both together.
    """
    number = len(deletes) + len(recreated)
    if number <= limit:
        return
    would = [f"delete {len(deletes)} ({_listed(deletes)})"] if deletes else []
    would += [f"create {len(recreated)} again ({_listed(recreated)})"] if recreated else []
    total = f", {number} in all" if deletes and recreated else ""
    raise RefusedError(
        f"over the safety limit: the plan would {' and '.join(would)}{total}; the limit is {limit}",
        hint=f"`--max-deletes {number}` allows it this time, `safety.max_deletes` in revox-sync.yaml always",
    )


def _listed(addresses: Sequence[str]) -> str:
    more = len(addresses) - MOST_NAMED
    named = ", ".join(f"`{each}`" for each in addresses[:MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named


def similar_name_notes(created: Sequence[Desired], orphans: Iterable[str], state: State) -> Iterator[str]:
    """A note for each new file that may be an orphan's, moved and renamed at once.

    Nobody can tell that from one assistant less and another more. It is said where there is one of each, and where the
    prompt of the new file is what the orphan's file said last.
    """
    known = [each for each in orphans if each in state.orphans]
    for desired in created:
        for address in known:
            if len(created) == len(known) == 1 or _same_prompt(desired, address, state):
                entry = state.lock.entries[address]
                yield (
                    f"{desired.address} is new and {address} has no file any more: if it is the same assistant, "
                    f"moved and renamed, `revox-sync import {quote(desired.address)} {quote(entry.id)}` keeps it"
                )


def replaced_notes(desired: Sequence[Desired], state: State) -> Iterator[str]:
    """A note for each file whose name the lock holds for another address, where the file has another name now.

    The address counts: the assistant there becomes what the file says. Whoever moved a file and put another one in its
    place meant it otherwise.
    """
    names = {each.address: each.name for each in desired}
    former = {entry.name: address for address, entry in state.lock.entries.items()}
    for each in desired:
        address = former.get(each.name, each.address)
        if address != each.address and names.get(address, each.name) != each.name:
            entry = state.lock.entries[address]
            yield (
                f"{each.address} has the name that the lock holds for {address}: if that file has moved, "
                f"`revox-sync forget {quote(address)}` and `revox-sync import {quote(each.address)} {quote(entry.id)}` "
                "let the assistant go with it"
            )


def _same_prompt(desired: Desired, address: str, state: State) -> bool:
    recorded = state.lock.entries[address].leaves.get(PROMPT)
    prompt = value_digest(desired.declared.get("prompt"), assistant_node().child("prompt"))
    return recorded is not None and recorded.declared == prompt
