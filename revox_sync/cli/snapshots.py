"""Plans made from a snapshot, and snapshots taken while one is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any, Final

import click

from revox_sync.cli.emit import read_file
from revox_sync.cli.options import like
from revox_sync.cli.session import Session
from revox_sync.errors import UsageError
from revox_sync.pointer import Value
from revox_sync.sync.desired import Desired
from revox_sync.sync.plan import Plan, PlanOptions
from revox_sync.sync.snapshot import Snapshot, dump_snapshot, load_snapshot, require_same
from revox_sync.sync.snapshot_file import save_snapshot
from revox_sync.sync.snapshot_reading import Recorder, SnapshotReader
from revox_sync.sync.snapshot_secrets import Confidential
from revox_sync.sync.state import State

SUFFIX: Final = ".json"
FILE: Final = click.Path(path_type=Path, dir_okay=False)


def snapshot_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--remote-snapshot` and `--save-snapshot`, of which a command line has one."""

    def call(*, remote_snapshot: Path | None, save_snapshot: Path | None, **arguments: Any) -> Any:
        if remote_snapshot is not None and save_snapshot is not None:
            raise UsageError("--remote-snapshot and --save-snapshot exclude each other", hint="a snapshot is copied")
        if save_snapshot is not None and save_snapshot.suffix != SUFFIX:
            hint = f"--save-snapshot {save_snapshot.name}{SUFFIX}"
            raise UsageError(f"`{save_snapshot}`: the name of a snapshot ends in {SUFFIX}", hint=hint)
        return command(remote_snapshot=remote_snapshot, save_snapshot=save_snapshot, **arguments)

    options = (
        click.option("--remote-snapshot", type=FILE, metavar="FILE", help="Plan from a snapshot: no network, no key."),
        click.option(
            "--save-snapshot", type=FILE, metavar="FILE", help="Write what the API answered, secrets removed."
        ),
    )
    return reduce(lambda decorated, option: option(decorated), reversed(options), like(command, call))


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


def fetch(session: Session, target: Path | None, desired: Sequence[Desired], *, prune: bool) -> State:
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
    require_same(snapshot, str(path), session.environment.name, None if both_here else session.endpoint.base_url)
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
