"""One apply per environment at a time on one machine."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from revox_sync.errors import RefusedError
from revox_sync.sync.state.lock_file import write_gitignore
from revox_sync.sync.state.state_folder import NO_LINK, require_no_link, require_own_folders

_POLL_SECONDS: Final = 0.2
# Another process holds the lock; every other error says that there are no locks here.
_HELD: Final = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_LOCKED_BYTE: Final = 4096
"""Offset of the byte that is locked on Windows: behind the text, because nobody else can read a locked byte there."""


@contextmanager
def hold_process_lock(
    path: Path,
    environment: str,
    *,
    patience: float = 0.0,
    tell: Callable[[str], None] = lambda _: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold a file lock while the block runs.

    The operating system lets go of it when the process dies, however it dies. The text of the file only says who holds
    it; the text that a dead process has left behind means nothing.

    Args:
        patience: seconds to wait for another process.
        tell: called once, before waiting, with who holds the lock.
        sleep: lets seconds pass.

    Raises:
        RefusedError: another process holds it, the file cannot be made or is a link, or its file system has no locks.
    """
    descriptor, take = _open(path), partial(is_taken, path)
    try:
        waited = 0.0
        if not take(descriptor):
            holder = f"another apply to `{environment}` is running here{_holder(descriptor)}"
            if patience > 0:
                tell(f"{holder}; waiting up to {patience:g} s")
            while not take(descriptor):
                if waited >= patience:
                    raise RefusedError(holder, hint="try again when it is done, or wait for it with --lock-timeout")
                pause = min(_POLL_SECONDS, patience - waited)
                sleep(pause)
                waited += pause
        _write(descriptor, f"{os.getpid()} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n")
        try:
            yield
        finally:
            _write(descriptor, "")
    finally:
        # The file stays. If it were removed, a process that waits for it would get the lock of a file without a name,
        # and a third process could lock a new one.
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        require_own_folders(path)
        require_no_link(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_gitignore(path)
        return os.open(path, os.O_RDWR | os.O_CREAT | NO_LINK, 0o600)
    except OSError as error:
        raise RefusedError(f"the lock cannot be written: {error.strerror}; nothing was sent") from None


def _write(descriptor: int, text: str) -> None:
    with suppress(OSError):  # a full disk: the lock holds without its text
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, text.encode("ascii"))


def _holder(descriptor: int) -> str:
    """Who holds the lock, as text to go on with; empty where the file does not say, or names a dead process."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    number, _, since = os.read(descriptor, 100).decode("ascii", "replace").strip().partition(" ")
    if not number.isdecimal() or not since or not _is_alive(int(number)):
        return ""
    return f" (process {number}, since {since})"


def _is_alive(process: int) -> bool:
    if os.name == "nt":
        return True  # on Windows `os.kill` ends the process, whatever the signal
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def is_taken(path: Path, descriptor: int, lock: Callable[[int], None] | None = None) -> bool:
    """Whether the lock on an open file is now ours. Raises RefusedError where its file system has no locks.

    Args:
        lock: locks an open file, or raises OSError at once; None: as the system does.
    """
    try:
        (lock or _lock)(descriptor)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise RefusedError(
            f"the file system of {path.parent} cannot lock files ({error.strerror}); nothing was sent",
            hint="two applies at once could undo each other: work in a folder on a disk of this machine",
        ) from None
    return True


def _lock(descriptor: int) -> None:
    """Lock an open file. Raises OSError at once where another process holds it, or the file system has no locks."""
    try:
        import fcntl
    except ImportError:  # Windows has another module for it
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]  # exists on Windows only
    else:
        # Not `lockf`: the process would lose such a lock as soon as it closed any descriptor of the file.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
