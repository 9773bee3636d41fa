"""What the options of every command say, and how to speak to people."""

import os
import sys
from typing import Final, NamedTuple, TextIO

from revox_sync.output.text.style import Paint, painter

PIPED_WIDTH: Final = 100


class Settings(NamedTuple):
    """The common options.

    Attributes:
        project: folder to look for the project from, absolute.
        environment: name of the environment, or None for the default one.
        color: auto, always or never.
        verbosity: -1 quiet, 0, 1 or more verbose.
        timeout: seconds one call of the API may take, with all its requests and waits.
    """

    project: str
    environment: str | None = None
    color: str = "auto"
    verbosity: int = 0
    timeout: float = 60.0
    insecure_http: bool = False

    def paint(self, stream: TextIO) -> Paint:
        """How to colour text for a stream."""
        wanted = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        return painter(color=self.color == "always" or (self.color == "auto" and wanted))

    def width(self, stream: TextIO) -> int:
        """Columns of a terminal; 100 where the output is piped, so that it never changes."""
        if not stream.isatty():
            return PIPED_WIDTH
        import shutil  # slow to import

        return shutil.get_terminal_size().columns


def say(text: str) -> None:
    """A message for people: stderr, so that stdout holds only what was asked for."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
