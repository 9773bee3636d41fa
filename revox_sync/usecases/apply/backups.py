"""The backup that every apply begins with."""

from __future__ import annotations

import os
from pathlib import Path

from revox_sync.config import STATE_FOLDER
from revox_sync.remote.client import Client
from revox_sync.sync.snapshots.backup import FOLDER, collect, write_backup
from revox_sync.usecases.apply.approval import Ready
from revox_sync.usecases.apply.session import Session
from revox_sync.usecases.apply.snapshots import utc_now
from revox_sync.usecases.project.settings import say


def back_up(session: Session, client: Client, ready: Ready, parallelism: int) -> None:
    """Save the remote assistants that are about to change or go, and say where.

    Raises:
        RemoteError: one of them cannot be fetched.
        RefusedError: the disk refuses.
    """
    held = collect(client, ready.plan, ready.known, parallelism=parallelism)
    path = write_backup(session.root / STATE_FOLDER / FOLDER, ready.plan, held, ready.lock, utc_now())
    if path is not None and session.settings.verbosity >= 0:
        chosen = f" -e {session.settings.environment}" if session.settings.environment else ""
        say(
            f"Backup written: {path.relative_to(session.root)} "
            f"(`revox-sync restore {_from_here(path)}{chosen}` plans the way back)"
        )


def _from_here(path: Path) -> str:
    """The path as somebody in the current folder writes it."""
    return min(os.path.relpath(path), str(path), key=len)
