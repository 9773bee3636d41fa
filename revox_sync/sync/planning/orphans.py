"""Lock entries without a file: what becomes of them and of their assistants (docs/design.md, "Deletes")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from revox_sync.config import SafetyOptions
from revox_sync.contract.fields import assistant_node
from revox_sync.errors import RefusedError
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.field_diff import impact_of, lost_changes
from revox_sync.sync.comparing.fingerprint import fingerprint
from revox_sync.sync.comparing.three_way import Touched, touched
from revox_sync.sync.model.lock import LockEntry
from revox_sync.sync.model.plan import Action, Change, Orphan, Plan, PlanOptions, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.planning.shown_change import deleted_value
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.remote_state.match import MatchKind
from revox_sync.values.address import Selection, as_arguments, naming
from revox_sync.values.did_you_mean import nearest
from revox_sync.values.pointer import Pointer, Value, dotted

_ALIKE: Final = 0.8  # share of common words from which two prompts are probably one that was edited
_MOST_NAMED: Final = 8  # a message about too many assistants names so many


@dataclass(frozen=True, slots=True)
class Prune:
    """What is planned for the lock entries without a file.

    Attributes:
        left: entries that stay as they are.
        dropped: addresses of entries whose assistant is gone, too; they leave the lock.
    """

    deletes: list[Change]
    refused: list[Refusal]
    left: list[Orphan]
    dropped: list[str]


class OverLimitError(RefusedError):
    """The plan would delete more assistants, or create more again, than it may.

    Attributes:
        plan: that plan, for whoever has to decide; it must not be applied.
    """

    def __init__(self, refusal: RefusedError, plan: Plan) -> None:
        super().__init__(refusal.message, hint=refusal.hint)
        self.plan = replace(plan, notes=(f"{refusal.message}; nothing of this plan can be applied", *plan.notes))


def plan_orphans(state: State, options: PlanOptions, safety: SafetyOptions, selection: Selection) -> Prune:
    """What is to become of every lock entry without a file.

    Args:
        selection: what the command line means; nothing is said of other entries.
    """
    # Orphans are in every plan of the whole project, so that one that is kept is never forgotten.
    prune = Prune([], [], [], [])
    for address in state.matches.orphaned:
        entry, remote = state.lock.entries[address], state.orphans.get(address)
        orphan = Orphan(address, remote.name if remote else entry.name, entry.id)
        if not selection.has(address):
            continue
        if not options.prune:
            prune.left.append(orphan)
        elif address in state.unknown:
            prune.refused.append(Refusal(address, orphan.name, state.unknown[address].reason))
        elif remote is None:
            prune.dropped.append(address)
        elif reason := _why_not(address, state, safety):
            prune.refused.append(Refusal(address, orphan.name, reason))
        else:
            prune.deletes.append(_delete(orphan, remote, entry))
    return prune


def _why_not(address: str, state: State, safety: SafetyOptions) -> str | None:
    """Why an assistant must not be deleted; None where it may be."""
    pattern = naming(address, safety.protect)
    if pattern is not None:
        return (
            f"its file is gone, but `safety.protect` in revox-sync.yaml keeps it from being deleted (`{pattern}`); "
            f"bring the file back, change that list, or `revox-sync forget {as_arguments(address)}`"
        )
    # A file whose name cannot be read may be the new place of any entry: then nothing is gone for certain.
    if state.unread:
        files = _listed(state.unread)
        return f"its file is gone, or it is one of those whose name cannot be read ({files}); mend them first"
    return None


def _delete(orphan: Orphan, remote: Remote, entry: LockEntry) -> Change:
    node, lost = assistant_node(), deleted_value(remote.value, entry)
    return Change(
        address=orphan.address,
        name=orphan.name,
        id=orphan.id,
        action=Action.DELETE,
        # Whatever it did for callers, it does no longer.
        impact=impact_of(lost),
        reason=_deleted_because(remote, entry),
        fields=tuple(lost_changes(remote.value, entry, node)),
        before=lost,
        fingerprint=fingerprint(remote.value, {}, node),
    )


def _deleted_because(remote: Remote, entry: LockEntry) -> str:
    changed = touched(remote.value, entry, assistant_node())
    if changed.edited:
        return "its file is gone; it was edited outside since it was last applied"
    return "its file is gone; it may have been edited outside" if changed.unseen else "its file is gone"


def why_not_allowed(deletes: Sequence[str], recreated: Sequence[str], limit: int) -> RefusedError | None:
    """What is wrong with a plan that deletes more assistants, or creates more again, than it may; None for another.

    Args:
        deletes: addresses of the assistants that would be deleted.
        recreated: addresses of those that would be created again.
        limit: most of both together.
    """
    number = len(deletes) + len(recreated)
    if number <= limit:
        return None
    would = [f"delete {len(deletes)} ({_listed(deletes)})"] if deletes else []
    would += [f"create {len(recreated)} again ({_listed(recreated)})"] if recreated else []
    total = f", {number} in all" if deletes and recreated else ""
    return RefusedError(
        f"over the safety limit: the plan would {' and '.join(would)}{total}; the limit is {limit}",
        hint=f"`--max-deletes {number}` allows it this time, `safety.max_deletes` in revox-sync.yaml always",
    )


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    named = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
    return f"{named} and {more} more" if more > 0 else named


def orphan_notes(desired: Sequence[Desired], state: State, prune: Prune) -> Iterator[str]:
    """What a reader should know of lock entries without a file, and of files that may be theirs."""
    new = {match.address for match in state.matches.matches if match.kind is MatchKind.CREATE}
    yield from _renamed_notes([assistant for assistant in desired if assistant.address in new], state)
    yield from _replaced_notes(desired, state)
    mentioned = {orphan.address for orphan in prune.left} | {change.address for change in prune.deletes}
    for address in state.matches.orphaned:
        remote = state.orphans.get(address)
        if remote is not None and address in mentioned:
            yield from _touched_notes(address, touched(remote.value, state.lock.entries[address], assistant_node()))
    for address in prune.dropped:
        id_ = state.lock.entries[address].id
        yield f"{address}: its file is gone, and so is {id_} on the server; only the lock changes"


def _touched_notes(address: str, changed: Touched) -> Iterator[str]:
    """What would be lost with an assistant besides what was last applied: without a file nothing else shows it."""
    if changed.edited:
        yield f"{address}: it has no file, and was edited outside since it was last applied: {_paths(changed.edited)}"
    if changed.unseen:
        yield (
            f"{address}: it has no file, and {_paths(changed.unseen)}: sent by an apply, but nobody has seen it "
            "arrive. The server's value may be an edit made since, or what the server made of ours"
        )


def _paths(pointers: Sequence[Pointer]) -> str:
    return _listed([dotted(pointer) for pointer in pointers])


def _renamed_notes(created: Sequence[Desired], state: State) -> Iterator[str]:
    """A note for each new file that may be an orphan's, moved and renamed at once.

    Nobody can tell that from one assistant less and another more, so it is said only where name or prompt are alike.
    """
    orphans = {address: state.orphans[address] for address in state.matches.orphaned if address in state.orphans}
    prompts = {address: _words(remote.value.get("prompt")) for address, remote in orphans.items()}
    for desired in created:
        words = _words(desired.declared.get("prompt"))
        for address, remote in orphans.items():
            entry = state.lock.entries[address]
            if _alike(words, prompts[address]) or nearest(desired.name, {entry.name, remote.name}) is not None:
                yield (
                    f"{desired.address} is new and {address} has no file any more: if it is the same assistant, "
                    f"moved and renamed, `revox-sync import {as_arguments(desired.address, entry.id)}` keeps it"
                )


def _words(prompt: Value) -> Counter[str]:
    return Counter(prompt.split()) if isinstance(prompt, str) else Counter()


def _alike(words: Counter[str], others: Counter[str]) -> bool:
    """Whether two prompts have most of their words in common, in whatever order."""
    return bool(words) and 2 * (words & others).total() >= _ALIKE * (words.total() + others.total())


def _replaced_notes(desired: Sequence[Desired], state: State) -> Iterator[str]:
    """A note for each file whose name the lock holds for another address, where the file has another name now.

    The address counts: the assistant there becomes what the file says. Whoever moved a file and put another one in its
    place meant it otherwise.
    """
    names = {assistant.address: assistant.name for assistant in desired}
    former = {entry.name: address for address, entry in state.lock.entries.items()}
    for address, name in names.items():
        old = former.get(name, address)
        if names.get(old, name) != name:
            id_ = state.lock.entries[old].id
            yield (
                f"{address} has the name that the lock holds for {old}: if that file has moved, "
                f"`revox-sync forget {as_arguments(old)}` and `revox-sync import {as_arguments(address, id_)}` "
                "let the assistant go with it"
            )
