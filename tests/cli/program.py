"""The program in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

SECONDS: Final = 20
# Where the tests run in the background, a shell has switched Ctrl-C off for everything they start.
START: Final = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from revox_sync.cli.main import entry
entry()
"""


@contextmanager
def started(*arguments: str, prelude: str = "", prefix: Any = (), **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A running command line, which does not outlive the block.

    Args:
        prelude: Python that is run first.
        prefix: words of a command that runs the program.
        options: of Popen.
    """
    command = [*prefix, sys.executable, "-c", prelude + START, *arguments]
    with subprocess.Popen(command, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()
