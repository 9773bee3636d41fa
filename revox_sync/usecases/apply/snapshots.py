"""Plans made from a snapshot, and snapshots taken while one is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from revox_sync.errors import UsageError
from revox_sync.source.files.text_file import read_file
from revox_sync.sync.comparing.desired import Desired
from revox_sync.sync.model.plan import Plan, PlanOptions
from revox_sync.sync.remote_state.fetch import State
from revox_sync.sync.snapshots.reader import Recorder, SnapshotReader
from revox_sync.sync.snapshots.redact import Confidential
from revox_sync.sync.snapshots.snapshot import Snapshot, dump_snapshot, load_snapshot, require_same_api, save_snapshot
from revox_sync.usecases.apply.session import Session
from revox_sync.values.pointer import Value


def plan_from(
    session: Session, path: Path, desired: Sequence[Desired], options: PlanOptions, addresses: Sequence[str]
) -> Plan:
    """What apply would do if the API still held what a snapshot holds; nobody is asked.

    An apply that did not end is left for whoever may ask the API.

    Raises:
        UsageError: the file is no snapshot.
        RefusedError: it is one of another environment or API, or does not know something the plan needs.
    """
    snapshot = open_snapshot(session, path)
    state = session.seen(SnapshotReader(snapshot, str(path)), desired, session.load_lock(), prune=options.prune)
    plan = session.plan(desired, state, options, addresses)
    note = f"made from the snapshot taken at {snapshot.taken_at}; the API was not asked"
    return replace(plan, notes=(note, *plan.notes))


def fetch_and_save(session: Session, target: Path | None, desired: Sequence[Desired], *, prune: bool) -> State:
    """What the API holds, saved as a snapshot where a file is named. Raises UsageError where that cannot be written."""
    with session.client() as client:
        if target is None:
            return session.state(client, desired, prune=prune)
        recalled, recorder = session.recall(client), Recorder(client)
        state = replace(session.seen(recorder, desired, recalled.lock, prune=prune), unknown=recalled.unknown)
    save(target, _taken(session, recorder, state))
    return state


def open_snapshot(session: Session, path: Path) -> Snapshot:
    """The snapshot in a file, which is one of the session's environment.

    An API on this machine changes its port as it likes. Raises UsageError, and RefusedError for another environment.
    """
    snapshot = load_snapshot(read_file(path), str(path))
    both_here = session.endpoint.is_loopback and replace(session.endpoint, base_url=snapshot.base_url).is_loopback
    require_same_api(snapshot, str(path), session.environment.name, None if both_here else session.endpoint.base_url)
    return snapshot


def file_values(session: Session) -> dict[str, Mapping[str, Value]]:
    """The values of all files by address, broken ones as far as they go: they say what is a secret."""
    loaded = {each.address: session.workspace.load(each, session.environment).value for each in session.workspace.files}
    return {address: value for address, value in loaded.items() if isinstance(value, dict)}


def utc_now() -> str:
    """The time stamp of a snapshot taken now."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def save(path: Path, snapshot: Snapshot) -> None:
    """Write a snapshot. Raises UsageError where that does not work."""
    try:
        save_snapshot(path, dump_snapshot(snapshot))
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from None


def _taken(session: Session, recorder: Recorder, state: State) -> Snapshot:
    matched = {each.remote.id: each.address for each in state.matches.matches if each.remote is not None}
    return recorder.snapshot(
        environment=session.environment.name,
        base_url=session.endpoint.base_url,
        taken_at=utc_now(),
        addresses={entry.id: address for address, entry in state.lock.entries.items()} | matched,
        confidential=Confidential(file_values(session), state.lock.entries),
    )
