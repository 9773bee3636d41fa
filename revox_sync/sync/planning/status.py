"""Where every assistant stands: the plan read the other way round, so that both always say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from revox_sync.contract.fields import assistant_node
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.comparing.server_appended import server_entries
from revox_sync.sync.model.plan import Action, Blocked, Change, FieldChange, Orphan, Plan, Refusal
from revox_sync.sync.model.remote import Remote
from revox_sync.sync.model.status import AssistantStatus, Standing, Status, Unmanaged
from revox_sync.sync.remote_state.match import Match, Matches, MatchKind


def make_status(
    plan: Plan,
    desired: Sequence[Desired],
    matches: Matches,
    unmanaged: Iterable[Remote] = (),
) -> Status:
    """What a plan with default options says about every assistant.

    Args:
        desired: the files the plan was made for.
        matches: their remote assistants.
        unmanaged: remote assistants that no file means and no lock holds.
    """
    counts = _appended_counts(desired, matches)
    found = [*_planned(plan, counts), *_refused(plan.refused, matches), *_orphans(plan.orphaned)]
    return Status(
        environment=plan.environment,
        assistants=tuple(sorted(found, key=lambda status: status.address)),
        unmanaged=tuple(Unmanaged(remote.id, remote.name) for remote in unmanaged),
        notes=plan.notes,
        base_url=plan.base_url,
        organization_id=plan.organization_id,
    )


def _planned(plan: Plan, counts: Mapping[str, int]) -> Iterator[AssistantStatus]:
    for change in plan.changes:
        yield _changing(change, counts.get(change.address, 0))
    for blocked in plan.drift:
        yield _edited_outside(blocked, Standing.DRIFT, counts.get(blocked.address, 0))
    for blocked in plan.conflicts:
        yield _edited_outside(blocked, Standing.CONFLICT, counts.get(blocked.address, 0))


def _changing(change: Change, appended: int) -> AssistantStatus:
    if change.action is Action.CREATE:
        return AssistantStatus(change.address, change.name, None, Standing.NEW)
    if change.action is Action.NOOP:  # a note says why the lock would change all the same
        return AssistantStatus(change.address, change.name, change.id, Standing.IN_SYNC, grown=appended)
    return AssistantStatus(
        address=change.address,
        name=change.name,
        id=change.id,
        state=Standing.LOCAL_CHANGE,
        fields=_paths(change.fields),
        grown=appended,
        reason=change.reason,
    )


def _edited_outside(blocked: Blocked, state: Standing, appended: int) -> AssistantStatus:
    return AssistantStatus(
        address=blocked.address,
        name=blocked.name,
        id=blocked.id,
        state=state,
        fields=_paths(blocked.fields),
        grown=appended,
        local=_paths(blocked.local),
    )


def _paths(fields: Iterable[FieldChange]) -> tuple[str, ...]:
    """The path of each field once."""
    return tuple(dict.fromkeys(field.path for field in fields))


def _refused(refusals: Sequence[Refusal], matches: Matches) -> Iterator[AssistantStatus]:
    found = {match.address: match for match in matches.matches}
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


def _orphans(orphans: Iterable[Orphan]) -> Iterator[AssistantStatus]:
    for orphan in orphans:
        yield AssistantStatus(orphan.address, orphan.name, orphan.id, Standing.ORPHANED)


def _appended_counts(desired: Sequence[Desired], matches: Matches) -> dict[str, int]:
    """How many entries the server has appended, by address."""
    remotes, known = {match.address: match.remote for match in matches.matches}, assistant_node().properties
    return {
        assistant.address: sum(
            len(server_entries(value, remote.value.get(key), known.get(key)))
            for key, value in assistant.declared.items()
        )
        for assistant in desired
        if (remote := remotes.get(assistant.address))
    }
