"""The one way to write a file: whole or not at all, whatever happens in between."""

# os, not pathlib: lint writes its cache with this, and is too short to import pathlib.
# ruff: noqa: PTH101, PTH105, PTH108, PTH118, PTH120

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from contextlib import suppress
from typing import Final

NEW_FILE: Final = 0o666
"""Permissions of a new file before the process's mask, as those of `open`."""
OWNER_ONLY: Final = 0o600
_BINARY: Final = getattr(os, "O_BINARY", 0)


def replace_file(
    path: str | os.PathLike[str],
    data: bytes,
    *,
    mode: int | None = None,
    durable: bool = True,
    sync: Callable[[int], None] = os.fsync,
) -> None:
    """Put bytes at a path, so that whoever reads it finds the old file or the new one, never a part.

    A link at the path is replaced, not followed. The folder must exist.

    Args:
        mode: permissions; None: those of the file that is there, else those of any new file.
        durable: whether the new file survives a power cut from when this returns on.
        sync: forces to disk what was written to a descriptor.

    Raises OSError when the system refuses; the old file is then unchanged.
    """
    target = os.fspath(path)
    folder = os.path.dirname(target) or os.curdir
    kept = _mode_of(target) if mode is None else mode
    temporary = os.path.join(folder, temporary_name())
    try:
        write_new(temporary, data, NEW_FILE if kept is None else kept, sync if durable else None)
        if mode is None and kept is not None:
            os.chmod(temporary, kept)  # the process's mask has removed bits that the old file has
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    if durable:
        sync_folder(folder)


def write_new(path: str, data: bytes, mode: int, sync: Callable[[int], None] | None) -> None:
    """Write a file that does not exist yet. Raises OSError; FileExistsError where something has its name."""
    # With its final mode from the start: a secret must not be readable for others even for an instant. `O_EXCL` follows
    # no link either.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode)
    try:
        write_all(descriptor, data)
        if sync is not None:
            sync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes to a descriptor. Raises OSError."""
    while data:  # one call may write a part only
        data = data[os.write(descriptor, data) :]


def temporary_name() -> str:
    """A name that nobody can guess, so that nobody can put a link there first."""
    return f".revox-sync-{os.urandom(8).hex()}.tmp"


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Force a folder's entries to disk: names that were added, replaced or removed. Raises OSError."""
    # A rename survives a power cut only with its folder on disk. Windows cannot open folders, and needs no such call.
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _mode_of(path: str) -> int | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return stat.S_IMODE(status.st_mode) if not stat.S_ISLNK(status.st_mode) else None
