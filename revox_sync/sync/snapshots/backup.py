"""Backups: what apply is about to touch, saved before the first write (docs/design.md, "Backup")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

from revox_sync.errors import RefusedError, RevoxSyncError
from revox_sync.remote.http.adaptive_limit import MOST_AT_ONCE
from revox_sync.sync.model.lock import Lock
from revox_sync.sync.model.plan import Action, Plan
from revox_sync.sync.remote_state.fetch import Reader, fetch_all
from revox_sync.sync.snapshots.redact import SnapshotRedactor
from revox_sync.sync.snapshots.snapshot import Captured, Snapshot, dump_snapshot, load_snapshot, save_snapshot
from revox_sync.sync.state.lock_file import write_gitignore
from revox_sync.sync.state.state_folder import require_no_link, require_own_folders
from revox_sync.values.pointer import Value

BACKUP_FOLDER: Final = "backup"
"""Folder below `.revox`."""
_MOST_BACKUPS: Final = 10
_NAME: Final = re.compile(r"(?P<environment>.+)-(?P<time>\d{8}T\d{6}Z)(?:-(?P<number>\d+))?\.json")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A remote object about to be touched.

    Attributes:
        whole: whether it was fetched by id; the list leaves fields out.
    """

    value: Mapping[str, Value]
    whole: bool


def collect(
    reader: Reader, plan: Plan, known: Mapping[str, Mapping[str, Value]], *, parallelism: int = MOST_AT_ONCE
) -> dict[str, BackedUp]:
    """The remote objects, by id, that a plan would update or delete; those already gone are left out.

    Everything that is deleted is fetched by id, because it must come back whole, and so are all objects of a saved
    plan. For an update the object that the plan was made from is enough: if it is another one by now, apply refuses it.

    Args:
        known: objects the plan was made from, by id; empty for a saved plan.
        parallelism: requests at once.

    Raises RemoteError where one of them cannot be fetched; nothing has been written then.
    """
    touched = {change.id: change.action for change in plan.pending if change.id is not None}
    needed = [key for key, action in touched.items() if action is Action.DELETE or key not in known]
    answers = fetch_all(reader, needed, parallelism=parallelism)
    return {key: BackedUp(known[key], whole=False) for key in touched if key not in needed} | {
        key: BackedUp(answer, whole=True) for key, answer in answers.items() if answer is not None
    }


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
        _make_private(folder)
        backups = _backups(folder, plan.environment, taken_at)
        if backups and _holds(backups[-1], snapshot):
            # Applies that fail again and again must not push out the backups of those that worked.
            return backups[-1]
        path = _free_path(folder, plan.environment, taken_at)
        save_snapshot(path, dump_snapshot(snapshot))
    except OSError as error:
        raise RefusedError(f"the backup cannot be written: {error.strerror}; nothing was sent") from None
    for old in [*backups, path][:-_MOST_BACKUPS]:
        with suppress(OSError):  # one backup too many harms nobody
            old.unlink()
    return path


def _snapshot(plan: Plan, held: Mapping[str, BackedUp], lock: Lock, taken_at: str) -> Snapshot:
    touched = [change for change in plan.pending if change.id in held]
    former = {change.address: lock.entries.get(change.previous_address or change.address) for change in touched}
    redactor = SnapshotRedactor(
        declared={change.address: change.declared for change in plan.changes},
        entries={address: entry for address, entry in former.items() if entry is not None},
    )
    return Snapshot(
        environment=plan.environment,
        base_url=plan.base_url,
        organization_id=plan.organization_id,
        taken_at=taken_at,
        complete=False,
        assistants=tuple(
            Captured(
                change.address,
                held[str(change.id)].whole,
                redactor.redacted(held[str(change.id)].value, change.address),
            )
            for change in touched
        ),
    )


def _holds(path: Path, snapshot: Snapshot) -> bool:
    """Whether a backup is the same but for its time."""
    try:
        known = load_snapshot(path.read_text("utf-8"), str(path))
    except (RevoxSyncError, ValueError):
        return False
    return dump_snapshot(replace(known, taken_at=snapshot.taken_at)) == dump_snapshot(snapshot)


def _make_private(folder: Path) -> None:
    # A link could lead the backup to where others read it, or out of the project.
    require_own_folders(folder)
    require_no_link(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_gitignore(folder)
    # Prompts and phone numbers are nobody else's business on a shared machine.
    folder.mkdir(mode=0o700, exist_ok=True)


def _free_path(folder: Path, environment: str, taken_at: str) -> Path:
    """A name no file has: two applies may fall into one second."""
    stem = f"{environment}-{_compact(taken_at)}"
    names = (f"{stem}.json" if number == 1 else f"{stem}-{number}.json" for number in count(1))
    return next(path for path in map(folder.joinpath, names) if not path.exists())


def _compact(taken_at: str) -> str:
    return taken_at.replace("-", "").replace(":", "")


def _backups(folder: Path, environment: str, now: str) -> list[Path]:
    """The backups of an environment, oldest first; what is dated in the future comes from a wrong clock and goes first.

    Args:
        now: time stamp as in the snapshot.
    """
    today = _compact(now)
    found = []
    for path in folder.iterdir():
        name = _NAME.fullmatch(path.name)
        if name and name["environment"] == environment and path.is_file() and not path.is_symlink():
            found.append((name["time"] <= today, name["time"], int(name["number"] or 1), path))
    return [path for *_, path in sorted(found)]
