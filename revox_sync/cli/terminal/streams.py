"""The standard streams: usable whatever the shell has done to them, and whether they can show links."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from typing import IO, Any, Final, TextIO

from revox_sync.output.text.style import LinkMaker, file_links, unlinked

# No standard tells whether a terminal shows links (OSC 8); others, such as supports-hyperlinks, look for the same
# variables. FORCE_HYPERLINK switches links on, or off with `0`, in many programs.
_LINKING_VARIABLES: Final = (
    "ALACRITTY_WINDOW_ID",
    "DOMTERM",
    "KITTY_WINDOW_ID",
    "KONSOLE_VERSION",
    "VTE_VERSION",
    "WT_SESSION",
)
_LINKING_PROGRAMS: Final = frozenset({"ghostty", "iTerm.app", "vscode", "WezTerm"})


class PatientStream:
    """A text stream that never stops the program: what cannot be written is dropped.

    Args:
        stream: where text goes.

    Attributes:
        failure: why text was dropped; None while nothing was, or only because the reader has gone (`| head`).
    """

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.failure: str | None = None

    def write(self, text: str) -> int:
        """Write text, or drop it."""
        self._try(lambda: self._stream.write(text))
        return len(text)

    def flush(self) -> None:
        """Send what is waiting, or drop it."""
        self._try(self._stream.flush)

    def _try(self, act: Any) -> None:
        try:
            act()
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.failure = error.strerror
            # Python flushes the stream once more at its end, and would fail there again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def prepare_streams() -> PatientStream:
    """Make stdin, stdout and stderr usable, and return stdout."""
    sys.stdin = sys.stdin or _nowhere("r")
    patient = [_patient(stream) for stream in (sys.stdout, sys.stderr)]
    sys.stdout, sys.stderr = patient
    return patient[0]


def _patient(stream: IO[str] | None) -> PatientStream:
    if stream is None:
        stream = _nowhere("w")
    # A name in a file may have characters that the stream's encoding lacks, such as ASCII in a container.
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return PatientStream(stream)


def _nowhere(mode: str) -> IO[str]:
    """A stream in place of one that the shell has closed; open as long as the process."""
    return os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8")


def link_maker(root: str, stream: TextIO, environ: Mapping[str, str]) -> LinkMaker:
    """How to link to files below `root`; no links if `stream` is no terminal, or one not known to show them."""
    forced = environ.get("FORCE_HYPERLINK")
    capable = forced != "0" if forced else _shows_links(environ)
    return file_links(root) if capable and stream.isatty() else unlinked


def _shows_links(environ: Mapping[str, str]) -> bool:
    if environ.get("TERM") == "dumb":
        return False
    return environ.get("TERM_PROGRAM") in _LINKING_PROGRAMS or any(name in environ for name in _LINKING_VARIABLES)
