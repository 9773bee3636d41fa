"""The one way in which files are written: whole or not at all, whatever happens in between."""

# os, not pathlib: lint writes its cache with this and does without the rest.
# ruff: noqa: PTH105, PTH108, PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Final

NEW_FILE: Final = 0o666
"""Mode of a new file before the process's mask, as `open` has it."""
OWNER_ONLY: Final = 0o600
# Absent on Windows, where a name with 64 random bits is all that stands against a link in the way.
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)


def replace_file(
    path: str | os.PathLike[str],
    data: bytes,
    *,
    mode: int | None = None,
    durable: bool = True,
    sync: Callable[[int], None] = os.fsync,
) -> None:
    """Put bytes at a path: whoever reads it at any instant finds the old file or the new one, whole.

    A link at the path is replaced, never followed. The folder must exist.

    Args:
        mode: permissions of the file; None: those of the file that is there, else those of any new file.
        durable: whether the file survives a power cut once this returns. Without it the file may be the old one again.
        sync: puts what was written to a descriptor on disk.

    Raises OSError when the system refuses; the old file is then as it was.
    """
    target = os.fspath(path)
    folder = os.path.dirname(target) or os.curdir
    kept = _mode_of(target) if mode is None else mode
    temporary = os.path.join(folder, temporary_name())
    try:
        write_new(temporary, data, NEW_FILE if kept is None else kept, sync if durable else None)
        if mode is None and kept is not None:
            _set_mode(temporary, kept)  # the mask has taken bits that the old file has
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    if durable:
        sync_folder(folder)


def write_new(path: str, data: bytes, mode: int, sync: Callable[[int], None] | None) -> None:
    """Write a file that does not exist yet, with its final mode from the start. Raises OSError; FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | _BINARY, mode)
    try:
        write_all(descriptor, data)
        if sync is not None:
            sync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes, in as many calls as the system needs. Raises OSError."""
    while data:
        data = data[os.write(descriptor, data) :]


def temporary_name() -> str:
    """A name that nobody can guess, so that nobody can put a link there first; git-ignored in `.revox`."""
    return f".revox-sync-{os.urandom(8).hex()}.tmp"


def sync_folder(folder: str | os.PathLike[str]) -> None:
    """Put a folder's entries on disk: names that were added, replaced or removed. Raises OSError."""
    # A rename survives a power cut only once its folder is on disk; Windows cannot open folders and needs no such call.
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
    return status.st_mode & 0o7777 if not _is_link(status.st_mode) else None


def _is_link(mode: int) -> bool:
    return (mode & 0o170000) == 0o120000


def _set_mode(path: str, mode: int) -> None:
    if os.name == "posix":
        os.chmod(path, mode)  # noqa: PTH101 - no pathlib here
