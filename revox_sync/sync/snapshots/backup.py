"""Backups: what apply is about to touch, saved before the first write (docs/design.md, "Backup")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

from revox_sync.errors import RefusedError, RevoxSyncError
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action, Plan
from revox_sync.sync.remote_state.reader import FETCHERS, Reader, fetch_all
from revox_sync.sync.snapshots.redact import Confidential
from revox_sync.sync.snapshots.snapshot import Captured, Snapshot, dump_snapshot, load_snapshot, save_snapshot
from revox_sync.sync.state.lock_file import write_gitignore
from revox_sync.values.pointer import Value

FOLDER: Final = "backup"
"""Folder below `.revox`."""
KEPT: Final = 10
FOR_ITS_OWNER: Final = 0o700


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A remote object about to be touched.

    Attributes:
        whole: whether it was fetched by id; the list leaves fields out.
    """

    value: Mapping[str, Value]
    whole: bool


def collect(
    reader: Reader, plan: Plan, known: Mapping[str, Mapping[str, Value]], *, parallelism: int = FETCHERS
) -> dict[str, BackedUp]:
    """The remote objects, by id, that a plan would update or delete; those already gone are left out.

    An object that the plan was made from does for an update: another one would not be fresh, and is not touched.
    Everything else is fetched: all of a saved plan, and what is deleted, which must come back whole.

    Args:
        known: objects the plan was made from, by id; empty for a saved plan.
        parallelism: requests at once.

    Raises RemoteError where one of them cannot be fetched; nothing has been written then.
    """
    touched = {each.id: each.action for each in plan.pending if each.id is not None}
    wanted = [key for key, action in touched.items() if action is Action.DELETE or key not in known]
    held = {key: BackedUp(known[key], whole=False) for key in touched if key not in wanted}
    if wanted:
        answers = fetch_all(reader, wanted, parallelism=parallelism)
        held |= {key: BackedUp(each, whole=True) for key, each in answers.items() if each is not None}
    return held


def write_backup(folder: Path, plan: Plan, held: Mapping[str, BackedUp], lock: Lock, taken_at: str) -> Path | None:
    """Save what is about to be touched, without its secrets, and return the file; None where nothing is.

    The newest ten of an environment are kept. Other files of the folder are left alone.

    Args:
        folder: `.revox/backup` of the project.
        held: see `collect`.
        lock: the lock in force; it knows what was a secret when it was last applied.
        taken_at: time stamp in UTC, `2026-11-22T16:05:00Z`.

    Raises RefusedError where the disk refuses, or the folder is a link: nothing may be sent then.
    """
    if not held:
        return None
    snapshot = _snapshot(plan, held, lock, taken_at)
    try:
        newest = max(_backups(_private(folder), plan.environment), key=_age, default=None)
        if newest is not None and _holds(newest, snapshot):
            return newest  # applies that write nothing must not push out the backups of those that did
        path = _free_path(folder, plan.environment, taken_at)
        save_snapshot(path, dump_snapshot(snapshot))
    except OSError as error:
        raise RefusedError(f"the backup cannot be written: {error.strerror}; nothing was sent") from None
    _forget_old(folder, plan.environment)
    return path


def _snapshot(plan: Plan, held: Mapping[str, BackedUp], lock: Lock, taken_at: str) -> Snapshot:
    touched = [(each, held[str(each.id)]) for each in plan.pending if each.id in held]
    former = {each.address: lock.entries.get(each.previous_address or each.address) for each, _ in touched}
    confidential = Confidential(
        declared={each.address: each.declared for each in plan.changes},
        entries={address: entry for address, entry in former.items() if entry is not None},
    )
    strings = confidential.strings()
    return Snapshot(
        environment=plan.environment,
        base_url=plan.base_url,
        organization_id=plan.organization_id,
        taken_at=taken_at,
        complete=False,
        assistants=tuple(
            Captured(change.address, one.whole, confidential.bare(one.value, change.address, strings))
            for change, one in touched
        ),
    )


def _holds(path: Path, snapshot: Snapshot) -> bool:
    """Whether a backup is the same but for its time."""
    try:
        known = load_snapshot(path.read_text("utf-8"), str(path))
    except (RevoxSyncError, ValueError):
        return False
    return dump_snapshot(replace(known, taken_at=snapshot.taken_at)) == dump_snapshot(snapshot)


def _private(folder: Path) -> Path:
    if folder.is_symlink():
        hint = "remove the link: backups stay in the project"
        raise RefusedError(f"the backup cannot be written: `{folder.name}` is a link; nothing was sent", hint=hint)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_gitignore(folder)
    folder.mkdir(mode=FOR_ITS_OWNER, exist_ok=True)
    return folder


def _free_path(folder: Path, environment: str, taken_at: str) -> Path:
    """A name no file has: two applies may fall into one second."""
    stem = f"{environment}-{taken_at.replace('-', '').replace(':', '')}"
    names = (f"{stem}.json" if number == 1 else f"{stem}-{number}.json" for number in count(1))
    return next(path for path in map(folder.joinpath, names) if not path.exists())


def _forget_old(folder: Path, environment: str) -> None:
    for path in sorted(_backups(folder, environment), key=_age)[:-KEPT]:
        with suppress(OSError):  # one backup too many harms nobody
            path.unlink()


NAME: Final = re.compile(r"(?P<environment>.+)-(?P<time>\d{8}T\d{6}Z)(?:-(?P<number>\d+))?\.json")


def _backups(folder: Path, environment: str) -> Iterator[Path]:
    for path in folder.iterdir():
        found = NAME.fullmatch(path.name)
        if found and found["environment"] == environment and path.is_file() and not path.is_symlink():
            yield path


def _age(path: Path) -> tuple[str, int]:
    found = NAME.fullmatch(path.name)
    return (found["time"], int(found["number"] or 1)) if found else ("", 0)
