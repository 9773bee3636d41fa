"""Runs command lines in a process that lacks what Windows lacks: `python -m tests.without_posix`, JSON lists on stdin.

Modules and functions are gone before anything of ours is imported, and `msvcrt` is there, so whatever has a path of its
own for Windows has to take it. What this cannot show are Windows' paths and consoles, and files that nobody may replace
while they are open.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import signal
import subprocess
import sys
from types import ModuleType
from typing import Any, Final

# The standard library looks at the same things, but is Windows' own there: it is imported whole first.
STANDARD: Final = (subprocess, __import__("asyncio"), __import__("shutil"), __import__("tempfile"))
MODULES: Final = ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp")
FUNCTIONS: Final = {
    os: ("fork", "forkpty", "sched_getaffinity", "getuid", "geteuid", "mkfifo", "O_NOFOLLOW", "O_NONBLOCK"),
    signal: ("SIGHUP", "SIGQUIT", "pthread_sigmask", "SIGWINCH"),
}


def remove() -> None:
    """Take away what only POSIX has, and add Windows' module for locks."""
    locks = ModuleType("msvcrt")
    vars(locks).update(LK_NBLCK=2, locking=_locking)
    sys.modules["msvcrt"] = locks
    gone: dict[str, Any] = dict.fromkeys(MODULES)
    sys.modules.update(gone)
    for holder, names in FUNCTIONS.items():
        for name in names:
            if hasattr(holder, name):
                delattr(holder, name)


def _locking(descriptor: int, _: int, size: int) -> None:
    """As `msvcrt.locking`: the bytes behind the position, against other processes."""
    start = os.lseek(descriptor, 0, os.SEEK_CUR)
    fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, size, start)


def main() -> None:
    """Answer each command line with code, stdout and stderr."""
    remove()
    from revox_sync.cli.main import run

    for line in sys.stdin:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(json.loads(line))
        sys.stdout.write(json.dumps([code, out.getvalue(), err.getvalue()]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
