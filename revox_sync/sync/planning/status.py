"""Where every assistant stands: the plan read the other way round, so that both always say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.server_appended import server_entries
from revox_sync.sync.model.plan import Action, Blocked, Change, Orphan, Plan, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.model.status import AssistantStatus, Standing, Status, Unmanaged
from revox_sync.sync.remote_state.match import Match, Matches, MatchKind
from revox_sync.values.address import naming


def make_status(
    plan: Plan,
    desired: Sequence[Desired],
    matches: Matches,
    unmanaged: Iterable[Remote] = (),
    addresses: Sequence[str] = (),
) -> Status:
    """What a plan with default options says about every assistant.

    Args:
        desired: the files the plan was made for.
        matches: their remote assistants.
        unmanaged: remote assistants that no file means and no lock holds.
        addresses: the command line's addresses and globs: orphans they do not name are left out.
    """
    counts = _grown(desired, matches)
    found = [*_planned(plan, counts), *_refused(plan.refused, matches), *_orphans(plan.orphaned, addresses)]
    return Status(
        environment=plan.environment,
        assistants=tuple(sorted(found, key=lambda each: each.address)),
        unmanaged=tuple(Unmanaged(each.id, each.name) for each in unmanaged),
        notes=plan.notes,
    )


def _planned(plan: Plan, counts: Mapping[str, int]) -> Iterator[AssistantStatus]:
    for change in plan.changes:
        yield _changing(change, counts.get(change.address, 0))
    for blocked in plan.drift:
        yield _edited_outside(blocked, Standing.DRIFT, counts.get(blocked.address, 0))
    for blocked in plan.conflicts:
        yield _edited_outside(blocked, Standing.CONFLICT, counts.get(blocked.address, 0))


def _changing(change: Change, grown_entries: int) -> AssistantStatus:
    if change.action is Action.CREATE:
        return AssistantStatus(change.address, change.name, None, Standing.NEW)
    if change.action is Action.NOOP:  # a note says why the lock would change all the same
        return AssistantStatus(change.address, change.name, change.id, Standing.IN_SYNC, grown=grown_entries)
    paths = tuple(dict.fromkeys(each.path for each in change.fields))
    return AssistantStatus(
        change.address, change.name, change.id, Standing.LOCAL_CHANGE, paths, grown_entries, change.reason
    )


def _edited_outside(blocked: Blocked, state: Standing, grown_entries: int) -> AssistantStatus:
    paths = tuple(dict.fromkeys(each.path for each in blocked.fields))
    return AssistantStatus(blocked.address, blocked.name, blocked.id, state, paths, grown_entries)


def _refused(refusals: Sequence[Refusal], matches: Matches) -> Iterator[AssistantStatus]:
    found = {each.address: each for each in matches.matches}
    for refusal in refusals:
        state, id_ = _why(found.get(refusal.address))
        yield AssistantStatus(refusal.address, refusal.name, id_, state, reason=refusal.reason)


def _why(match: Match | None) -> tuple[Standing, str | None]:
    if match is None:
        return Standing.BLOCKED, None
    if match.kind is MatchKind.AMBIGUOUS:
        return Standing.AMBIGUOUS, None
    if match.kind is MatchKind.MISSING:
        return Standing.MISSING, match.entry.id if match.entry else None
    return Standing.BLOCKED, match.remote.id if match.remote else None


def _orphans(orphans: Iterable[Orphan], addresses: Sequence[str]) -> Iterator[AssistantStatus]:
    for each in orphans:
        if not addresses or naming(each.address, addresses) is not None:
            yield AssistantStatus(each.address, each.name, each.id, Standing.ORPHANED)


def _grown(desired: Sequence[Desired], matches: Matches) -> dict[str, int]:
    """Server-grown entries by address, where there are any."""
    remotes = {each.address: each.remote for each in matches.matches if each.remote}
    counts = {each.address: _grown_entries(each, remotes[each.address]) for each in desired if each.address in remotes}
    return {address: number for address, number in counts.items() if number}


def _grown_entries(desired: Desired, remote: Remote) -> int:
    node = assistant_node()
    return sum(
        len(server_entries(value, remote.value.get(key), node.child(key))) for key, value in desired.declared.items()
    )
