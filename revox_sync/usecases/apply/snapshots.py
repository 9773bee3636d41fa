"""Plans made from snapshots: of what apply would do then, or of the way back to one. And snapshots taken for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from revox_sync.errors import UsageError
from revox_sync.remote.http.endpoint import names_this_machine
from revox_sync.source.files.text_files import read_file
from revox_sync.sync.applying.recovery import Replayed, without_unknown
from revox_sync.sync.comparing.desired import Desired, require_variables
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.snapshots.reader import Recorder, SnapshotReader
from revox_sync.sync.snapshots.redact import SnapshotRedactor
from revox_sync.sync.snapshots.restore import (
    addresses_with_secrets,
    by_address,
    chosen_assistants,
    fetch_present,
    make_restore_plan,
)
from revox_sync.sync.snapshots.snapshot import (
    Snapshot,
    dump_snapshot,
    load_snapshot,
    require_organization,
    require_same_api,
    save_snapshot,
)
from revox_sync.usecases.apply.elsewhere import refuse_theirs
from revox_sync.usecases.apply.session import Session
from revox_sync.values.address import Selection
from revox_sync.values.pointer import Value


def plan_from_snapshot(
    session: Session, path: Path, desired: Sequence[Desired], options: PlanOptions, selection: Selection
) -> Plan:
    """What apply would do if the API still held what a snapshot holds; the API is not asked.

    Raises:
        UsageError: the file is no snapshot.
        RefusedError: it is one of another environment or API, or does not know something the plan needs.
    """
    snapshot = _open_snapshot(session, path)
    # The journal of an apply that did not end is left alone: only the API can say what became of it.
    recalled = Replayed(session.load_lock())
    state = session.state_from(SnapshotReader(snapshot, str(path)), desired, recalled, prune=options.prune)
    plan = session.plan(desired, state, options, selection)
    note = f"made from the snapshot taken at {snapshot.taken_at}; the API was not asked"
    return replace(plan, notes=(note, *plan.notes))


def fetch_and_save(session: Session, target: Path | None, desired: Sequence[Desired], *, prune: bool) -> State:
    """What the API holds, saved as a snapshot if a file is named. Raises UsageError if the file cannot be written."""
    with session.client() as client:
        if target is None:
            return session.state(client, desired, prune=prune)
        recalled, recorder = session.recall(client), Recorder(client)
        state = session.state_from(recorder, desired, recalled, prune=prune)
    matched = {match.remote.id: match.address for match in state.matches.matches if match.remote is not None}
    snapshot = recorder.snapshot(
        environment=session.environment.name,
        base_url=session.endpoint.shown,
        taken_at=utc_now(),
        addresses={entry.id: address for address, entry in state.lock.entries.items()} | matched,
        redactor=SnapshotRedactor(_file_values(session), state.lock.entries),
    )
    try:
        save_snapshot(target, dump_snapshot(snapshot))
    except OSError as error:
        raise UsageError(f"cannot write `{target}`: {error.strerror}") from None
    return state


def plan_restore(session: Session, path: Path, addresses: Sequence[str]) -> Plan:
    """The plan that brings back the assistants of a snapshot that addresses or globs name; all without any.

    Raises:
        UsageError: the file is no snapshot, or an address names nothing in it.
        RefusedError: it is one of another environment, API or organisation.
        BrokenFilesError: a file that has to give a secret has errors.
    """
    snapshot = _open_snapshot(session, path)
    with session.client() as client, session.settings.during("reading assistants"):
        recalled = session.recall(client)
        wanted = chosen_assistants(by_address(snapshot, recalled.lock), addresses)
        present = fetch_present(client, wanted, recalled.lock)
    require_organization(snapshot, str(path), (present.organization_id, recalled.lock.organization_id))
    # Only their files have the secrets: these must have no errors, and the variables that they name must be set.
    bearers = addresses_with_secrets(wanted)
    files = [file for file in session.workspace.files if file.address in bearers]
    desired = session.desired(files) if files else []
    require_variables(desired)
    secret_values = {wish.address: wish.declared for wish in desired}
    plan = make_restore_plan(
        snapshot=snapshot,
        wanted=wanted,
        present=present,
        declared=_file_values(session) | secret_values,
        lock=recalled.lock,
    )
    return without_unknown(refuse_theirs(plan, recalled.lock, lambda: session.others), recalled.unknown)


def utc_now() -> str:
    """The time stamp of a snapshot taken now."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _open_snapshot(session: Session, path: Path) -> Snapshot:
    """The snapshot in a file. Raises UsageError, and RefusedError if it is one of another environment or API."""
    snapshot = load_snapshot(read_file(path), str(path))
    # The port of an API on this machine changes from run to run, so two such URLs count as the same.
    endpoint = session.endpoint
    both_here = endpoint.is_loopback and names_this_machine(snapshot.base_url)
    same = both_here or endpoint.is_called(snapshot.base_url)
    require_same_api(snapshot, str(path), session.environment.name, None if same else endpoint.shown)
    return snapshot


def _file_values(session: Session) -> dict[str, Mapping[str, Value]]:
    """The values of all files by address, as far as they can be read: they say which values are secrets."""
    values = {file.address: session.workspace.load(file, session.environment).value for file in session.workspace.files}
    return {address: value for address, value in values.items() if isinstance(value, dict)}
