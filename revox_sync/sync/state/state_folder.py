"""The folder of lock, journal and backups: whether it can be used, and is where it seems to be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from revox_sync.config import STATE_FOLDER
from revox_sync.errors import RefusedError

NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
"""Flag with which opening a link fails; Windows has none."""


FACTS: Final = ".server-facts.json"
"""How the name of the file ends in which a probe writes what it has learnt of a server."""


def facts_path(lock_path: Path, environment: str) -> Path:
    """Where the facts of an environment are: beside its lock."""
    return lock_path.with_name(environment + FACTS)


def require_own_folders(path: Path) -> None:
    """Raises RefusedError if `.revox`, or a folder between it and a file in it, is a link or cannot be read.

    A committed link would lead what is written there to any place that its author has chosen.
    """
    inside = [folder for folder in path.parents if STATE_FOLDER in folder.parts]
    for folder in (folder for folder in reversed(inside) if os.path.lexists(folder)):
        require_no_link(folder)
        try:
            with os.scandir(folder) as entries:
                next(entries, None)
        except OSError as error:
            hint = "lock and journal are in it: make it a folder that you may read and write"
            raise RefusedError(f"{folder} cannot be read: {error.strerror}", hint=hint) from None


def require_no_link(path: Path) -> None:
    """Raises RefusedError if there is a link at a path."""
    if path.is_symlink():
        hint = "remove the link: nothing of revox-sync is written through one"
        raise RefusedError(f"{path} is a link; nothing was sent", hint=hint)
