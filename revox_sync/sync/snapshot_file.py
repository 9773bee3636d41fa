"""Writes snapshots: for their owner's eyes, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from revox_sync.sync.lock import sync_folder

FOR_ITS_OWNER: Final = 0o600


def save_snapshot(path: Path, text: str) -> None:
    """Replace the file at a path, readable by its owner only; it is on disk when this returns. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.unlink(missing_ok=True)
    try:
        # Made with its final mode: a file that is narrowed later was open to everybody for a moment.
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_ITS_OWNER)
        with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
