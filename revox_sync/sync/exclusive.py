"""One apply per environment at a time on one machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from revox_sync.errors import RefusedError
from revox_sync.sync.lock import write_gitignore


@contextmanager
def exclusive(path: Path, environment: str) -> Iterator[None]:
    """Hold a file lock while the block runs; the system lets go of it when the process dies, however it dies.

    Raises RefusedError when another process holds it, or when the file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_gitignore(path)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise RefusedError(f"the lock cannot be written: {error.strerror}; nothing was sent") from None
    try:
        if not _taken(descriptor):
            raise RefusedError(f"another apply to `{environment}` is running here", hint="try again when it is done")
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    """Whether the lock on an open file is now ours."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # exists on Windows only
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
